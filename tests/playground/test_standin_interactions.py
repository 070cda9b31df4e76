from typing import Any

import discord
import pytest

from playground.standin import CannotDo
from tests.playground.sample_bot import Sample
from tests.playground.stage import Stage


async def test_slash_answer_is_seen_by_its_person_only(stage: Stage, sample: Sample) -> None:
    asked = await stage.ann.slash(stage.general, "ask", prompt="hi")
    answer = await asked.message()
    assert (answer.text, answer.ephemeral) == ("echo hi", True)
    assert stage.ann.sees(stage.general) == [answer]
    assert stage.bob.sees(stage.general) == []


async def test_deferred_answer_is_edited_and_followed_up(stage: Stage, sample: Sample) -> None:
    asked = await stage.ann.slash(stage.general, "slow")
    await asked.message(lambda m: m.text == "and a follow-up")
    first, second = asked.messages
    assert [first.text, second.text] == ["one two", "and a follow-up"]
    assert first.edits == 1
    assert stage.bob.sees(stage.general) == []


async def test_first_follow_up_fills_a_deferred_answer_in(stage: Stage, sample: Sample) -> None:
    """Private or not as it was deferred, whatever the follow-up says."""
    asked = await stage.ann.slash(stage.general, "silent")
    used = await sample.used.get()
    await used.response.defer(ephemeral=True, thinking=True)
    sent = await used.followup.send("here", ephemeral=False, wait=True)
    assert [(m.id, m.text, m.ephemeral, m.edits) for m in asked.messages] == [(sent.id, "here", True, 0)]


async def test_pressed_ephemeral_message_is_edited_by_the_new_token(stage: Stage, sample: Sample) -> None:
    answer = await (await stage.ann.slash(stage.general, "ask", prompt="hi")).message()
    stage.clock.advance(14 * 60)
    await stage.ann.choose(answer, "1")
    await stage.ann.wait_for(lambda m: m.text == "opened 1")
    first, press = await sample.used.get(), await sample.used.get()
    stage.clock.advance(2 * 60)
    await press.followup.edit_message(answer.id, content="still mine")
    with pytest.raises(discord.HTTPException):
        await first.edit_original_response(content="too late")
    assert answer.text == "still mine"


async def test_public_answer_is_seen_by_all(stage: Stage, sample: Sample) -> None:
    asked = await stage.ann.slash(stage.general, "slow", hidden=False)
    await asked.message(lambda m: m.text == "and a follow-up")
    assert stage.bob.sees(stage.general) == asked.messages


async def test_no_answer_in_three_seconds_fails(stage: Stage, sample: Sample) -> None:
    asked = await stage.ann.slash(stage.general, "silent")
    used = await sample.used.get()
    stage.clock.advance(3.1)
    await asked.acknowledged()
    with pytest.raises(discord.NotFound) as late:
        await used.response.send_message("too late")
    assert (asked.failed, late.value.code) == (True, 10062)


async def test_offline_bot_fails_after_three_seconds(stage: Stage, sample: Sample) -> None:
    await sample.bot.close()
    asked = await stage.ann.slash(stage.general, "ask", prompt="anyone?")
    stage.clock.advance(3)
    assert (await asked.acknowledged()).failed


async def test_second_response_is_refused(stage: Stage, sample: Sample) -> None:
    await stage.ann.slash(stage.general, "silent")
    first = await sample.used.get()
    second = discord.Interaction(data=_raw(stage), state=first._state)
    await first.response.send_message("one")
    with pytest.raises(discord.HTTPException) as refused:
        await second.response.send_message("two")
    assert refused.value.code == 40060


async def test_token_dies_after_15_minutes(stage: Stage, sample: Sample) -> None:
    asked = await stage.ann.slash(stage.general, "ask", prompt="hi")
    await asked.message()
    stage.clock.advance(15 * 60 + 1)
    with pytest.raises(discord.HTTPException) as refused:
        await (await sample.used.get()).followup.send("late")
    assert (refused.value.status, refused.value.code) == (401, 50027)


async def test_button_updates_its_message(stage: Stage, sample: Sample) -> None:
    answer = await (await stage.ann.slash(stage.general, "ask", prompt="hi")).message()
    pressed = await (await stage.ann.press(answer, "Stop")).acknowledged()
    assert pressed.updated is answer
    assert (answer.text, answer.buttons) == ("stopped", [])


