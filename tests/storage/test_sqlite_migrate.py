import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from storage.errors import DatabaseRefused
from storage.sqlite.migrate import Migration, migrations
from storage.sqlite.open import open_store
from tests.storage.samples import ANN

NOW = len(migrations())
"""The schema there is."""

ADDED = Migration(
    NOW + 1,
    "CREATE TABLE later(x TEXT); -- a comment; with a semicolon\nINSERT INTO later SELECT number FROM sessions;",
)
BROKEN = Migration(NOW + 1, "CREATE TABLE later(x TEXT);\nDROP TABLE sessions;\nSELECT no_such_column FROM later;")


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """A database of the schema there is with one session in it."""
    store = await open_store(tmp_path / "cubby.db")
    await store.sessions.create(ANN, "kept")
    await store.close()
    return tmp_path / "cubby.db"


def ask_file(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def names(folder: Path) -> set[str]:
    return {found.name for found in folder.iterdir()}


async def test_a_migration_is_preceded_by_a_backup(path: Path) -> None:
    store = await open_store(path, steps=(*migrations(), ADDED))
    await store.close()
    backup = path.with_name(f"cubby.db.before-{NOW + 1:04d}")
    assert ask_file(path, "SELECT x FROM later") == [("1",)]
    assert ask_file(path, "PRAGMA user_version") == [(NOW + 1,)]
    assert ask_file(backup, "PRAGMA user_version") == [(NOW,)]
    assert ask_file(backup, "SELECT name FROM sessions") == [("kept",)]
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600


async def test_a_failing_migration_leaves_the_old_schema_whole(path: Path) -> None:
    with pytest.raises(DatabaseRefused, match="no_such_column"):
        await open_store(path, steps=(*migrations(), BROKEN))
    assert ask_file(path, "PRAGMA user_version") == [(NOW,)]
    assert ask_file(path, "SELECT name FROM sqlite_master WHERE name = 'later'") == []
    store = await open_store(path)
    assert [info.name for info in (await store.sessions.list(ANN)).items] == ["kept"]
    await store.close()


async def test_a_migration_runs_once(path: Path) -> None:
    for _ in range(2):
        store = await open_store(path, steps=(*migrations(), ADDED))
        await store.close()
    assert ask_file(path, "SELECT x FROM later") == [("1",)]


async def test_the_first_schema_needs_no_backup(tmp_path: Path) -> None:
    store = await open_store(tmp_path / "new.db")
    await store.close()
    assert names(tmp_path) == {"new.db", "new.db.lock"}


def test_migrations_count_up_from_one(tmp_path: Path) -> None:
    (tmp_path / "0002_second.sql").write_text("SELECT 1;")
    with pytest.raises(ValueError, match="count up from 1"):
        migrations(tmp_path)
    assert [step.version for step in migrations()] == list(range(1, len(migrations()) + 1))
