"""`Reader`: files go through a child process and come back, and nothing that happens to the child is an exception here."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from documents.reading import Limits, Picture, Reader, Reason, Unread, Written
from tests.documents.files import pdf, picture, word


@pytest.fixture
async def reader() -> AsyncIterator[Reader]:
    made = Reader(Limits(bytes=2**20))
    yield made
    await made.close()


async def test_one_of_each_kind_comes_back_from_its_child(reader: Reader) -> None:
    files = (
        picture("PNG"),
        pdf("on paper"),
        word(lambda document: document.add_paragraph("in Word")),
        b'{"in": "JSON"}',
        b"a,b\n1,2\n",
        b"plain words",
    )
    read = await asyncio.gather(*(reader.read(file, "file.csv") for file in files))
    assert isinstance(read[0], Picture)
    assert [(result.kind, result.pages) for result in read if isinstance(result, Written)] == [
        ("PDF", 1),
        ("Word", None),
        ("JSON", None),
        ("CSV", None),
        ("text", None),
    ]


async def test_size_is_looked_at_before_a_child_is_made(reader: Reader) -> None:
    assert await reader.read(b"", "empty.txt") == Unread(reason=Reason.EMPTY)
    assert await reader.read(b"a" * (2**20 + 1), "large.txt") == Unread(reason=Reason.TOO_LARGE)
    assert isinstance(await reader.read(b"a" * 2**20, "large.txt"), Written)


async def test_closed_reader_reads_nothing_more() -> None:
    reader = Reader(Limits())
    await reader.close()
    assert await reader.read(b"late", "late.txt") == Unread(reason=Reason.NOT_NOW)
