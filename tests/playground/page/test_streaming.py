"""While an answer streams: the guard and its three choices, Stop, waiting prompts, a reload, a broken connection."""

import re

from playwright.async_api import Locator

from playground.faulty_answers import Fault
from tests.playground.page.visit import Pane, Visit, expect

TASK = "write a program"
BEGUN = "Here is a small function"
END = "A real model would write what you asked for"


async def streaming(visit: Visit, who: Pane | None = None) -> Locator:
    """An answer that stays in its middle until the model is let go; gives its message."""
    who = who or visit.ann
    visit.stage.model.mode = Fault.STALLED_BETWEEN
    await who.say(TASK)
    answer = who.messages.filter(has_text=BEGUN).filter(has=who.a_button("Stop")).last
    await expect(answer).to_be_visible(timeout=10_000)
    return answer


async def guarded(visit: Visit) -> Locator:
    """Want to leave a session that is writing; gives the guard's message."""
    await streaming(visit)
    await visit.ann.run("/new")
    return await visit.ann.sees("still writing")


async def test_leaving_asks_first_and_all_three_ways_are_there(visit: Visit) -> None:
    asked = await guarded(visit)
    labels = await asked.get_by_role("button").filter(has_not_text=re.compile("More|Dismiss")).all_inner_texts()
    assert [label.strip() for label in labels if label.strip()] == ["Stop & switch", "Let it finish", "Stay here"]


async def test_stop_and_switch_keeps_what_was_written_and_marks_it(visit: Visit) -> None:
    await guarded(visit)
    await visit.ann.press("Stop & switch")
    await visit.ann.sees("Session 2 started")
    stopped = await visit.ann.sees(re.compile(f"{BEGUN}.*Stopped", re.DOTALL))
    await expect(stopped.get_by_role("button", name="Finish the answer")).to_be_visible()


async def test_let_it_finish_switches_now_and_the_answer_comes(visit: Visit) -> None:
    await guarded(visit)
    await visit.ann.press("Let it finish")
    await visit.ann.sees("Session 2 started")
    visit.stage.model.mode = Fault.NONE
    await visit.ann.sees("answered")
    await visit.ann.sees_ended(END)


async def test_stay_here_leaves_all_as_it_was(visit: Visit) -> None:
    await guarded(visit)
    await visit.ann.press("Stay here")
    await expect(visit.ann.button("Let it finish")).to_have_count(0)
    visit.stage.model.mode = Fault.NONE
    await expect(await visit.ann.sees_ended(END)).to_contain_text("1 · ")
    await expect(visit.ann.messages.filter(has_text="Session 2 started")).to_have_count(0)


async def test_stop_ends_the_answer_where_it_is(visit: Visit) -> None:
    answer = await streaming(visit)
    await answer.get_by_role("button", name="Stop").click()
    stopped = await visit.ann.sees(re.compile(f"{BEGUN}.*Stopped", re.DOTALL))
    visit.stage.model.mode = Fault.NONE
    await stopped.get_by_role("button", name="Finish the answer").click()
    await visit.ann.sees_ended(END)


async def test_a_prompt_sent_meanwhile_waits_and_is_answered(visit: Visit) -> None:
    await streaming(visit)
    await visit.ann.say("hello")
    waiting = await visit.ann.sees("Waiting in")
    await expect(waiting.get_by_role("button", name="Remove")).to_be_visible()
    visit.stage.model.mode = Fault.NONE
    await visit.ann.sees_ended(END)
    await visit.ann.sees_ended("Hello!")


async def test_a_reload_in_mid_stream_shows_the_same_and_goes_on(visit: Visit) -> None:
    await streaming(visit)
    await visit.ann.box.fill("half a thought")
    before = await visit.ann.messages.count()
    await visit.page.reload()
    await visit.ann.sees(BEGUN)
    await expect(visit.ann.messages).to_have_count(before)
    await expect(visit.ann.box).to_have_value("half a thought")
    visit.stage.model.mode = Fault.NONE
    await visit.ann.sees_ended(END)


async def test_a_broken_connection_mends_itself_without_loss_or_doubles(visit: Visit) -> None:
    ann, stage = visit.ann, visit.stage
    await streaming(visit)
    before = await ann.messages.count()
    await stage.playground.live.close()
    await stage.bob.say(stage.general, "said while the page was away")
    stage.model.mode = Fault.NONE
    await ann.sees_ended(END)
    await ann.go_to("general")
    await expect(ann.messages.filter(has_text="said while the page was away")).to_have_count(1)
    await ann.go_to("Cubby")
    assert await ann.messages.count() >= before
    assert visit.told("resumed")
    assert len(visit.told("snapshot")) == 1
    numbers = [frame["seq"] for frame in visit.told() if "seq" in frame]
    assert numbers == sorted(set(numbers))


async def test_twenty_answers_stream_and_every_letter_lands(visit: Visit) -> None:
    ann, bob = visit.ann, visit.bob
    await ann.go_to("general")
    await bob.go_to("general")
    words = "the quick brown fox jumps over the lazy dog, twice"
    await ann.box.focus()
    async with visit.stage.streaming(20):
        await visit.page.keyboard.type(words, delay=10)
        await expect(ann.box).to_have_value(words)
        await expect(ann.box).to_be_focused()
    for number in range(20):
        pane = (ann, bob)[number % 2]
        await expect(pane.message(f"answer {number}:")).to_contain_text(f"answer {number}: {' '.join(map(str, range(60)))}")
