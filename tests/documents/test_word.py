"""Word files: what stands in them, and those that are locked, torn or made to do harm."""

import io
from dataclasses import replace
from pathlib import Path
from struct import pack_into
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile
from zlib import crc32

import pytest
from docx.document import Document as WordDocument
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.parsing import parse
from documents.results import Limits, Reason, Result, Unread, Written
from tests.documents.files import body, word, word_with, written

LIMITS = Limits(unpacked_bytes=2**20)
MAIN = "word/document.xml"


def text(result: Result) -> str:
    assert isinstance(result, Written), result
    assert (result.kind, result.pages, result.cut) == ("Word", None, False)
    return result.text


def words_of(inner: str, before: str = "") -> str:
    return text(parse(word_with({MAIN: body(inner, before)}), "", LIMITS))


def report(document: WordDocument) -> None:
    document.add_heading("Report", 0)
    document.add_heading("Where we are", 1)
    document.add_paragraph("All is well.")
    document.add_paragraph("one", style="List Bullet")
    document.add_paragraph("two", style="List Number")
    table = document.add_table(2, 2)
    for cell, words in zip(table._cells, ("a", "b", "1\n2", "x|y"), strict=True):
        cell.text = words
    table.cell(1, 0).add_table(1, 1).cell(0, 0).text = "inner"
    document.add_paragraph("After the table.")


def test_headings_lists_and_tables_read_as_markdown_whatever_the_file_is_called() -> None:
    assert text(parse(word(report), "report.zip", LIMITS)).split("\n\n") == [
        "# Report",
        "# Where we are",
        "All is well.",
        "- one",
        "- two",
        "| a | b |\n| --- | --- |\n| 1 2 inner | x\\|y |",
        "After the table.",
    ]


@pytest.mark.parametrize(
    ("inner", "words"),
    [
        ("<w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r></w:p>", "a\tb\nc"),
        ("<w:sdt><w:sdtContent><w:p><w:r><w:t>in a control</w:t></w:r></w:p></w:sdtContent></w:sdt>", "in a control"),
        (
            "<w:p><w:ins><w:r><w:t>put in</w:t></w:r></w:ins><w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>",
            "put in",
        ),
        (
            "<w:p><w:moveFrom><w:r><w:t>moved</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>moved</w:t></w:r></w:moveTo></w:p>",
            "moved",
        ),
        ("<w:p><w:hyperlink><w:r><w:t>a link</w:t></w:r></w:hyperlink></w:p>", "a link"),
        ("<w:p><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>3</w:t></w:r></w:p>", "3"),
        ("<w:p><w:pPr><w:pStyle w:val='Unheard'/><w:numPr/></w:pPr><w:r><w:t>item</w:t></w:r></w:p>", "- item"),
    ],
    ids=["breaks", "control", "tracked", "moved", "link", "field", "list"],
)
def test_what_people_see_is_read_and_the_rest_is_not(inner: str, words: str) -> None:
    assert words_of(inner) == words


def test_notes_are_read_after_the_words_that_they_belong_to() -> None:
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'

    def notes(kind: str, words: str) -> bytes:
        line = f'<w:{kind} w:type="separator" w:id="0"><w:p><w:r><w:t>line</w:t></w:r></w:p></w:{kind}>'
        note = f'<w:{kind} w:id="1"><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:{kind}>'
        return f"<w:{kind}s {space}>{line}{note}</w:{kind}s>".encode()

    with ZipFile(io.BytesIO(word(report))) as made:
        relations = made.read("word/_rels/document.xml.rels")
    for kind in ("footnotes", "endnotes"):
        relation = f'<Relationship Id="{kind}" Type="{kinds}/{kind}" Target="{kind}.xml"/></Relationships>'.encode()
        relations = relations.replace(b"</Relationships>", relation)
    inner = '<w:p><w:r><w:t>Yes</w:t><w:footnoteReference w:id="1"/><w:t>, no</w:t><w:endnoteReference w:id="1"/></w:r></w:p>'
    parts = {
        MAIN: body(inner),
        "word/_rels/document.xml.rels": relations,
        "word/footnotes.xml": notes("footnote", "At times."),
        "word/endnotes.xml": notes("endnote", "Or perhaps."),
    }
    assert text(parse(word_with(parts), "", LIMITS)).split("\n\n") == [
        "Yes[^1], no[^e1]",
        "[^1]: At times.",
        "[^e1]: Or perhaps.",
    ]


@pytest.mark.parametrize("characters", range(1, 14))
def test_document_longer_than_the_limit_is_cut_and_says_so(characters: int) -> None:
    content = word(lambda document: [document.add_paragraph(words) for words in ("abc", "def", "gh")])
    whole = "abc\n\ndef\n\ngh"
    result = parse(content, "", replace(LIMITS, characters=characters))
    assert result == Written(kind="Word", text=whole[:characters], pages=None, cut=characters < len(whole))


def test_document_without_words_is_empty() -> None:
    assert parse(word(lambda document: document.add_paragraph(" ")), "", LIMITS) == Unread(reason=Reason.EMPTY)


def test_entities_do_not_multiply() -> None:
    """A billion laughs."""
    layers = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    inner = "<w:p><w:r><w:t>ha&l9;</w:t></w:r></w:p>"
    result = parse(word_with({MAIN: body(inner, f'<!DOCTYPE w:document [<!ENTITY l0 "laugh">{layers}]>')}), "", LIMITS)
    assert "laugh" not in repr(result)


