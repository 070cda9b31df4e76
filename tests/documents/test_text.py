"""Text in the encodings that people's files have, and what is told apart once it is text."""

import codecs

import pytest

from documents.parsing import parse
from documents.results import Limits, Reason, Unread, Written

LIMITS = Limits(characters=1000)


def text(content: str, kind: str = "text", *, cut: bool = False) -> Written:
    return Written(kind=kind, text=content, pages=None, cut=cut)


@pytest.mark.parametrize(
    ("words", "encoding"),
    [
        ("Grüße aus Köln, für später größtenteils erledigt.", "utf-8"),
        ("Grüße aus Köln, für später größtenteils erledigt.", "utf-8-sig"),
        ("Grüße aus Köln, für später größtenteils erledigt.", "cp1252"),
        ("déjà vu", "cp1252"),
        ("El niño comió piña", "cp1252"),
        ("Привіт, як справи?", "cp1251"),
        ("Saved by an old editor: déjà vu, naïve, façade.", "utf-16"),
        ("Saved by an older one: déjà vu, naïve, façade.", "utf-32"),
        ("Привет, это письмо написано в старой программе.", "cp1251"),
        ("これは古いプログラムで書かれた手紙です。", "shift_jis"),
        ("这是用旧程序写的一封信请查收附件", "gb18030"),
    ],
)
def test_text_is_read_in_the_encoding_it_has(words: str, encoding: str) -> None:
    assert parse(words.encode(encoding), "letter.txt", LIMITS) == text(words)


def test_code_is_as_it_was_but_for_windows_line_ends() -> None:
    assert parse(b"def f(a, b):\r\n\treturn a, b\r\n", "f.py", LIMITS) == text("def f(a, b):\n\treturn a, b\n")


def test_colours_of_a_terminal_are_no_binary() -> None:
    assert parse(b"\x1b[31mfailed\x1b[0m\n", "ci.log", LIMITS) == text("\x1b[31mfailed\x1b[0m\n")


def test_text_that_names_itself_a_picture_is_text() -> None:
    assert parse(b"#!/bin/sh\necho hello\n", "cat.png", LIMITS) == text("#!/bin/sh\necho hello\n")


@pytest.mark.parametrize("content", [b" \n\t\n", codecs.BOM_UTF8, codecs.BOM_UTF16_LE])
def test_white_space_is_nothing_to_read(content: bytes) -> None:
    assert parse(content, "a.txt", LIMITS) == Unread(reason=Reason.EMPTY)


@pytest.mark.parametrize(
    "content", [b"\x7fELF\x02\x01\x01" + bytes(60), bytes(range(256)) * 4, b"\x00\x01\x02\x03", b"words\x00"]
)
def test_bytes_that_are_no_text_are_unknown_whatever_they_are_called(content: bytes) -> None:
    assert parse(content, "notes.txt", LIMITS) == Unread(reason=Reason.UNKNOWN_KIND)


def test_long_text_is_cut_and_says_so() -> None:
    assert parse(b"a" * 1000, "", LIMITS) == text("a" * 1000)
    assert parse(b"a" * 1001, "", LIMITS) == text("a" * 1000, cut=True)


@pytest.mark.parametrize("content", ['{"a": [1, 2.5, null]}', "[]", '  {"ä": "ö"}\n'])
def test_json_is_known_by_its_content_and_kept(content: str) -> None:
    assert parse(content.encode(), "data.txt", LIMITS) == text(content, "JSON")


@pytest.mark.parametrize("content", ['{"a": 1', "[1, 2] and more", "{{ template }}", "[" + "9" * 5000 + "]"])
def test_what_only_begins_like_json_is_text(content: str) -> None:
    assert parse(content.encode(), "data.json", Limits()) == text(content)


def test_json_of_absurd_depth_is_text_that_is_cut() -> None:
    assert parse(b"[" * 100_000 + b"]" * 100_000, "deep.json", LIMITS) == text("[" * 1000, cut=True)
