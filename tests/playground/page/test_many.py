"""Very much of everything: the page stays usable."""

from collections.abc import Mapping
from typing import Any

from playwright.async_api import Locator

from playground.standin import CannotDo
from tests.playground.page.visit import WAIT_MS, Visit, expect

MANY = 5000


async def place_of(message: Locator) -> float:
    """How far below the window's top it is."""
    box = await message.bounding_box()
    assert box is not None
    return box["y"]


async def test_five_thousand_messages_can_be_read_to_the_first(visit: Visit) -> None:
    ann, stage = visit.ann, visit.stage
    stage.fill(stage.general, MANY)
    await visit.open()
    await ann.go_to("general")
    await ann.sees(f"message {MANY - 1} ")
    scroller = ann.root.get_by_role("group", name="Messages in general")
    await scroller.focus()
    for _ in range(3):
        shown = await ann.messages.count()
        await scroller.evaluate("(element) => (element.scrollTop = 0)")
        await expect(ann.messages.nth(shown)).to_be_attached()
    await ann.say("and I can still write")
    await ann.sees("and I can still write")
    await expect(ann.messages.last).to_be_in_viewport()


async def test_reading_above_is_not_disturbed_by_what_comes_below(visit: Visit) -> None:
    ann, stage = visit.ann, visit.stage
    stage.fill(stage.general, 200)
    await visit.open()
    await ann.go_to("general")
    await ann.sees("message 199 ")
    scroller = ann.root.get_by_role("group", name="Messages in general")
    await scroller.hover()
    await visit.page.mouse.wheel(0, -1500)
    read = ann.message("message 160 ")
    await read.scroll_into_view_if_needed()
    before = await place_of(read)
    await stage.bob.say(stage.general, "something new below")
    note = ann.root.get_by_role("button", name="1 new message")
    await expect(note).to_be_visible()
    assert abs(await place_of(read) - before) < 2
    await note.click()
    await expect(await ann.sees("something new below")).to_be_in_viewport()


async def test_older_messages_come_though_the_connection_broke_meanwhile(visit: Visit) -> None:
    ann, stage, live = visit.ann, visit.stage, visit.stage.playground.live
    do = live._do

    async def lose(asked: Mapping[str, Any]) -> dict[str, Any]:
        if asked.get("act") == "older":
            raise CannotDo("lost on its way")
        return await do(asked)

    stage.fill(stage.general, 150)
    live._do = lose
    try:
        await visit.open()
        await ann.go_to("general")
        await ann.sees("message 149 ")
        scroller = ann.root.get_by_role("group", name="Messages in general")
        await scroller.evaluate("(element) => (element.scrollTop = 0)")
        await expect(ann.root.get_by_text("Loading older messages")).to_be_in_viewport()
    finally:
        live._do = do
    await live.close()
    await expect(ann.message("message 30 ")).to_be_attached(timeout=WAIT_MS)
    assert len(visit.told("resumed")) == 1
