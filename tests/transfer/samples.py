"""Sessions to travel: a few by hand, and any by Hypothesis."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any, BinaryIO

from hypothesis import strategies as st

from transfer.results import Damage, Result
from transfer.saved import Loaded, SavedEntry, SavedSession

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def entry(number: int, parent: int | None, kind: str = "user", text: str = "", **data: Any) -> SavedEntry:
    """Entry `number` of a session, a minute after the one before."""
    return SavedEntry(
        id=str(number),
        parent=None if parent is None else str(parent),
        kind=kind,
        author=kind if kind in ("user", "assistant") else None,
        text=text,
        data=data,
        created=NOON + timedelta(minutes=number),
    )


def session(**fields: Any) -> SavedSession:
    """A session as Cubby has it."""
    given: dict[str, Any] = {
        "id": "0195a000-0000-7000-8000-00000001",
        "created": NOON,
        "modified": NOON,
        "name": "Auth bug",
    }
    return SavedSession(**(given | fields))


BRANCHED = Loaded(
    session(number=3, leaf="4", pinned=True, model="qwen3"),
    (
        entry(1, None, "user", "Why does the login fail?"),
        entry(2, 1, "assistant", "Is the *clock* right?", outcome="completed", turn="t1", model="qwen3"),
        entry(3, 1, "assistant", "Because of the", outcome="stopped", turn="t2"),
        entry(4, 2, "user", "It is <b>right</b> & set.", attachments=[{"name": "log.txt"}]),
        entry(5, 3, "weather", "sunny", degrees=21),
    ),
)
"""Two branches, the newest entry not on the current path, a kind that nobody knows."""


def written(write: Callable[[BinaryIO, SavedSession, Iterable[SavedEntry]], None], loaded: Loaded) -> bytes:
    """What a writer makes of it."""
    file = BytesIO()
    write(file, loaded.session, iter(loaded.entries))
    return file.getvalue()


def only(results: Iterable[Result]) -> Loaded:
    """The one session in the results, where nothing is damaged."""
    (result,) = results
    assert isinstance(result, Loaded), str(result)
    return result


def sorted_out(results: Iterable[Result]) -> tuple[list[Loaded], list[str]]:
    """The sessions, and what is said of the damage."""
    found = list(results)
    return (
        [result for result in found if isinstance(result, Loaded)],
        [str(result) for result in found if isinstance(result, Damage)],
    )


texts = st.text(max_size=40)
ids = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=12)
times = st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63) + 1, 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
datas = st.dictionaries(texts, json_values, max_size=3)
kinds = st.sampled_from(["user", "assistant", "failure", "tool", "weather", "compaction", "summary", "undone"])


@st.composite
def loadeds(draw: st.DrawFn) -> Loaded:
    """Any session with any tree of entries, parents first."""
    names = draw(st.lists(ids, max_size=8, unique=True))
    entries: list[SavedEntry] = []
    for number, name in enumerate(names):
        kind = draw(kinds)
        kept = {"first_kept": draw(st.integers(0, 3))} if kind in ("summary", "compaction") else {}
        outcome = {"outcome": draw(st.sampled_from(["completed", "stopped", "truncated"]))} if kind == "assistant" else {}
        entries.append(
            SavedEntry(
                id=name,
                parent=draw(st.none() | st.sampled_from(names[:number])) if number else None,
                kind=kind,
                author=draw(st.none() | st.sampled_from(["user", "assistant", "tool"])),
                text=draw(texts),
                data=draw(datas) | outcome | kept,
                created=draw(times),
            )
        )
    header = SavedSession(
        id=draw(ids),
        number=draw(st.none() | st.integers(1, 10_000)),
        name=draw(st.none() | texts.filter(str.strip)),
        created=draw(times),
        modified=draw(times),
        archived=draw(st.booleans()),
        pinned=draw(st.booleans()),
        parent=draw(st.none() | ids),
        leaf=draw(st.sampled_from(names)) if names else None,
        model=draw(st.none() | texts.filter(str.strip)),
        source=draw(st.sampled_from(["cubby", "pi", "chatgpt"])),
        instructions=draw(st.none() | texts.filter(str.strip)),
        extra=draw(datas),
    )
    return Loaded(header, tuple(entries))
