"""The text of Word files (.docx), by python-docx, whose parser resolves no entity and fetches nothing.

The body is walked here, since python-docx's own way of doing so leaves out what stands in content controls and what was
inserted while changes were tracked.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, Final

from docx import Document
from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from documents.results import Limits, Reason, Unreadable, Written
from documents.tables import row_of
from documents.unpacking import unpacked

BETWEEN: Final = "\n\n"
PARAGRAPH: Final = qn("w:p")
TABLE: Final = qn("w:tbl")
AS_TEXT: Final = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
REFERENCES: Final = {qn("w:footnoteReference"): "", qn("w:endnoteReference"): "e"}
NOTES: Final = {RELATIONSHIP_TYPE.FOOTNOTES: "", RELATIONSHIP_TYPE.ENDNOTES: "e"}
"""Both begin to count at 1, so the second have a letter before their number."""

SHOWN: Final = """
    (.//w:t | .//w:br | .//w:cr | .//w:noBreakHyphen | .//w:r/w:tab | .//w:footnoteReference | .//w:endnoteReference)
    [not(ancestor::w:moveFrom or ancestor::*[local-name() = 'Fallback'])]"""
"""What is read in a paragraph: not where moved text was, and a text box only once of the two ways it is written down."""

IN_CELL: Final = ".//w:p[not(ancestor::w:txbxContent)]"
"""Paragraphs in a cell, those of a table within it too; a text box is read with the paragraph that holds it."""


def read(data: bytes, _: str, limits: Limits) -> Written:
    """Headings, paragraphs, lists, tables and notes as Markdown. Raises `Unreadable`, and what libraries do for damage."""
    try:
        document = Document(unpacked(data, limits.unpacked_bytes))
    except ValueError as error:  # a part of another kind is the main one
        raise Unreadable(Reason.UNKNOWN_KIND) from error
    styles = {style.style_id: style.name or "" for style in document.styles}
    blocks: list[str] = []
    size = -len(BETWEEN)
    for block in chain(_blocks(document.element.xpath("./w:body/*"), styles), _notes(document, styles)):
        blocks.append(block)
        size += len(BETWEEN) + len(block)
        if size > limits.characters:
            break
    text = BETWEEN.join(blocks)
    if not text.strip():
        raise Unreadable(Reason.EMPTY)
    return Written(kind="Word", text=text[: limits.characters], pages=None, cut=len(text) > limits.characters)


def _blocks(parent: Iterable[Any], styles: dict[str, str]) -> Iterator[str]:
    """Each paragraph and each table in an element, however deep in content controls."""
    for element in parent:
        if element.tag == PARAGRAPH:
            text = _text_of(element)
            if text.strip():
                yield _prefix_of(element, styles) + text
        elif element.tag == TABLE:
            yield "\n".join(_rows(element))
        else:
            yield from _blocks(element, styles)


def _text_of(paragraph: Any) -> str:
    return "".join(map(_shown, paragraph.xpath(SHOWN)))


def _shown(element: Any) -> str:
    mark = REFERENCES.get(element.tag)
    return AS_TEXT.get(element.tag, element.text or "") if mark is None else f"[^{mark}{element.get(qn('w:id'))}]"


def _notes(document: WordDocument, styles: dict[str, str]) -> Iterator[str]:
    """Foot notes and end notes, which have parts of their own."""
    for relation in document.part.rels.values():
        mark = NOTES.get(relation.reltype)
        if mark is None or relation.is_external:
            continue
        notes: Any = parse_xml(relation.target_part.blob)
        for note in notes:
            if note.get(qn("w:type"), "normal") == "normal":  # and not the line that parts notes from the page
                yield f"[^{mark}{note.get(qn('w:id'))}]: {' '.join(_blocks(note, styles)).strip()}"


def _prefix_of(paragraph: Any, styles: dict[str, str]) -> str:
    """Markdown for what a paragraph's style says of it."""
    style = styles.get(next(iter(paragraph.xpath("./w:pPr/w:pStyle/@w:val")), ""), "")
    if style == "Title":
        return "# "
    if style.startswith("Heading ") and style[8:].isdecimal():
        return f"{'#' * min(int(style[8:]), 6)} "
    return "- " if style.startswith("List ") or paragraph.xpath("./w:pPr/w:numPr") else ""


def _rows(table: Any) -> Iterator[str]:
    for number, row in enumerate(table.xpath("./w:tr | ./w:sdt/w:sdtContent/w:tr")):
        cells = [" ".join(map(_text_of, cell.xpath(IN_CELL))) for cell in row.xpath("./w:tc | ./w:sdt/w:sdtContent/w:tc")]
        yield row_of(cells)
        if number == 0:
            yield row_of(["---"] * len(cells))