@pytest.mark.parametrize("declared", ['SYSTEM "{uri}"', 'PUBLIC "-//nobody//" "{uri}"'])
def test_entity_reads_no_file(declared: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("top secret", encoding="utf-8")
    before = f"<!DOCTYPE w:document [<!ENTITY file {declared.format(uri=secret.as_uri())}>]>"
    assert words_of("<w:p><w:r><w:t>seen &file; all</w:t></w:r></w:p>", before).startswith("seen")
    result = parse(word_with({MAIN: body("<w:p><w:r><w:t>seen &file; all</w:t></w:r></w:p>", before)}), "", LIMITS)
    assert "secret" not in repr(result)


def test_outside_document_type_is_not_fetched(tmp_path: Path) -> None:
    rules = tmp_path / "rules.dtd"
    rules.write_text('<!ENTITY file "top secret">', encoding="utf-8")
    before = f'<!DOCTYPE w:document SYSTEM "{rules.as_uri()}">'
    result = parse(word_with({MAIN: body("<w:p><w:r><w:t>seen &file;</w:t></w:r></w:p>", before)}), "", LIMITS)
    assert "secret" not in repr(result)


def test_bomb_that_says_its_size_is_not_unpacked() -> None:
    huge = body(f"<w:p><w:r><w:t>{'a' * 2**21}</w:t></w:r></w:p>")
    assert parse(word_with({MAIN: huge}), "", LIMITS) == Unread(reason=Reason.TOO_MUCH)


def test_bomb_of_many_parts_is_not_unpacked() -> None:
    assert parse(word_with({f"word/part{n}.xml": b" " * 2**17 for n in range(9)}), "", LIMITS) == Unread(reason=Reason.TOO_MUCH)


def test_bomb_that_lies_about_its_size_is_unpacked_as_far_as_it_says() -> None:
    content = bytearray(word_with({"word/extra.xml": b" " * 2**26}))
    entry = content.rindex(b"word/extra.xml") - 46
    pack_into("<I", content, entry + 16, crc32(b" " * 100))
    pack_into("<I", content, entry + 24, 100)
    assert text(parse(bytes(content), "", LIMITS)) == "as usual"


def test_pictures_in_a_document_do_not_count() -> None:
    assert text(parse(word_with({"word/media/image1.png": bytes(2**22)}), "", LIMITS)) == "as usual"


def recompressed(method: int) -> bytes:
    with ZipFile(io.BytesIO(word(report))) as made:
        return written(lambda file: _copy(made, file, method))


def _copy(made: ZipFile, file: io.BytesIO, method: int) -> None:
    with ZipFile(file, "w", method) as copy:
        for name in made.namelist():
            copy.writestr(name, made.read(name))


def test_ways_to_compress_that_have_no_bound_are_refused() -> None:
    assert isinstance(parse(recompressed(ZIP_DEFLATED), "", LIMITS), Written)
    assert parse(recompressed(ZIP_BZIP2), "", LIMITS) == Unread(reason=Reason.DAMAGED)


def locked() -> bytes:
    """A compound file as Office makes it for a file with a password: of its directory, the one name that tells."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(512)


def archive(*names: str) -> bytes:
    def fill(file: io.BytesIO) -> None:
        with ZipFile(file, "w") as made:
            for name in names:
                made.writestr(name, b"<x/>")

    return written(fill)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (locked(), Reason.ENCRYPTED),
        (locked().replace(b"E\0n\0c", b"W\0o\0r"), Reason.UNKNOWN_KIND),
        (word(report)[:-2000], Reason.DAMAGED),
        (word(report)[:3000], Reason.DAMAGED),
        (archive("word/document.xml", "[Content_Types].xml"), Reason.DAMAGED),
        (archive("xl/workbook.xml", "[Content_Types].xml"), Reason.UNKNOWN_KIND),
        (archive("photo.jpg"), Reason.UNKNOWN_KIND),
        (archive("photo.jpg")[:50], Reason.UNKNOWN_KIND),
        (word_with({MAIN: b"no XML"}), Reason.DAMAGED),
    ],
    ids=["password", "old", "torn", "torn-early", "hollow", "sheet", "zip", "torn-zip", "no-xml"],
)
def test_why_it_is_not_read(content: bytes, reason: Reason) -> None:
    assert parse(content, "letter.docx", LIMITS) == Unread(reason=reason)


def test_document_with_macros_is_not_read() -> None:
    with ZipFile(io.BytesIO(word(report))) as made:
        types = made.read("[Content_Types].xml").replace(
            b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
            b"application/vnd.ms-word.document.macroEnabled.main+xml",
        )
    assert parse(word_with({"[Content_Types].xml": types}), "", LIMITS) == Unread(reason=Reason.UNKNOWN_KIND)


SMALL = word(report)


@settings(deadline=None)  # a busy machine is no hazard
@given(st.data())
def test_damaged_files_are_read_or_not_and_nothing_else(data: st.DataObject) -> None:
    whole = bytearray(SMALL)
    for place in data.draw(st.lists(st.integers(4, len(whole) - 1), max_size=5)):
        whole[place] ^= data.draw(st.integers(1, 255))
    assert isinstance(parse(bytes(whole), "", LIMITS), Written | Unread)