async def test_disabled_button_and_foreign_message_cannot_be_pressed(stage: Stage, sample: Sample) -> None:
    answer = await (await stage.ann.slash(stage.general, "ask", prompt="hi")).message()
    with pytest.raises(CannotDo):
        await stage.ann.press(answer, "Gone")
    with pytest.raises(CannotDo):
        await stage.bob.press(answer, "Stop")


async def test_select_edits_its_message(stage: Stage, sample: Sample) -> None:
    answer = await (await stage.ann.slash(stage.general, "ask", prompt="hi")).message()
    await stage.ann.choose(answer, "Session 2")
    assert await stage.ann.wait_for(lambda m: m.text == "opened 2") is answer


async def test_modal_is_filled_in(stage: Stage, sample: Sample) -> None:
    answer = await (await stage.ann.slash(stage.general, "ask", prompt="hi")).message()
    modal = (await (await stage.ann.press(answer, "Reply")).acknowledged()).modal
    assert modal is not None
    submitted = await stage.ann.submit(modal, {"Your words": "and then?"})
    assert (await submitted.message()).text == "you said and then?"


async def test_autocomplete_offers_choices(stage: Stage, sample: Sample) -> None:
    choices = await stage.ann.autocomplete(stage.general, "open", session="3")
    assert [(c.name, c.value) for c in choices] == [("3 · Auth bug", "3")]


async def test_forged_press_reaches_the_bot(stage: Stage, sample: Sample) -> None:
    await stage.bob.forge("stop:1", channel=stage.general)
    seen = await sample.used.get()
    assert seen.data == {"custom_id": "stop:1", "component_type": 2, "id": 1}


async def test_ephemeral_is_reached_by_its_token_alone(stage: Stage, sample: Sample) -> None:
    answer = await (await stage.ann.slash(stage.general, "ask", prompt="hi")).message()
    used = await sample.used.get()
    channel = used.channel
    assert isinstance(channel, discord.TextChannel)
    with pytest.raises(discord.NotFound):
        await channel.get_partial_message(answer.id).edit(content="x")
    await used.edit_original_response(content="y")
    assert answer.text == "y"


async def test_panel_text_is_flattened(stage: Stage, sample: Sample) -> None:
    panel = await (await stage.ann.slash(stage.general, "panel")).message()
    assert panel.text == "# Sessions\n1 · Auth bug"
    assert [b.label for b in panel.buttons] == ["Open", "Next"]


async def test_dismissed_message_is_gone_for_its_person(stage: Stage, sample: Sample) -> None:
    answer = await (await stage.ann.slash(stage.general, "ask", prompt="hi")).message()
    stage.ann.dismiss(answer)
    await (await sample.used.get()).edit_original_response(content="still editable")
    assert stage.ann.sees(stage.general) == []


async def test_button_with_state_is_found_by_its_pattern(stage: Stage, sample: Sample) -> None:
    offer = await (await stage.ann.slash(stage.general, "offer")).message()
    pressed = await stage.ann.press(offer, "Open 3")
    assert (await pressed.message()).text == "opened 3"


async def test_labelled_modal(stage: Stage, sample: Sample) -> None:
    offer = await (await stage.ann.slash(stage.general, "offer")).message()
    modal = (await (await stage.ann.press(offer, "Open 7")).acknowledged()).modal
    assert modal is not None
    assert (await (await stage.ann.submit(modal, {"New name": "Auth"})).message()).text == "renamed to Auth"


async def test_server_command_is_not_offered_in_direct_messages(stage: Stage, sample: Sample) -> None:
    with pytest.raises(CannotDo):
        await stage.ann.slash(stage.ann.dm, "offer")


async def test_answer_into_a_deleted_channel(stage: Stage, sample: Sample) -> None:
    await stage.ann.slash(stage.general, "silent")
    stage.discord.world.remove_channel(stage.general)
    with pytest.raises(discord.NotFound) as gone:
        await (await sample.used.get()).response.send_message("x")
    assert gone.value.code == 10003


def _raw(stage: Stage) -> Any:
    return next(s.data for s in stage.discord.gateway.sent if s.event == "INTERACTION_CREATE")
