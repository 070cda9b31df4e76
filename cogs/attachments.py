"""What people attach: fetched and read when it comes, with what they are told of what could not be."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import discord

from cogs.explain import UNREACHED, Told
from cogs.forwarded import forwarded_in
from cogs.quotes import below
from cogs.services import Services
from cogs.words import FILE_NAME, inert
from documents.reading import Picture, Reason, Unread, Written
from storage.records import PICTURE, Actor, Attached, Content, File, Turn, digest_of
from storage.store import Store

log = logging.getLogger(__name__)

LONGEST_PASTE: Final = 64 * 1024
"""Characters of a text file that may be a prompt by itself: Discord makes one of a long paste."""

KEPT_NAME: Final = 120

MEBI: Final = 2**20

UNREAD: Final[Mapping[Reason, str]] = {
    Reason.UNKNOWN_KIND: "I can't read {}: I read text and code, CSV, JSON, PDF, Word (.docx) and pictures.",
    Reason.DAMAGED: "I can't read {}: it's damaged. Save it once more and send it again.",
    Reason.ENCRYPTED: "I can't read {}: it has a password. Send it without one.",
    Reason.TOO_LARGE: "I can't read {}: it's larger than {} MiB, which is what I take. Send the part that matters.",
    Reason.TOO_LONG: "I can't read {}: it takes too long. Send the part that matters.",
    Reason.TOO_MUCH: "I can't read {}: it unpacks to more than I can hold. Send the part that matters.",
    Reason.EMPTY: "I found no words in {}.",
    Reason.SCANNED: "I found no words in {}. If its pages are scanned, send them as pictures.",
    Reason.NOT_NOW: "I couldn't read {} just now. Please send it again in a minute.",
}
READ: Final = (".pdf", ".docx", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".txt", ".md", ".csv", ".json")
"""How names end of what is read, so that "I read PDF" is not said of a file that was one."""
NOT_FETCHED: Final = "I couldn't get {} from Discord. Please send it again."
NO_ROOM: Final = (
    "There's no room for {}: of the {} MiB that I keep of your files, {} are used. Deleting sessions with files for good makes "
    "room: `/sessions` shows them and the bin."
)
CUT: Final = "{} is long, so I read its beginning only."


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What came of a prompt's words and attachments."""

    text: str
    files: tuple[File, ...] = ()
    remarks: tuple[str, ...] = ()
    """What its author is to be told."""


async def text_of(message: discord.Message) -> str:
    """The message's words, then what it forwards, or answers that was forwarded. Raises as `forwarded_in`."""
    quote = await forwarded_in(message, has_words=bool(message.content or message.attachments))
    return message.content if quote is None else below(message.content, quote)


async def take(services: Services, actor: Actor, words: str, attachments: Sequence[discord.Attachment]) -> Taken:
    """Fetch and read them, one after the other. A text file alone is the prompt; files without words are asked about by name.

    Raises `Told` where nothing is left to ask, and `StoreUnavailable`.
    """
    files: list[File] = []
    remarks: list[str] = []
    used = await services.store.files.used(actor) if attachments else 0
    for attachment in attachments:
        try:
            file = await _read(services, attachment, used)
        except Told as told:
            remarks.append(str(told))
            continue
        files.append(file)
        used += file.content.size
        if file.attached.cut:
            remarks.append(CUT.format(inert(file.attached.name, FILE_NAME)))
    if remarks and not files and not words.strip():
        raise Told("\n".join(remarks))
    if len(files) == 1 and not words.strip() and _is_paste(files[0]):
        return Taken(text=files[0].content.text, remarks=tuple(remarks))
    text = words if words.strip() else ", ".join(file.attached.name for file in files)
    return Taken(text=text, files=tuple(files), remarks=tuple(remarks))


async def files_of(store: Store, turn: Turn) -> tuple[File, ...]:
    """What came with a turn, whole, to be sent once more elsewhere. Raises `SessionNotFound`, `StoreUnavailable`."""
    actor, session_id = Actor(turn.owner), turn.session_id
    texts = await store.files.texts(actor, session_id, [told.digest for told in turn.files])
    found: list[File] = []
    for told in turn.files:
        data = await store.files.data(actor, session_id, told.digest)
        if data is not None:
            found.append(File(told, Content(data, texts.get(told.digest, ""))))
    return tuple(found)


async def _read(services: Services, attachment: discord.Attachment, used: int) -> File:
    """The file, kept nowhere yet. Raises `Told`."""
    name, most = inert(attachment.filename, FILE_NAME), services.reader.limits.bytes
    if attachment.size > most:  # as Discord says; what came is looked at by the reader
        raise Told(UNREAD[Reason.TOO_LARGE].format(name, most // MEBI))
    if services.file_space and used + attachment.size > services.file_space:
        raise Told(NO_ROOM.format(name, services.file_space // MEBI, -(-used // MEBI)))
    try:
        data = await attachment.read()
    except UNREACHED as error:
        log.warning("attachment %s could not be fetched: %s", attachment.id, type(error).__name__)
        raise Told(NOT_FETCHED.format(name)) from None
    result = await services.reader.read(data, attachment.filename)
    if isinstance(result, Unread):
        raise Told(UNREAD[_why(result.reason, attachment.filename)].format(name, most // MEBI))
    file = await asyncio.to_thread(_file, attachment.filename[:KEPT_NAME], data, result)
    if services.file_space and used + file.content.size > services.file_space:
        raise Told(NO_ROOM.format(name, services.file_space // MEBI, -(-used // MEBI)))
    return file


def _why(reason: Reason, name: str) -> Reason:
    """What begins as no file that is read here, and is named as one, was damaged, or named so by mistake."""
    return Reason.DAMAGED if reason is Reason.UNKNOWN_KIND and name.lower().endswith(READ) else reason


def _file(name: str, data: bytes, result: Picture | Written) -> File:
    """What is kept: of a picture the one that was drawn anew, which says nothing of where it was taken."""
    if isinstance(result, Written):
        content, kind, length = Content(data, result.text), result.kind, len(result.text)
        told = Attached(name=name, kind=kind, digest=digest_of(content), size=len(data), characters=length, cut=result.cut)
        return File(told, content)
    content = Content(result.data)
    told = Attached(
        name=name,
        kind=PICTURE,
        digest=digest_of(content),
        size=len(result.data),
        mime=result.mime,
        width=result.width,
        height=result.height,
    )
    return File(told, content)


def _is_paste(file: File) -> bool:
    return file.attached.kind == "text" and len(file.content.text) <= LONGEST_PASTE
