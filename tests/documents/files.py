"""Files of each kind, made by the libraries that read them, or byte by byte where a library would refuse to."""

import io
import zlib
from collections.abc import Callable, Mapping
from struct import pack
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from docx import Document
from docx.document import Document as WordDocument
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject


def pdf(*pages: str, finish: Callable[[PdfWriter], object] = lambda _: None) -> bytes:
    """A PDF with a line of Helvetica on each page; `finish` does the rest before it is written."""
    writer = PdfWriter()
    font = DictionaryObject({NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1")})
    font[NameObject("/BaseFont")] = NameObject("/Helvetica")
    for words in pages:
        page = writer.add_blank_page(200, 200)
        fonts = DictionaryObject({NameObject("/F1"): font})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        content = DecodedStreamObject()
        content.set_data(f"BT /F1 12 Tf 10 100 Td ({words}) Tj ET".encode("latin-1"))
        page[NameObject("/Contents")] = writer._add_object(content)
    finish(writer)
    return written(writer.write)


def word(build: Callable[[WordDocument], object]) -> bytes:
    document = Document()
    build(document)
    return written(document.save)


def word_with(parts: Mapping[str, bytes]) -> bytes:
    """A Word file some of whose parts, or others beside them, are these."""
    file = io.BytesIO()
    with ZipFile(io.BytesIO(word(lambda document: document.add_paragraph("as usual")))) as made, ZipFile(file, "w") as changed:
        for name in made.namelist():
            if name not in parts:
                changed.writestr(name, made.read(name))
        for name, content in parts.items():
            changed.writestr(name, content, ZIP_DEFLATED)
    return file.getvalue()


def body(inner: str, before: str = "") -> bytes:
    """A `word/document.xml`, with a document type `before` it if there is to be one."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return f'<?xml version="1.0"?>{before}<w:document xmlns:w="{space}"><w:body>{inner}</w:body></w:document>'.encode()


def picture(kind: str, size: tuple[int, int] = (40, 30), mode: str = "RGB", **options: Any) -> bytes:
    image = Image.new(mode, size, "red")
    return written(lambda file: image.save(file, kind, **options))


def png_head(width: int, height: int) -> bytes:
    """A PNG that says how large it is and has next to no pixels."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return pack(">I", len(content)) + name + content + pack(">I", zlib.crc32(name + content))

    head = pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(99))) + chunk(b"IEND", b"")


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def written(write: Callable[[io.BytesIO], object]) -> bytes:
    file = io.BytesIO()
    write(file)
    return file.getvalue()
