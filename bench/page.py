"""`python -m bench.page`: what a person at the playground's page feels, in a real browser, beside the same page when idle.

A key stroke counts from its event to the frame that shows the letter; scrolling by the time between frames. All are
milliseconds in one run of one machine, so the ratios to the idle page count. Nothing here fails a build.
"""

import asyncio
import json
import platform
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final

from playwright.async_api import async_playwright

from bench.timing import p99
from tests.playground.page.chromium import FLAGS, NONE_FOUND, find_chromium
from tests.playground.page.stage import a_playground
from tests.playground.page.visit import DESK, Visit, visiting

KEYS: Final = 200
ANSWERS: Final = 20
WORDS: Final = 50
GAP: Final = 0.2
"""Seconds between two edits of one answer: five times as often as Discord's limits let a bot edit."""
MESSAGES: Final = 5000
GOAL_MS: Final = 50

WATCH_KEYS: Final = """
(box) => {
  window.__strokes = [];
  // The event's own time is when the browser got the key; two frames on, what it led to is on the screen.
  const seen = ({ timeStamp }) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => window.__strokes.push(performance.now() - timeStamp);
    channel.port2.postMessage(null);
  });
  box.addEventListener("keydown", seen);
}
"""
"""A message posted in a frame's callback arrives once that frame is drawn."""
SCROLL: Final = """
(scroller) => new Promise((done) => {
  const frames = [];
  let before = performance.now();
  const from = scroller.scrollTop;
  const step = (now) => {
    frames.push(now - before);
    before = now;
    scroller.scrollTop -= 60;
    if (frames.length < 240) requestAnimationFrame(step);
    else { scroller.scrollTop = from; done(frames.slice(1)); }
  };
  requestAnimationFrame(step);
})
"""


async def typed(visit: Visit) -> list[float]:
    """Type as fast as one can, and give what each stroke took to be seen."""
    box = visit.ann.box
    await box.fill("")
    await box.focus()
    await box.evaluate(WATCH_KEYS)
    for number in range(KEYS):
        await visit.page.keyboard.press("abcdefghij"[number % 10])
        await asyncio.sleep(0.03)
    return await visit.page.evaluate("window.__strokes")


async def scrolled(visit: Visit) -> list[float]:
    """Scroll up through what is there, and give the time between frames."""
    return await visit.ann.root.get_by_role("group", name="Messages in general").evaluate(SCROLL)


async def measure(visit: Visit) -> dict[str, Sequence[float]]:
    """Every measurement by its name, the idle page first."""
    stage, found = visit.stage, dict[str, Sequence[float]]()
    await visit.ann.go_to("general")
    await visit.bob.go_to("general")
    stage.fill(stage.general, 60)
    await visit.ann.sees("message 59 ")
    found["key to paint, idle"] = await typed(visit)
    async with stage.streaming(ANSWERS, words=WORDS, gap=GAP):
        found[f"key to paint, {ANSWERS} answers streaming"] = await typed(visit)
    found["frame while scrolling, 60 messages"] = await scrolled(visit)
    stage.fill(stage.general, MESSAGES)
    await visit.page.reload()
    await visit.ann.sees(f"message {MESSAGES - 1} ")
    found[f"frame while scrolling, {MESSAGES:,} messages"] = await scrolled(visit)
    found[f"key to paint, {MESSAGES:,} messages"] = await typed(visit)
    return found


def table(found: dict[str, Sequence[float]]) -> str:
    """Medians and the slowest hundredth, with the ratio to the first of their kind."""
    lines = [f"{'what':<40}{'median':>9}{'p99':>9}{'x idle':>9}"]
    idle: dict[str, float] = {}
    for name, took in found.items():
        kind = name.split(",", maxsplit=1)[0]
        base = idle.setdefault(kind, median(took))
        lines.append(f"{name:<40}{median(took):>9.1f}{p99(list(took)):>9.1f}{median(took) / base:>9.2f}")
    return "\n".join(lines)


def as_json(found: dict[str, Sequence[float]]) -> dict[str, Any]:
    """The same for a program."""
    return {name: {"median": round(median(took), 2), "p99": round(p99(list(took)), 2)} for name, took in found.items()}


async def main() -> int:
    """Measure, and print a table for people and one JSON line last; returns the exit code."""
    path = find_chromium()
    if path is None:
        print(NONE_FOUND, file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        async with a_playground(Path(folder)) as stage, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
            print(f"Chromium {browser.version}, {platform.system()}. Milliseconds; a key stroke is to stay under {GOAL_MS}.\n")
            context = await browser.new_context(viewport=DESK)
            async with visiting(context, stage) as visit:
                found = await measure(visit)
            await browser.close()
    print(table(found))
    print(json.dumps(as_json(found)))
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
