"""A visit: the page open in the browser, and what the people on it do and see, by the roles and names of what is there.

    await visit.ann.say("hello")
    await visit.ann.sees("You wrote “hello”")
    await visit.bob.sees_nothing_of("hello")

At its end the browser's console must have been silent: no error, nothing that the page's policy refused.
"""

import json
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Final

from playwright.async_api import BrowserContext, ConsoleMessage, Error, Locator, Page, ViewportSize, expect

from tests.playground.page.stage import Stage

DESK: Final[ViewportSize] = {"width": 1280, "height": 800}
PHONE: Final[ViewportSize] = {"width": 375, "height": 740}
WAIT_MS: Final = 10_000
HARM: Final = """
() => {
  const found = window.__pwned === undefined ? [] : ["pwned"];
  for (const element of document.querySelectorAll("*")) {
    const { localName } = element;
    const isOurs = localName === "script" && element.getAttribute("src").startsWith("/page/");
    const isFile = localName === "img" && /^[/](files|page)[/]/.test(element.getAttribute("src"));
    const isActive = /^(script|img|iframe|object|embed|style|base)$/.test(localName);
    if (isActive && !isOurs && !isFile) found.push(element.outerHTML);
    for (const { name } of element.attributes) if (name.startsWith("on")) found.push(element.outerHTML);
    if (localName === "a" && !/^(https?|blob):/.test(element.href)) found.push(element.outerHTML);
  }
  return found;
}
"""
"""Gives what must not be in the page."""


class Pane:
    """One person's client."""

    def __init__(self, page: Page, name: str) -> None:
        self.page, self.name = page, name
        # On a narrow screen the panes are tabs.
        self.root = page.get_by_role("region", name=name, exact=True).or_(page.get_by_role("tabpanel", name=name, exact=True))
        self.box = self.root.get_by_role("textbox", name=re.compile("^Message "))
        self.messages = self.root.get_by_role("article")
        self.sidebar = self.root.get_by_role("navigation")
        self.listbox = self.root.get_by_role("listbox")

    async def go_to(self, channel: str) -> None:
        """Choose a channel, or the direct messages with Cubby."""
        opener = self.root.get_by_role("button", name="Channels", exact=True)
        if await opener.is_visible():
            await opener.click()
        await self.sidebar.get_by_role("button", name=re.compile(rf"^\W*{channel}\b")).click()

    async def say(self, text: str) -> None:
        """Write and send."""
        await self.box.fill(text)
        await self.box.press("Enter")

    async def run(self, command: str) -> None:
        """Type a command as one does: its name, then its first option."""
        await self.box.focus()
        await self.page.keyboard.type(command)
        await self.page.keyboard.press("Enter")

    def message(self, text: str | re.Pattern[str]) -> Locator:
        """The newest message with this in it."""
        return self.messages.filter(has_text=text).last

    async def sees(self, text: str | re.Pattern[str]) -> Locator:
        """Wait until a message with this in it is there; gives it."""
        found = self.message(text)
        await expect(found).to_be_visible(timeout=WAIT_MS)
        return found

    async def sees_ended(self, text: str | re.Pattern[str]) -> Locator:
        """Wait until an answer with this in it is there to its end; gives it."""
        found = self.messages.filter(has_text=text).filter(has=self.a_button("Reply")).last
        await expect(found).to_be_visible(timeout=WAIT_MS)
        return found

    async def sees_nothing_of(self, text: str) -> None:
        """See that this stands nowhere in the whole client, visible or not."""
        await expect(self.root).not_to_contain_text(text)

    def a_button(self, name: str) -> Locator:
        """Any button of this name, for `filter(has=...)`."""
        return self.page.get_by_role("button", name=name, exact=True)

    def button(self, name: str) -> Locator:
        """The buttons of this name."""
        return self.root.get_by_role("button", name=name, exact=True)

    async def press(self, name: str) -> None:
        """Press the newest button of this name."""
        await self.button(name).last.click()


class Visit:
    """The page, with the panes of the two people."""

    def __init__(self, page: Page, stage: Stage) -> None:
        self.page, self.stage = page, stage
        self.ann, self.bob = Pane(page, stage.ann.name), Pane(page, stage.bob.name)
        self.complaints: list[str] = []
        self.frames: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: self.frames.append(str(frame))))

    def pane(self, name: str) -> Pane:
        """The client of somebody else."""
        return Pane(self.page, name)

    async def show_instead(self, pane: Pane, name: str) -> None:
        """Let a pane show another person."""
        await pane.root.get_by_role("heading", level=2).get_by_role("button").click()
        await self.page.get_by_role("menuitemradio", name=name, exact=True).click()

    def told(self, kind: str | None = None) -> list[dict[str, Any]]:
        """What the page was told over its connection, of this kind or all."""
        told = [json.loads(frame) for frame in self.frames]
        return [each for each in told if kind in (None, each["type"])]

    async def is_unharmed(self) -> None:
        """See that no text became a script, a handler, or an element that loads something."""
        found = await self.page.evaluate(HARM)
        assert found == [], found

    async def open(self) -> None:
        """Open the page, or load it anew, and wait until it is there."""
        await self.page.goto(self.stage.playground.url)
        await expect(self.page.get_by_role("button", name=re.compile("^Cubby is "))).to_be_visible(timeout=WAIT_MS)

    @property
    def drawer(self) -> Locator:
        """What stands behind the scenes."""
        return self.page.get_by_role("complementary", name="Behind the scenes")

    async def open_drawer(self) -> None:
        """Look behind the scenes."""
        await self.page.get_by_role("button", name="Behind the scenes").click()
        await expect(self.drawer).to_be_visible()

    async def with_bot(self, deed: str) -> None:
        """Choose what is done with the bot, in the menu above."""
        await self.page.get_by_role("button", name=re.compile("^Cubby is ")).click()
        await self.page.get_by_role("menuitem", name=deed).click()

    async def bot_is(self, state: str) -> None:
        """Wait until the page says so."""
        await expect(self.page.get_by_role("button", name=f"Cubby is {state}")).to_be_visible(timeout=WAIT_MS)

    async def identity(self, message: Locator) -> str:
        """What tells a message from another that says the same."""
        row = message.locator("xpath=ancestor-or-self::*[@data-id][1]")
        return await row.get_attribute("data-id") or ""

    @asynccontextmanager
    async def another(self) -> AsyncGenerator["Visit"]:
        """The page once more, in another tab."""
        other = Visit(await self.page.context.new_page(), self.stage)
        await other.open()
        yield other
        self.complaints += other.complaints
        await other.page.close()

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)


@asynccontextmanager
async def visiting(context: BrowserContext, stage: Stage) -> AsyncGenerator[Visit]:
    """The page in a tab of its own. What it let the browser keep is forgotten at the end."""
    visit = Visit(await context.new_page(), stage)
    try:
        await visit.open()
        yield visit
        assert visit.complaints == [], visit.complaints
    finally:
        await visit.page.evaluate("localStorage.clear()")
        await visit.page.close()


__all__ = ["DESK", "PHONE", "Error", "Pane", "Visit", "expect", "visiting"]
