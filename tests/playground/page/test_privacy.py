"""What is for one person never shows for another, on the same page."""

from tests.playground.page.visit import Visit, expect

SECRET = "the safe is behind the picture"


async def test_a_private_answer_and_its_edits_never_show_for_another(visit: Visit) -> None:
    ann, bob = visit.ann, visit.bob
    await ann.go_to("general")
    await bob.go_to("general")
    await ann.run(f"/ask say: {SECRET} {SECRET} {SECRET}")
    await expect(await ann.sees_ended(SECRET)).to_contain_text("Only you can see this")
    await ann.run("/history")
    await expect(ann.messages.filter(has_text=SECRET)).to_have_count(2)
    await bob.say("is anybody here?")
    await ann.sees("is anybody here?")
    await expect(bob.messages.filter(has_text="is anybody here?")).to_have_count(1)
    await bob.sees_nothing_of(SECRET)
    await bob.sees_nothing_of("Only you can see this")


async def test_direct_messages_show_for_their_person_alone(visit: Visit) -> None:
    ann, bob = visit.ann, visit.bob
    await ann.say(f"say: {SECRET}")
    await ann.sees_ended(SECRET)
    await bob.say("hello")
    await bob.sees_ended("Hello!")
    await bob.sees_nothing_of(SECRET)
    await ann.sees_nothing_of("Hello!")


async def test_every_private_frame_names_its_one_reader(visit: Visit) -> None:
    """One page shows both people, so what matters is for whom each message is told to be."""
    ann = visit.ann
    await ann.go_to("general")
    await ann.run(f"/ask say: {SECRET}")
    await ann.sees_ended(SECRET)
    told = [frame for frame in visit.told("message") if SECRET in str(frame)]
    assert told
    assert all(frame["viewers"] == [str(visit.stage.ann.id)] for frame in told)


async def test_a_reload_does_not_let_another_see(visit: Visit) -> None:
    ann, bob = visit.ann, visit.bob
    await ann.go_to("general")
    await bob.go_to("general")
    await ann.run(f"/ask say: {SECRET}")
    await ann.sees_ended(SECRET)
    await visit.open()
    await ann.sees_ended(SECRET)
    await bob.sees_nothing_of(SECRET)


async def test_a_dismissed_message_is_gone_and_a_restarted_client_forgets_all(visit: Visit) -> None:
    ann = visit.ann
    await ann.go_to("general")
    await ann.run("/ask say: first words")
    answer = await ann.sees_ended("first words")
    await answer.get_by_role("button", name="Dismiss message").click()
    await ann.sees_nothing_of("first words")
    await ann.run("/ask say: second words")
    await ann.sees_ended("second words")
    await ann.root.get_by_role("button", name=f"{ann.name}'s client").click()
    await visit.page.get_by_role("menuitem", name="Restart this client").click()
    await ann.sees_nothing_of("second words")
