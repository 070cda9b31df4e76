"""The text of PDFs, page by page, by pypdf, whose own limits on unpacking stay as they are."""

import io
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import Final

from pypdf import PdfReader
from pypdf.errors import DependencyError, LimitReachedError

from documents.results import Limits, Reason, Unreadable, Written

SHARE: Final = 0.7
"""Of the time there is, after which no more pages are begun: their beginning is worth more than nothing at all."""

NOT_READ: Final = "(This could not be read.)"


def read(data: bytes, _: str, limits: Limits) -> Written:
    """What is filled in, and the text with each page's number. Raises `Unreadable`, and what pypdf does for a damaged file."""
    until = monotonic() + SHARE * limits.seconds
    try:
        reader = PdfReader(io.BytesIO(data))
        _decrypt(reader)
        count, number = len(reader.pages), 0
        texts = {"form": _tried(partial(_filled_in, reader))}
        for number, page in enumerate(reader.pages, 1):
            texts[f"page {number}"] = _tried(page.extract_text)
            is_enough = number == limits.pages or sum(len(text or "") for text in texts.values()) > limits.characters
            if is_enough or monotonic() > until:
                break
    except LimitReachedError as error:
        raise Unreadable(Reason.TOO_MUCH) from error
    if not any(texts.values()):
        raise Unreadable(Reason.DAMAGED if None in texts.values() else Reason.SCANNED)
    text = "\n\n".join(f"[{where}]\n{NOT_READ if words is None else words}" for where, words in texts.items() if words != "")
    is_cut = number < count or len(text) > limits.characters
    return Written(kind="PDF", text=text[: limits.characters], pages=count, cut=is_cut)


def _decrypt(reader: PdfReader) -> None:
    """Open what is encrypted without a password, as files are that only forbid to print them."""
    if not reader.is_encrypted:
        return
    try:
        is_open = bool(reader.decrypt(""))
    except (DependencyError, NotImplementedError):  # another way to encrypt than by password
        is_open = False
    if not is_open:
        raise Unreadable(Reason.ENCRYPTED)


def _filled_in(reader: PdfReader) -> str:
    """What people wrote and ticked in a form, which is drawn beside the page."""
    fields = reader.get_fields() or {}
    return "\n".join(
        f"{field.alternate_name or name}: {field.value.removeprefix('/')}"
        for name, field in fields.items()
        if isinstance(field.value, str) and field.value not in {"", "/Off"}
    )


def _tried(extract: Callable[[], str]) -> str | None:
    """A part's text, or `None` where it has something that pypdf does not get over; the others may do."""
    try:
        return extract().strip()
    except (LimitReachedError, MemoryError):
        raise
    except Exception:  # noqa: BLE001  # as in `parsing.py`, for one part
        return None
