"""What the model is sent where a summary stands for the older part of the path: laws over random paths, then pi's."""

import re
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from agent.context import OTHER_WAY, SUMMARY, Context, build_context, read_context
from porting.incoming import import_file
from storage.records import Entry, EntryKind, first_kept
from storage.store import Store
from tests.agent.people import ANN, Ear, build, words
from tests.agent.scripted_model import ScriptedModel, says
from tests.agent.test_context import NOW, SESSION, SYSTEM, budgets, contents
from tests.porting.reading import a_reader

PI_SESSION = Path(__file__).parents[1] / "transfer" / "files" / "pi.jsonl"
GIST = "gist"


@st.composite
def compacted(draw: st.DrawFn) -> list[Entry]:
    """A path with one or two compactions and a question at its end; each text tells its depth."""
    kinds = draw(st.lists(st.sampled_from(["user", "assistant", "failure", "label", "compaction"]), min_size=1, max_size=20))
    kinds.insert(draw(st.integers(0, len(kinds))), "compaction")
    entries: list[Entry] = []
    for depth, kind in enumerate([*kinds, "user"]):
        is_gist = kind == "compaction"
        said = GIST if is_gist else "word" * draw(st.integers(0, 30))
        entries.append(
            Entry(
                id=depth + 1,
                session_id=SESSION,
                parent=depth or None,
                depth=depth,
                kind=kind,
                author=None,
                text=f"[{said}{depth}]",
                data={"first_kept": draw(st.integers(0, depth))} if is_gist and draw(st.booleans()) else {},
                created=NOW,
            )
        )
    return entries


def newest_compaction(entries: Sequence[Entry]) -> Entry:
    return next(entry for entry in reversed(entries) if entry.kind == EntryKind.COMPACTION)


def made(entries: Sequence[Entry], budget: int = 100_000) -> Context:
    compaction = newest_compaction(entries)
    return build_context(entries, compaction=compaction, system_prompt=SYSTEM, budget_tokens=budget, reserve_tokens=10)


def told(context: Context) -> list[int]:
    """The depths of what is in it, as they stand in its words, the summary's left out."""
    return [int(depth) for depth in re.findall(r"\[(?:word)*(\d+)\]", "".join(contents(context)))]


def gists(context: Context) -> list[str]:
    return re.findall(rf"\[{GIST}\d+\]", "".join(contents(context)))


@given(compacted(), budgets)
def test_nothing_is_sent_twice_nothing_from_before_what_is_kept_and_the_question_always(
    entries: list[Entry], budget: int
) -> None:
    context = made(entries, budget)
    depths = told(context)
    assert depths == sorted(set(depths))
    assert depths[0] >= first_kept(newest_compaction(entries))
    assert depths[-1] == entries[-1].depth
    assert gists(context) in ([], [newest_compaction(entries).text])


@given(compacted())
def test_with_room_for_all_it_is_the_newest_summary_and_all_that_is_kept(entries: list[Entry]) -> None:
    context, compaction = made(entries), newest_compaction(entries)
    kept = [entry.depth for entry in entries[first_kept(compaction) :] if entry.kind in ("user", "assistant")]
    assert contents(context)[0].startswith(SUMMARY.format(compaction.text))
    assert told(context) == kept
    assert not context.trimmed


@given(compacted(), budgets)
def test_it_fits_unless_only_the_question_is_in_and_the_roles_alternate(entries: list[Entry], budget: int) -> None:
    context = made(entries, budget)
    assert context.estimated_tokens <= budget - 10 or (told(context), gists(context)) == ([entries[-1].depth], [])
    roles = [message.role for message in context.messages]
    assert roles == ["system", *(("user", "assistant") * len(roles))[: len(roles) - 1]]


@given(compacted(), budgets)
def test_that_something_is_left_out_is_told_and_only_then(entries: list[Entry], budget: int) -> None:
    context, whole = made(entries, budget), made(entries)
    assert context.trimmed == (contents(context) != contents(whole))


@given(compacted(), budgets)
async def test_reading_part_of_the_path_gives_the_same_as_reading_all(entries: list[Entry], budget: int) -> None:
    compaction = newest_compaction(entries)

    async def newest(characters: int) -> list[Entry]:
        taken: list[Entry] = []
        for entry in reversed(entries[first_kept(compaction) :]):
            taken.append(entry)
            if sum(len(one.text) for one in taken) >= characters:
                break
        return taken[::-1]

    read = await read_context(newest, compaction=compaction, system_prompt=SYSTEM, budget_tokens=budget, reserve_tokens=10)
    assert read == made(entries, budget)


async def test_a_session_of_pis_goes_on_from_its_summary(store: Store) -> None:
    await import_file(store, ANN, BytesIO(PI_SESSION.read_bytes()), a_reader(), skip_known=False)
    ear = Ear()
    async with ScriptedModel(says("Then mend it.")) as model:
        session = await build(store, model, ear, await store.sessions.find(ANN, 1))
        await session.prompt(words("What now?"))
        await ear.until_ended()
        await session.dispose()
        sent = [message.content for message in model.requests[0].messages[1:]]
    assert sent == [
        f"{SUMMARY.format('The cookie has the wrong domain.')}\n\nLook at the cookie instead.",
        "The cookie is set\n\nfor another domain.",
        "Two things are open.\n\nWhat now?",
    ]


async def test_a_way_that_was_left_is_told_by_its_summary(store: Store) -> None:
    await import_file(store, ANN, BytesIO(PI_SESSION.read_bytes()), a_reader(), skip_known=False)
    session = await store.sessions.find(ANN, 1)
    entries = [entry for entry in await store.transcripts.path(ANN, session.id) if entry.kind != EntryKind.COMPACTION]
    context = build_context(entries, system_prompt=SYSTEM, budget_tokens=8000, reserve_tokens=10)
    assert OTHER_WAY.format("It looked at the code of the cart.") in contents(context)[0]
