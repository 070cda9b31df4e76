"""The text of PDFs, page by page, by pypdf, whose own limits on unpacking stay as they are."""

import io
from time import monotonic
from typing import Final

from pypdf import PageObject, PdfReader
from pypdf.errors import DependencyError, LimitReachedError

from documents.results import Limits, Reason, Unreadable, Written

SHARE: Final = 0.7
"""Of the time there is, after which no more pages are begun: their beginning is worth more than nothing at all."""

NOT_READ: Final = "(This page could not be read.)"


def read(data: bytes, _: str, limits: Limits) -> Written:
    """The text with the number of each page before it. Raises `Unreadable`, and what pypdf does for a damaged file."""
    until = monotonic() + SHARE * limits.seconds
    try:
        reader = PdfReader(io.BytesIO(data))
        _decrypt(reader)
        count = len(reader.pages)
        pages: list[str | None] = []
        size = 0
        for page in reader.pages:
            pages.append(_text_of(page))
            size += len(pages[-1] or "")
            if len(pages) == limits.pages or size > limits.characters or monotonic() > until:
                break
    except LimitReachedError as error:
        raise Unreadable(Reason.TOO_MUCH) from error
    if not any(pages):
        raise Unreadable(Reason.DAMAGED if None in pages else Reason.EMPTY)
    text = "\n\n".join(
        f"[page {number}]\n{NOT_READ if text is None else text}" for number, text in enumerate(pages, 1) if text != ""
    )
    is_cut = len(pages) < count or len(text) > limits.characters
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


def _text_of(page: PageObject) -> str | None:
    """A page's text, or `None` where it has something that pypdf does not get over; the others may do."""
    try:
        return page.extract_text().strip()
    except (LimitReachedError, MemoryError):
        raise
    except Exception:  # noqa: BLE001  # as in `parsing.py`, for one page
        return None
