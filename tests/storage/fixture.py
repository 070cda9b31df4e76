"""A small database with a bit of everything in it, and the files that keep one of each schema version.

`python -m tests.storage.fixture` writes `fixtures/schema-<version>.db` for the version there is now, once: a file of a released
version is what people have on their disks, so it is never made anew.
"""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from storage.records import Cost, Draft, DraftEntry, Provenance, Spent, TurnState
from storage.sqlite.backup import back_up
from storage.sqlite.migrate import migrations
from storage.sqlite.open import open_store
from storage.store import Store
from tests.storage.samples import (
    ANN,
    BOB,
    CAT,
    START,
    Clock,
    answer,
    ask,
    departure,
    exchange,
    file,
    prompt,
    summary,
    target,
    wait,
)

FOLDER: Final = Path(__file__).parent / "fixtures"
SECRET: Final = "the words of Ann"


def fixture_of(version: int) -> Path:
    """The database that a version left."""
    return FOLDER / f"schema-{version:04d}.db"


async def live_through(store: Store) -> None:
    """Branches, a failure, a retry, a queue, a running turn, deliveries, a link, a choice, a notice, two people; and Cat."""
    one, two = await store.sessions.create(ANN, "a name"), await store.sessions.create(ANN)
    await exchange(store, one, SECRET, "an answer")
    failed = await answer(store, await ask(store, one, "and this?"), "")
    await answer(store, await store.turns.retry(ANN, failed.id, prompt()), "at last")
    await store.turns.remove(ANN, (await wait(store, one, "never mind")).id)
    await wait(store, one)
    running = await ask(store, two, SECRET, to=target(message_id=5, expires=START + timedelta(minutes=15)))
    await store.turns.checkpoint(ANN, running.id, "half")
    await store.deliveries.link(ANN, 77, one.id)
    await store.turns.hold(ANN, two.id, departure())
    await store.first_time(ANN, "privacy")
    await store.sessions.open(ANN, 1)
    await exchange(store, await store.sessions.create(BOB), "ünï 🎉", "ok", actor=BOB)
    await store.sessions.create(BOB)
    await keep_order(store)


async def keep_order(store: Store) -> None:
    """What Cat has: a session from elsewhere, pinned, its fork, archived, one in the bin, and a preference."""
    said = [
        DraftEntry(id=1, parent=None, kind="user", text="from elsewhere", created=START),
        DraftEntry(id=2, parent=1, kind="label", text="", data={"label": "kept"}, created=START),
        DraftEntry(id=3, parent=2, kind="assistant", text="and its answer", created=START),
    ]
    draft = Draft(created=START, name="brought", model="large", provenance=Provenance(source="there", external_id="a-1"))
    brought = await store.transfers.adopt(CAT, draft, said)
    await store.shelves.pin(CAT, brought.number)
    gist = await store.compactions.add(CAT, brought.id, summary(brought.leaf or 0), instead_of=None)
    await store.compactions.undo(CAT, brought.id, gist.id)
    fork = await store.branches.fork(CAT, brought.id)
    await store.shelves.archive(CAT, fork.number)
    await store.shelves.delete(CAT, (await store.sessions.create(CAT, "thrown away")).number)
    await store.preferences.set(CAT, "auto_archive_days", 0)
    await store.preferences.set_for_session(CAT, brought.id, "model", "larger")
    sent = await store.turns.submit(CAT, brought.id, prompt("read this", file("what is in it")), TurnState.ASKED)
    await answer(store, sent, "read")
    await store.turns.spend(CAT, Spent(input_tokens=9, cost=Cost(3, "EUR")), model="small", session_id=brought.id)


async def make(to: Path) -> None:
    """Write the fixture of the version there is now."""
    with TemporaryDirectory() as folder:
        store = await open_store(Path(folder) / "cubby.db", now=Clock())
        await live_through(store)
        await back_up(Path(folder) / "cubby.db", to)
        await store.close()


if __name__ == "__main__":
    wanted = fixture_of(len(migrations()))
    if wanted.exists():
        sys.exit(f"{wanted.name} is there, and stays as it is.")
    asyncio.run(make(wanted))
