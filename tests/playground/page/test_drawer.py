"""Behind the scenes: calls, budget, turns, and the switches that make things go wrong."""

import re

from playwright.async_api import Locator

from tests.playground.page.test_streaming import BEGUN, END, TASK
from tests.playground.page.visit import Visit, expect


async def tab(visit: Visit, name: str) -> Locator:
    """Show a tab of the drawer; gives its panel."""
    await visit.drawer.get_by_role("tab", name=re.compile(f"^{name}")).click()
    return visit.drawer.get_by_role("tabpanel")


async def test_an_answer_leaves_its_calls_budget_and_turn(visit: Visit) -> None:
    await visit.open_drawer()
    panel = await tab(visit, "Turns")
    await visit.ann.say("hello")
    await visit.ann.sees_ended("Hello!")
    turn = panel.get_by_role("listitem").filter(has_text=f"{visit.ann.name} · session 1").first
    await expect(turn).to_contain_text("completed", timeout=10_000)
    await expect(turn).to_contain_text("first words")
    await expect(turn).to_contain_text("final")
    panel = await tab(visit, "Calls")
    call = panel.get_by_role("button", name=re.compile("PATCH.*done|POST.*done")).first
    await call.click()
    await expect(panel.get_by_role("group", name="Sent")).to_contain_text("{")
    await panel.get_by_role("searchbox").fill("no such call")
    await expect(panel).to_contain_text("No call fits these words")
    panel = await tab(visit, "Budget")
    await expect(panel).to_contain_text("All calls together")


async def test_a_cut_model_marks_the_answer_and_it_can_be_finished(visit: Visit) -> None:
    ann = visit.ann
    await visit.open_drawer()
    panel = await tab(visit, "Switches")
    model = panel.get_by_role("combobox", name="How the model behaves")
    await model.select_option("Cut in the middle")
    await ann.say(TASK)
    cut = await ann.sees_ended(re.compile(f"{BEGUN}.*cut", re.DOTALL | re.IGNORECASE))
    await model.select_option("Well")
    await cut.get_by_role("button", name="Finish the answer").click()
    await ann.sees_ended(END)


async def test_a_failing_model_is_told_in_words(visit: Visit) -> None:
    await visit.open_drawer()
    panel = await tab(visit, "Switches")
    await panel.get_by_role("combobox", name="How the model behaves").select_option("The quota is used up")
    await visit.ann.say("hello")
    await expect(await visit.ann.sees(re.compile("quota|credit", re.IGNORECASE))).to_be_visible()


async def test_discord_fails_edits_and_the_answer_comes_all_the_same(visit: Visit) -> None:
    await visit.open_drawer()
    panel = await tab(visit, "Switches")
    trouble = panel.get_by_role("combobox", name="Discord's calls")
    await trouble.select_option("Failing: 503 to every edit")
    discord = visit.stage.discord
    before = discord.record.made
    await visit.ann.say("hello")
    await discord.until(lambda: any(call.status == 503 for call in discord.calls if call.number > before))
    await trouble.select_option("Well")
    await visit.ann.sees_ended("Hello!")


async def test_a_dropped_gateway_resumes(visit: Visit) -> None:
    await visit.open_drawer()
    panel = await tab(visit, "Switches")
    await panel.get_by_role("button", name="Drop the gateway").click()
    await visit.bot_is("running")
    await visit.ann.say("hello")
    await visit.ann.sees_ended("Hello!")


async def test_two_pages_show_the_same_switch(visit: Visit) -> None:
    await visit.open_drawer()
    panel = await tab(visit, "Switches")
    async with visit.another() as other:
        await other.open_drawer()
        await panel.get_by_role("combobox", name="How the model behaves").select_option("Slow")
        await expect(other.drawer.get_by_role("combobox", name="How the model behaves")).to_have_value("SLOW")


async def test_escape_leaves_the_drawer_and_gives_the_focus_back(visit: Visit) -> None:
    await visit.open_drawer()
    await visit.page.keyboard.press("Escape")
    await expect(visit.drawer).to_be_hidden()
    await expect(visit.page.get_by_role("button", name="Behind the scenes")).to_be_focused()
