"""The main walk, as a person who is new here walks it: by keyboard, by the guide, on a phone, and in a channel."""

import re

from tests.playground.page.visit import WAIT_MS, Pane, Visit, expect

FAVORITE = "My favorite programming language is Rust"
QUESTION = "What's my favorite programming language?"


async def walk(ann: Pane) -> None:
    """From the first words to the first session again, by keyboard."""
    await ann.say(FAVORITE)
    await ann.sees_ended("Noted: your favorite programming language is Rust")
    await ann.run("/new")
    await ann.sees("Session 2 started")
    await ann.say(QUESTION)
    await ann.sees_ended("I don't know")
    await ann.run("/open 1")
    await ann.sees("opened")
    await ann.say(QUESTION)
    await expect(await ann.sees_ended("is Rust. You told me")).to_contain_text("1 · ")


async def test_a_favorite_is_known_in_its_session_alone(visit: Visit) -> None:
    await walk(visit.ann)


async def test_the_walk_on_a_phone(phone_visit: Visit) -> None:
    tabs = phone_visit.page.get_by_role("tab")
    await expect(tabs).to_have_count(2)
    await expect(phone_visit.bob.root).to_be_hidden()
    await walk(phone_visit.ann)
    await tabs.filter(has_text=phone_visit.bob.name).tap()
    await expect(phone_visit.bob.root).to_be_visible()
    await expect(phone_visit.ann.root).to_be_hidden()
    wide = await phone_visit.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0


async def test_the_guides_five_steps_tick_by_keyboard_alone(visit: Visit) -> None:
    page, ann = visit.page, visit.ann
    guide = page.get_by_role("region", name="Guided first minute")
    await expect(guide.get_by_role("listitem")).to_have_count(5)
    seen = {
        FAVORITE: "Noted: your favorite",
        "/new": "Session 2 started",
        "What should I cook tonight?": "2 · What should I cook tonight?",
        "/sessions": "What should I cook",
        "/open 1": "opened",
        QUESTION: "is Rust. You told me",
    }
    for text, answer in seen.items():
        await expect(guide.get_by_text(text, exact=True)).to_be_visible(timeout=WAIT_MS)
        await guide.get_by_role("button", name="Type it for me").focus()
        await page.keyboard.press("Enter")
        await expect(ann.root.locator(":focus")).to_have_count(1)
        await page.keyboard.press("Enter")
        await ann.sees(answer)
        await expect(ann.button("Stop")).to_have_count(0)
    await expect(guide).to_contain_text("All five steps done")
    await guide.get_by_role("button", name="Put the guide away").press("Enter")
    await expect(guide).to_be_hidden()
    await page.reload()
    await expect(ann.box).to_be_visible()
    await expect(guide).to_be_hidden()


async def test_the_same_in_a_channel_is_for_the_asker_alone(visit: Visit) -> None:
    ann = visit.ann
    await ann.go_to("general")
    await visit.bob.go_to("general")
    await ann.run(f"/ask {FAVORITE}")
    answer = await ann.sees_ended("Noted: your favorite")
    await expect(answer).to_contain_text("Only you can see this")
    await visit.bob.sees_nothing_of("Noted")


async def test_a_mention_in_a_channel_is_heard(visit: Visit) -> None:
    ann = visit.ann
    await ann.go_to("general")
    await ann.box.focus()
    await visit.page.keyboard.type("@Cub")
    await expect(ann.listbox.get_by_role("option", name=re.compile("Cubby"))).to_be_visible()
    await visit.page.keyboard.press("Enter")
    await visit.page.keyboard.type("hello there")
    await visit.page.keyboard.press("Enter")
    await expect(ann.messages.filter(has_text="@Cubby hello there")).to_have_count(1)
    await expect(ann.messages.filter(has_text="App")).not_to_have_count(0)
