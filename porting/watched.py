"""A file that is read for as long as somebody wants that."""

import io
from collections.abc import Callable
from threading import Event
from typing import TYPE_CHECKING, BinaryIO

from porting.crossing import Stopped
from transfer.limits import CHUNK

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

Heard = Callable[[int], None]
"""Hears how many bytes from its beginning a file has been read, in the thread that reads."""


def watched(file: BinaryIO, stop: Event, heard: Heard = lambda _bytes: None) -> BinaryIO:
    """The file, which raises `Stopped` when it is read on after `stop` was set: a large one takes long to look through."""
    return io.BufferedReader(_Watched(file, stop, heard), CHUNK)


class _Watched(io.RawIOBase):
    """What is below the buffer; it leaves the file open."""

    def __init__(self, file: BinaryIO, stop: Event, heard: Heard) -> None:
        self._file, self._stop, self._heard = file, stop, heard

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def readinto(self, buffer: "WriteableBuffer") -> int:
        if self._stop.is_set():
            raise Stopped
        target = memoryview(buffer)
        data = self._file.read(len(target))
        target[: len(data)] = data
        self._heard(self._file.tell())
        return len(data)
