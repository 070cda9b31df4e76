"""What the README shows of the playground, taken from the running page: light, dark, on a phone, and how a killed answer mends.

`make screenshots` writes all of it to `docs/pictures`. Everything in them is what the built-in model really said.
"""

import asyncio
import re
import sys
import tempfile
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser, ViewportSize, async_playwright, expect

from tests.moving import Shot, moving_picture
from tests.playground.page.chromium import FLAGS, NONE_FOUND, find_chromium
from tests.playground.page.stage import a_playground
from tests.playground.page.visit import WAIT_MS, Visit, visiting

PICTURES: Final = Path(__file__).parent.parent / "docs/pictures"
WIDE: Final[ViewportSize] = {"width": 1240, "height": 720}
PHONE: Final[ViewportSize] = {"width": 360, "height": 680}
SMALL: Final[ViewportSize] = {"width": 760, "height": 560}
QUESTION: Final = "What can you do?"
CALM: Final = 0.11
"""Seconds before each word in the moving picture."""


async def light(visit: Visit) -> None:
    """What is private: an answer in a channel that the other person there doesn't see."""
    ann, bob = visit.ann, visit.bob
    await ann.go_to("general")
    await bob.go_to("general")
    await bob.say("Does anybody have a good way to greet people from Python?")
    await ann.sees("Does anybody")
    await ann.run("/ask write a program")
    await ann.sees_ended("A real model would write")
    await ann.say("I'm asking Cubby, one moment")
    await bob.sees("I'm asking Cubby")


async def dark(visit: Visit) -> None:
    """What is remembered, and what goes on behind the scenes."""
    ann = visit.ann
    await ann.say("My favorite programming language is Rust")
    await ann.sees_ended("Noted")
    await ann.run("/new")
    await ann.sees("Session 2 started")
    await ann.say("What's my favorite programming language?")
    await ann.sees_ended("I don't know")
    await ann.run("/sessions")
    await ann.sees("Your sessions")
    await visit.bob.button("Close this pane").click()
    await visit.open_drawer()
    await visit.drawer.get_by_role("tab", name=re.compile("^Turns")).click()
    await expect(visit.drawer).to_contain_text("completed", timeout=WAIT_MS)


async def phone(visit: Visit) -> None:
    """The main walk, where there is little room."""
    ann = visit.ann
    await ann.say("My favorite programming language is Rust")
    await ann.sees_ended("Noted")
    await ann.run("/new")
    await ann.sees("Session 2 started")
    await ann.run("/open 1")
    await ann.sees("opened")
    await ann.say("What's my favorite programming language?")
    await ann.sees_ended("is Rust. You told me")


async def still(browser: Browser, name: str, act: Callable[[Visit], Awaitable[None]], **options: Any) -> None:
    """Take one picture at twice the size."""
    async with fresh_visit(browser, device_scale_factor=2, **options) as visit:
        await act(visit)
        await visit.page.mouse.move(0, 0)
        await visit.page.evaluate("document.activeElement.blur()")
        picture = await visit.page.screenshot()
    (PICTURES / f"playground-{name}.png").write_bytes(picture)


async def kill_and_mend(browser: Browser) -> None:
    """The story of an answer that is killed in its middle, and mends itself."""
    async with fresh_visit(browser, viewport=SMALL, device_scale_factor=1.5) as visit:
        visit.stage.model._pace = CALM
        await visit.bob.button("Close this pane").click()
        shots = await _story(visit)
        blank = await visit.page.context.new_page()
        (PICTURES / "kill-and-mend.png").write_bytes(await moving_picture(shots, blank))


@asynccontextmanager
async def fresh_visit(browser: Browser, **options: Any) -> AsyncGenerator[Visit]:
    """A playground where nothing happened yet, and its page with the guide put away."""
    with tempfile.TemporaryDirectory() as folder:
        async with a_playground(Path(folder)) as stage:
            stage.begin("Ann", "Bob")
            context = await browser.new_context(reduced_motion="reduce", **options)
            async with visiting(context, stage) as visit:
                await visit.page.get_by_role("button", name="Put the guide away").click()
                yield visit
            await context.close()


async def _story(visit: Visit) -> list[Shot]:
    ann, page = visit.ann, visit.page
    shots: list[Shot] = []

    async def shoot(seconds: float) -> None:
        shots.append(Shot(await page.screenshot(), seconds))

    async def film(until: Callable[[], Awaitable[bool]]) -> None:
        while not await until():
            await shoot(0.4)
            await asyncio.sleep(0.4)

    async def is_half() -> bool:
        return await ann.messages.filter(has_text="I live in Paris").count() > 0

    async def is_whole() -> bool:
        return await ann.messages.filter(has_text="connects a real model").filter(has=ann.a_button("Reply")).count() > 0

    await ann.box.press_sequentially(QUESTION)
    await shoot(1)
    await page.keyboard.press("Enter")
    await film(is_half)
    await page.get_by_role("button", name=re.compile("^Cubby is ")).click()
    kill = page.get_by_role("menuitem", name="Kill now")
    await kill.hover()
    await shoot(1.2)
    await kill.click()
    await visit.bot_is("stopped")
    await shoot(2)
    start = page.get_by_role("button", name="Start", exact=True)
    await start.hover()
    await shoot(0.8)
    await start.click()
    await visit.bot_is("starting…")
    await shoot(0.8)
    mended = await ann.sees("restarted")
    await shoot(2)
    finish = mended.get_by_role("button", name="Finish the answer")
    await finish.hover()
    await shoot(0.8)
    await finish.click()
    await page.mouse.move(0, 0)
    await film(is_whole)
    await shoot(4)
    return shots


async def main() -> int:
    """Take all of them; returns the exit code."""
    path = find_chromium()
    if path is None:
        print(NONE_FOUND, file=sys.stderr)  # noqa: T201 - a command's word
        return 1
    PICTURES.mkdir(exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        await still(browser, "light", light, viewport=WIDE, color_scheme="light")
        await still(browser, "dark", dark, viewport=WIDE, color_scheme="dark")
        await still(browser, "phone", phone, viewport=PHONE, has_touch=True, is_mobile=True)
        await kill_and_mend(browser)
        await browser.close()
    for picture in sorted(PICTURES.iterdir()):
        print(f"{picture.name}: {picture.stat().st_size / 1000:.0f} kB")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
