"""Very much of everything: the page stays usable."""

from playwright.async_api import Locator

from tests.playground.page.visit import Visit, expect

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
