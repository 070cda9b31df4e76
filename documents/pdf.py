"""The text of PDFs, page by page, by pypdf, whose own limits on unpacking stay as they are."""

import io
from time import monotonic
from typing import Final

from pypdf import PageObject, PdfReader
from pypdf.errors import DependencyError, LimitReachedError

from documents.results import Limits, Reason, Unreadable, Written

SHARE: Final = 0.7
"""Of the time there is, after which no more pages are begun: their beginning is worth more than nothing at all."""


def read(data: bytes, _: str, limits: Limits) -> Written:
    """The text with the number of each page before it. Raises `Unreadable`, and what pypdf does for a damaged file."""
    until = monotonic() + SHARE * limits.seconds
    try:
        reader = PdfReader(io.BytesIO(data))
        _decrypt(reader)
        count = len(reader.pages)
        pages: list[str] = []
        size = number = 0
        for number, page in enumerate(reader.pages, 1):
            text = _text_of(page)
            pages.append(f"[page {number}]\n{text}" if text else "")
            size += len(text)
            if number == limits.pages or size > limits.characters or monotonic() > until:
                break
    except LimitReachedError as error:
        raise Unreadable(Reason.TOO_MUCH) from error
    if not any(pages):
        raise Unreadable(Reason.EMPTY)
    text = "\n\n".join(filter(None, pages))
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


def _text_of(page: PageObject) -> str:
    return page.extract_text().strip()
