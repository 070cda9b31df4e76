"""The supervisor's own matters: the folder that it keeps, and what it takes away from there."""

import asyncio
import sys
import threading
import webbrowser
from dataclasses import replace
from pathlib import Path

import pytest

from playground.supervisor import DATABASE, WORLD, Plan, PlaygroundRefused, has_desktop, playing, run_playground


def a_plan(folder: Path, *, fresh: bool = False) -> Plan:
    """One whose bot ends at once."""
    return Plan(
        folder=folder,
        port=0,
        fresh=fresh,
        is_opened=False,
        command=(sys.executable, "-c", ""),
        environment={},
        answer=lambda _: "hello",
        upstream=None,
        answering="nobody",
    )


async def names(plan: Plan, *, add: str = "") -> list[str]:
    """Who is in a playground of this plan; `add` comes too, to stay."""
    async with playing(plan) as playground:
        if add:
            playground.people.add(add)
        return [person.name for person in playground.people]


async def test_what_was_kept_is_there_again_unless_it_is_begun_anew(tmp_path: Path) -> None:
    assert "Carla" in await names(a_plan(tmp_path), add="Carla")
    assert "Carla" in await names(a_plan(tmp_path))
    assert "Carla" not in await names(a_plan(tmp_path, fresh=True))


async def test_beginning_anew_takes_away_nothing_of_others(tmp_path: Path) -> None:
    """With a database beside the sources the folder is the one of the sources."""
    (tmp_path / "page").mkdir()
    others = [tmp_path / "page" / "index.html", tmp_path / "notes.txt"]
    own = [tmp_path / f"{DATABASE}.before-0002", tmp_path / f".{DATABASE}.restored", tmp_path / f"{WORLD}-shm"]
    for path in [*others, *own]:
        path.write_text("kept")
    await names(a_plan(tmp_path, fresh=True))
    assert all(path.exists() for path in others)
    assert not any(path.exists() for path in own)


async def test_a_folder_is_held_by_one_playground_at_a_time(tmp_path: Path) -> None:
    async with playing(a_plan(tmp_path)):
        with pytest.raises(PlaygroundRefused, match="running already"):
            await names(a_plan(tmp_path))


async def test_a_folder_that_cannot_be_used_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(PlaygroundRefused, match="DATABASE_PATH"):
        await names(a_plan(tmp_path / "file" / "playground"))


async def test_a_browser_that_is_waited_for_holds_up_no_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened, closed, stop = threading.Event(), threading.Event(), asyncio.Event()
    said: list[str] = []

    def browse(_: str) -> bool:
        opened.set()
        return closed.wait(30)

    monkeypatch.setattr(webbrowser, "open", browse)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    running = asyncio.create_task(run_playground(replace(a_plan(tmp_path), is_opened=True), stop, said.append))
    try:
        assert await asyncio.to_thread(opened.wait, 10)
        stop.set()
        assert await asyncio.wait_for(running, 10) == 0
    finally:
        closed.set()
    assert said[0].startswith("Cubby's playground: http://127.0.0.1:")


@pytest.mark.parametrize(
    ("environ", "platform", "has"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"DISPLAY": ":0", "SSH_CONNECTION": "a b"}, "linux", False),
        ({}, "darwin", True),
        ({}, "win32", True),
    ],
)
def test_a_browser_is_opened_where_somebody_can_see_it(environ: dict[str, str], platform: str, *, has: bool) -> None:
    assert has_desktop(environ, platform) is has
