"""The plain design: one JSONL file a session; a list parses every file whole, a session is opened by parsing its own."""

import json
import os
from pathlib import Path
from typing import Any

from bench.seed import TEXT, Shape


class Plain:
    """A folder of files, one JSON object a line and message."""

    def __init__(self, folder: Path, shape: Shape) -> None:
        folder.mkdir()
        self._folder = folder
        for number in range(shape.sessions):
            with self._file(number).open("w", encoding="utf-8") as file:
                for seq in range(shape.messages):
                    file.write(_line(seq, 1_000_000 + number * shape.messages + seq))

    def first_page(self) -> list[dict[str, Any]]:
        """The ten newest, as a list shows them."""
        shown: list[dict[str, Any]] = []
        for path in self._folder.iterdir():
            entries = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
            shown.append({"count": len(entries), "first": entries[0]["text"][:200], "modified": entries[-1]["created"]})
        return sorted(shown, key=lambda info: info["modified"], reverse=True)[:10]

    def tail(self, number: int, limit: int) -> list[dict[str, Any]]:
        """The newest messages of a session."""
        return self.whole(number)[-limit:]

    def whole(self, number: int) -> list[dict[str, Any]]:
        """All messages of a session."""
        return [json.loads(line) for line in self._file(number).read_text(encoding="utf-8").splitlines()]

    def append(self, number: int) -> None:
        """One message, on the disk when it returns."""
        with self._file(number).open("a", encoding="utf-8") as file:
            file.write(_line(0, 0))
            file.flush()
            os.fsync(file.fileno())

    def _file(self, number: int) -> Path:
        return self._folder / f"{number}.jsonl"


def _line(seq: int, created: int) -> str:
    return json.dumps({"role": ("user", "assistant")[seq % 2], "text": TEXT, "created": created}) + "\n"
