"""PDFs: text with its pages; locked, torn and hostile ones."""

import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    EncodedStreamObject,
    NameObject,
    NumberObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)

from documents.parsing import parse
from documents.results import Limits, Reason, Unread, Written
from tests.documents.files import pdf

LIMITS = Limits()


def _content(writer: PdfWriter, content: StreamObject) -> None:
    writer.pages[0][NameObject("/Contents")] = writer._add_object(content)


def unknown_filter(writer: PdfWriter) -> None:
    stream = EncodedStreamObject()
    stream[NameObject("/Filter")] = NameObject("/Unheard")
    stream._data = b"whatever"
    _content(writer, stream)


def text(*pages: str) -> str:
    return "\n\n".join(f"[page {number}]\n{words}" for number, words in enumerate(pages, 1) if words)


def test_pages_are_read_in_order_with_their_numbers_whatever_the_file_is_called() -> None:
    result = parse(pdf("first", "", "third"), "holiday.jpg", LIMITS)
    assert result == Written(kind="PDF", text=text("first", "", "third"), pages=3, cut=False)


def test_pages_beyond_the_limit_are_counted_and_not_read() -> None:
    result = parse(pdf("one", "two", "three"), "", replace(LIMITS, pages=2))
    assert result == Written(kind="PDF", text=text("one", "two"), pages=3, cut=True)


def test_characters_beyond_the_limit_are_cut() -> None:
    result = parse(pdf("a" * 50, "b" * 50), "", replace(LIMITS, characters=40))
    assert result == Written(kind="PDF", text=text("a" * 50)[:40], pages=2, cut=True)


def test_slow_file_gives_its_beginning_when_the_time_is_nearly_over() -> None:
    assert parse(pdf("one", "two"), "", replace(LIMITS, seconds=0)) == Written(kind="PDF", text=text("one"), pages=2, cut=True)


def form(writer: PdfWriter) -> None:
    def field(kind: str, name: str, value: PdfObject) -> DictionaryObject:
        return DictionaryObject(
            {NameObject("/FT"): NameObject(kind), NameObject("/T"): TextStringObject(name), NameObject("/V"): value}
        )

    fields = [
        field("/Tx", "name", TextStringObject("Ann")),
        field("/Tx", "town", TextStringObject("")),
        field("/Btn", "agrees", NameObject("/Yes")),
        field("/Btn", "objects", NameObject("/Off")),
        field("/Sig", "signature", DictionaryObject()),
    ]
    fields[0][NameObject("/TU")] = TextStringObject("Your name")
    references = ArrayObject([writer._add_object(field) for field in fields])
    writer.root_object[NameObject("/AcroForm")] = DictionaryObject({NameObject("/Fields"): references})


def test_what_is_filled_in_is_read_beside_the_page() -> None:
    filled = "[form]\nYour name: Ann\nagrees: Yes"
    result = parse(pdf("Name and town", finish=form), "", LIMITS)
    assert result == Written(kind="PDF", text=f"{filled}\n\n{text('Name and town')}", pages=1, cut=False)
    assert parse(pdf("", finish=form), "", LIMITS) == Written(kind="PDF", text=filled, pages=1, cut=False)


def test_pages_without_text_may_be_a_scan() -> None:
    assert parse(pdf("", ""), "", LIMITS) == Unread(reason=Reason.SCANNED)


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_password_is_said_and_a_lock_against_printing_alone_opens(algorithm: str) -> None:
    locked = pdf("hidden", finish=lambda writer: writer.encrypt("secret", algorithm=algorithm))
    assert parse(locked, "", LIMITS) == Unread(reason=Reason.ENCRYPTED)
    unprintable = pdf("open", finish=lambda writer: writer.encrypt("", "owner", algorithm=algorithm))
    assert parse(unprintable, "", LIMITS) == Written(kind="PDF", text=text("open"), pages=1, cut=False)


@pytest.mark.parametrize("content", [b"%PDF-1.7\n", b"%PDF-1.7\n%%EOF", pdf("words")[:200]], ids=["head", "empty", "torn"])
def test_torn_file_is_damaged(content: bytes) -> None:
    assert parse(content, "", LIMITS) == Unread(reason=Reason.DAMAGED)


def test_bad_page_is_said_in_its_place_and_the_others_are_read() -> None:
    result = parse(pdf("one", "two", finish=unknown_filter), "", LIMITS)
    assert result == Written(kind="PDF", text=text("(This could not be read.)", "two"), pages=2, cut=False)


def test_file_of_bad_pages_only_is_damaged() -> None:
    assert parse(pdf("one", finish=unknown_filter), "", LIMITS) == Unread(reason=Reason.DAMAGED)


def bomb(writer: PdfWriter) -> None:
    """Two hundred megabytes of spaces behind one page."""
    stream = EncodedStreamObject()
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    deflate = zlib.compressobj(9)
    stream._data = b"".join(deflate.compress(b" " * 2**20) for _ in range(200)) + deflate.flush()
    _content(writer, stream)


def _tree(writer: PdfWriter) -> DictionaryObject:
    return cast("DictionaryObject", writer.root_object["/Pages"])


def many_pages(writer: PdfWriter) -> None:
    """A count that nobody has seen the like of, beside one page."""
    _tree(writer)[NameObject("/Count")] = NumberObject(2**31 - 1)


def endless_tree(writer: PdfWriter) -> None:
    """A page tree that is its own branch."""
    cast("ArrayObject", _tree(writer)["/Kids"]).append(writer.root_object.raw_get("/Pages"))


def deep_form(writer: PdfWriter) -> None:
    """A page that draws a form that draws itself."""
    form = DecodedStreamObject()
    form.update({NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Form")})
    form.set_data(b"/Self Do")
    reference = writer._add_object(form)
    forms = DictionaryObject({NameObject("/XObject"): DictionaryObject({NameObject("/Self"): reference})})
    form[NameObject("/Resources")] = forms
    writer.pages[0][NameObject("/Resources")] = forms
    content = DecodedStreamObject()
    content.set_data(b"/Self Do")
    _content(writer, content)


@pytest.mark.parametrize(
    ("finish", "result"),
    [
        (bomb, Unread(reason=Reason.TOO_MUCH)),
        (many_pages, Written(kind="PDF", text=text("words"), pages=1, cut=False)),
    ],
)
def test_hostile_file_is_held(finish: Callable[[PdfWriter], None], result: Written | Unread) -> None:
    assert parse(pdf("words", finish=finish), "", LIMITS) == result


@pytest.mark.parametrize("finish", [endless_tree, deep_form])
def test_file_that_leads_back_to_itself_comes_to_an_end(finish: Callable[[PdfWriter], None]) -> None:
    assert isinstance(parse(pdf("words", finish=finish), "", LIMITS), Written | Unread)


@settings(deadline=None)  # a busy machine is no hazard
@given(st.data())
def test_damaged_files_are_read_or_not_and_nothing_else(data: st.DataObject) -> None:
    whole = bytearray(pdf("one", "two"))
    for place in data.draw(st.lists(st.integers(5, len(whole) - 1), max_size=5)):
        whole[place] ^= data.draw(st.integers(1, 255))
    assert isinstance(parse(bytes(whole), "", LIMITS), Written | Unread)
