"""What people do with answers: replies, forms, panels, selects, completion, long answers, code."""

import re

from tests.playground.page.visit import Visit, expect


async def test_reply_asks_in_a_form_and_the_answer_follows(visit: Visit) -> None:
    ann, page = visit.ann, visit.page
    await ann.go_to("general")
    await ann.run("/ask hello")
    await ann.sees_ended("Hello!")
    await ann.press("Reply")
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_be_visible()
    field = dialog.get_by_role("textbox")
    await expect(field).to_be_focused()
    await field.fill("say: the second answer")
    await page.keyboard.press("Control+Enter")
    await expect(dialog).to_have_count(0)
    await ann.sees_ended("the second answer")


async def test_a_form_that_is_left_sends_nothing_and_gives_the_focus_back(visit: Visit) -> None:
    ann, page = visit.ann, visit.page
    await ann.go_to("general")
    await ann.run("/ask hello")
    await ann.sees_ended("Hello!")
    reply = ann.button("Reply").last
    await reply.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(reply).to_be_focused()


async def test_a_long_answer_comes_in_several_messages_in_order(visit: Visit) -> None:
    ann = visit.ann
    await ann.say("tell me a long story")
    await ann.sees_ended("it will wait for you")
    parts = ann.messages.filter(has_text="Chapter ")
    assert await parts.count() >= 2
    words = " ".join(await parts.all_inner_texts())
    numbers = [int(number) for number in re.findall(r"Chapter (\d+)\.", words)]
    assert numbers == list(range(1, 16))


async def test_code_is_highlighted_and_whole(visit: Visit) -> None:
    ann = visit.ann
    await ann.say("write a long program")
    await ann.sees_ended("A real model would write what you asked for")
    code = ann.root.locator("pre code")
    assert await code.count() >= 2
    await expect(code.first.locator("span").first).to_be_visible()
    text = "\n".join(await code.all_inner_texts())
    assert re.findall(r"def greet_(\d+)\(", text) == [str(number) for number in range(2, 51)]


async def test_the_panels_select_opens_a_session(visit: Visit) -> None:
    ann, page = visit.ann, visit.page
    await ann.say("My favorite color is blue")
    await ann.sees_ended("Noted")
    await ann.run("/new")
    await ann.sees("Session 2 started")
    await ann.run("/sessions")
    select = ann.messages.last.get_by_role("button", name=re.compile("Choose a session")).first
    await expect(select).to_be_visible(timeout=10_000)
    await select.focus()
    await page.keyboard.press("Enter")
    options = page.get_by_role("option")
    await expect(options.filter(has_text="My favorite color")).to_be_visible()
    await page.keyboard.type("1")
    await page.keyboard.press("Enter")
    await ann.press("Open")
    await ann.sees("opened")
    await ann.say("What's my favorite color?")
    await ann.sees_ended("is blue. You told me")


async def test_open_completes_by_keyboard(visit: Visit) -> None:
    ann, page = visit.ann, visit.page
    await ann.say("My favorite color is green")
    await ann.sees_ended("Noted")
    await ann.run("/new")
    await ann.sees("Session 2 started")
    await ann.box.focus()
    await page.keyboard.type("/op")
    await expect(ann.listbox.get_by_role("option").filter(has_text="/open")).to_be_visible()
    await page.keyboard.press("Tab")
    field = ann.root.get_by_role("combobox", name=re.compile("session"))
    await expect(field).to_be_focused()
    await page.keyboard.type("green")
    await expect(ann.listbox.get_by_role("option")).to_have_count(1)
    await expect(ann.listbox.get_by_role("option")).to_contain_text("green")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await ann.sees("opened")
    await ann.say("What's my favorite color?")
    await ann.sees_ended("is green. You told me")


async def test_the_command_list_tells_what_each_command_does(visit: Visit) -> None:
    ann, page = visit.ann, visit.page
    await ann.box.focus()
    await page.keyboard.type("/")
    options = ann.listbox.get_by_role("option")
    registered = [c for c in visit.stage.application.commands.values() if c["type"] == 1]
    await expect(options).to_have_count(len(registered))
    for command in registered:
        await expect(options.filter(has_text=f"/{command['name']}").first).to_contain_text(command["description"])
    await page.keyboard.press("Escape")
    await expect(ann.listbox).to_have_count(0)
    await expect(ann.box).to_be_focused()


async def test_a_reply_to_a_message_names_it(visit: Visit) -> None:
    ann, page = visit.ann, visit.page
    await ann.go_to("general")
    await visit.bob.go_to("general")
    await visit.bob.say("who is there?")
    message = await ann.sees("who is there?")
    await message.click(button="right")
    await page.get_by_role("menuitem", name="Reply", exact=True).click()
    await expect(ann.root.get_by_text(f"Replying to {visit.bob.name}")).to_be_visible()
    await ann.say("it is me")
    seen = await visit.bob.sees("it is me")
    await expect(seen).to_contain_text("who is there?")


async def test_somebody_new_has_a_view_of_their_own(visit: Visit) -> None:
    page = visit.page
    await page.get_by_role("button", name="Add person").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("textbox").fill(visit.ann.name)
    await page.keyboard.press("Enter")
    await expect(dialog.get_by_role("alert")).to_contain_text("already")
    name = f"{visit.ann.name} the Second"
    await dialog.get_by_role("textbox").fill(name)
    await page.keyboard.press("Enter")
    await expect(dialog).to_have_count(0)
    third = visit.pane(name)
    await expect(third.box).to_be_focused()
    await third.say("hello")
    await third.sees_ended("Hello!")
    await visit.ann.sees_nothing_of("Hello!")


async def test_closed_direct_messages_are_told_and_can_be_opened_again(visit: Visit) -> None:
    ann = visit.ann
    switch = ann.root.get_by_role("switch", name="Take direct messages")
    await expect(switch).to_be_checked()
    await switch.click()
    await expect(switch).not_to_be_checked()
    assert visit.stage.ann.dm.closed
    await switch.click()
    await expect(switch).to_be_checked()
    assert not visit.stage.ann.dm.closed
