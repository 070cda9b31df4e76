"""Everybody can use it: axe's rules hold wherever one gets, and the keyboard alone is enough."""

from typing import Any, Literal, cast

import pytest
from axe_playwright_python.async_playwright import Axe

from tests.playground.page.visit import Visit, expect

PLACES = ("talk", "channel", "drawer", "modal", "commands", "menu")
STOP = """
async () => {
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  const at = document.activeElement;
  if (at === document.body) return "";
  const ring = (one) => ["outlineStyle", "boxShadow"].some((name) => getComputedStyle(one)[name] !== "none");
  // A field's ring may be around the box that it is in.
  const isRinged = ring(at) || (at.matches("input, textarea") && [at.parentElement, at.parentElement.parentElement].some(ring));
  const isSeen = at.getBoundingClientRect().width > 0 && isRinged;
  return `${isSeen ? "seen" : "unseen"} ${at.tagName} ${at.className}`;
}
"""
"""Where the focus is, and whether one sees that it is there."""


async def check(visit: Visit) -> None:
    """Let axe look at the page as it is."""
    found = cast("dict[str, Any]", (await Axe().run(visit.page)).response)  # pyright: ignore[reportUnknownMemberType]
    told = [
        (each["id"], each["help"], [(node["target"], node["failureSummary"]) for node in each["nodes"]])
        for each in found["violations"]
    ]
    assert told == []


async def go(visit: Visit, place: str) -> None:
    """Get to one of the places."""
    ann, page = visit.ann, visit.page
    if place == "talk":
        await ann.say("write a program, and say **bold**, `code`, ||spoiler||")
        await ann.sees_ended("A real model would write")
    elif place == "channel":
        await ann.go_to("general")
        await ann.run("/sessions")
        await ann.sees("Only you can see this")
    elif place == "drawer":
        await visit.open_drawer()
    elif place == "modal":
        await page.get_by_role("button", name="Add person").click()
        await expect(page.get_by_role("dialog")).to_be_visible()
    elif place == "commands":
        await ann.box.press_sequentially("/")
        await expect(ann.listbox).to_be_visible()
    else:
        await page.get_by_role("button", name="Cubby is running").click()
        await expect(page.get_by_role("menu")).to_be_visible()


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing(visit: Visit, place: str, scheme: Literal["light", "dark"]) -> None:
    if scheme == "dark":  # from the start: what is out of sight takes another scheme's colors only once it is drawn
        await visit.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        await visit.open()
    await go(visit, place)
    await check(visit)


async def test_axe_finds_nothing_on_a_phone(phone_visit: Visit) -> None:
    for place in ("talk", "commands", "drawer"):
        await go(phone_visit, place)
        await check(phone_visit)


async def test_each_stop_of_the_tab_key_is_seen_and_none_is_a_trap(visit: Visit) -> None:
    await visit.ann.say("hello")
    await visit.ann.sees_ended("Hello!")
    await visit.page.evaluate("document.activeElement.blur()")
    stops: list[str] = []
    for _ in range(120):
        await visit.page.keyboard.press("Tab")
        stop = await visit.page.evaluate(STOP)
        if stop == "":
            break
        stops.append(stop)
    assert [stop for stop in stops if stop.startswith("unseen")] == []
    assert 5 < len(stops) < 120
