"""The memory that reading takes is that of the largest conversation, not of the file."""

from pathlib import Path

from bench.transfer import make_export, measure, read_export, write_export

MOST_MIB = 128
"""Half of what the command line may take. The process itself takes about 30."""


def test_large_export_is_read_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "conversations.json"
    make_export(path, 100)
    messages, _, memory = measure(read_export, path)
    assert messages > 100_000
    assert memory < MOST_MIB


def test_large_export_is_written_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "conversations.json"
    make_export(path, 30)
    messages, _, memory = measure(write_export, path)
    assert messages > 30_000
    assert memory < MOST_MIB
