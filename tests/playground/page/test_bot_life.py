"""The bot is killed, started, restarted and stopped from the page, and what people were told stays true."""

import re
import sys

from playground.faulty_answers import Fault
from tests.playground.page.test_streaming import BEGUN, END, streaming
from tests.playground.page.visit import WAIT_MS, Visit, expect


async def test_killed_in_mid_answer_and_started_the_message_mends_itself(visit: Visit) -> None:
    ann = visit.ann
    answer = await streaming(visit)
    identity = await visit.identity(answer)
    await visit.with_bot("Kill now")
    await visit.bot_is("stopped")
    await expect(ann.message(BEGUN).get_by_role("button", name="Stop")).to_be_visible()
    visit.stage.model.mode = Fault.NONE
    await visit.page.get_by_role("button", name="Start", exact=True).click()
    await visit.bot_is("running")
    mended = await ann.sees(re.compile(f"{BEGUN}.*restarted", re.DOTALL))
    assert await visit.identity(mended) == identity
    await expect(mended.get_by_role("button", name="Stop")).to_have_count(0)
    await mended.get_by_role("button", name="Finish the answer").click()
    await ann.sees_ended(END)


async def test_a_graceful_restart_keeps_everything(visit: Visit) -> None:
    ann = visit.ann
    await ann.say("My favorite color is red")
    await ann.sees_ended("Noted")
    await visit.with_bot("Restart")
    await visit.bot_is("starting…")
    await visit.bot_is("running")
    await ann.say("What's my favorite color?")
    await ann.sees_ended("is red. You told me")


async def test_a_stopped_bot_does_not_respond_and_the_page_says_so(visit: Visit) -> None:
    ann = visit.ann
    await ann.say("hello")
    await ann.sees_ended("Hello!")
    await visit.with_bot("Stop")
    await visit.bot_is("stopped")
    await ann.press("Reply")
    await ann.run("/new")
    await expect(ann.root.get_by_text("This interaction failed")).to_be_visible(timeout=WAIT_MS)
    notice = await ann.sees("The application did not respond")
    await notice.get_by_role("button", name="Dismiss message").click()
    await expect(ann.messages.filter(has_text="The application did not respond")).to_have_count(0)


async def test_a_bot_that_ends_by_itself_is_told_and_can_be_started_again(visit: Visit) -> None:
    bot = visit.stage.bot
    proper = bot._command
    await visit.with_bot("Stop")
    await visit.bot_is("stopped")
    banner = visit.page.get_by_text("Cubby ended by itself")
    await expect(banner).to_have_count(0)
    start = visit.page.get_by_role("button", name="Start", exact=True)
    try:
        bot._command = (sys.executable, "-c", "1/0")
        await start.click()
        await expect(banner).to_be_visible(timeout=WAIT_MS)
    finally:
        bot._command = proper
    await start.click()
    await visit.bot_is("running")
    await expect(banner).to_have_count(0)
