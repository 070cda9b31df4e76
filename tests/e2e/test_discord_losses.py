"""What is taken away while an answer is written: its message, its channel, its token, the right to write there."""

from collections.abc import Callable

import pytest

from playground.standin import Fault, Message, Person
from playground.standin.things import Right
from tests.e2e.team import Team, ended, is_ended

END = "of hold it, and the end"


async def half_written(team: Team, *, direct: bool) -> Message:
    if direct:
        await team.ann.say(team.ann.dm, "hold it")
        return await team.ann.wait_for(lambda m: m.author.bot and "first words" in m.text, channel=team.ann.dm)
    asked = await team.ann.slash(team.general, "ask", prompt="hold it")
    return await asked.message(lambda m: "first words" in m.text)


async def whole(who: Person, team: Team) -> Message:
    return await who.wait_for(lambda m: END in m.text and is_ended(m), channel=who.dm)


def copies(team: Team) -> int:
    return sum(END in m.text for place in (team.general, team.ann.dm) for m in team.ann.sees(place))


def delete_channel(team: Team) -> None:
    team.discord.world.remove_channel(team.general)


def let_the_token_expire(team: Team) -> None:
    team.clock.advance(16 * 60.0)


def refuse_edits(status: int, code: int) -> Callable[[Team], None]:
    def refuse(team: Team) -> None:
        team.discord.faults.add(Fault(route="PATCH /webhooks/*", status=status, code=code, times=None))

    return refuse


@pytest.mark.parametrize(
    "taken",
    [
        delete_channel,
        let_the_token_expire,
        refuse_edits(401, 50027),
        refuse_edits(404, 10015),
        refuse_edits(404, 10008),
        refuse_edits(400, 30046),
        refuse_edits(403, 50013),
    ],
    ids=["channel deleted", "token expired", "50027", "10015", "10008", "30046", "50013"],
)
async def test_a_private_answer_ends_in_direct_messages(team: Team, taken: Callable[[Team], None]) -> None:
    await half_written(team, direct=False)
    taken(team)
    team.gate.release()
    await whole(team.ann, team)
    assert copies(team) == 1


async def test_no_more_follow_ups_means_the_rest_comes_directly(team: Team) -> None:
    team.discord.faults.add(Fault(route="POST /webhooks/*", status=400, code=40094, times=None))
    asked = await team.ann.slash(team.general, "ask", prompt="word " * 390 + "the very end")
    await asked.message(lambda m: m.text.startswith("echo: word"))
    rest = await team.ann.wait_for(lambda m: "the very end" in m.text and is_ended(m), channel=team.ann.dm)
    assert [b.label for b in rest.buttons] == ["Reply", "Regenerate", "More…"]


async def test_a_message_that_was_deleted_comes_anew(team: Team) -> None:
    shown = await half_written(team, direct=True)
    team.discord.world.delete(shown)
    team.gate.release()
    await whole(team.ann, team)
    assert copies(team) == 1


@pytest.mark.parametrize("code", [10008, 30046])
async def test_a_direct_message_that_can_not_be_edited_comes_anew(team: Team, code: int) -> None:
    await half_written(team, direct=True)
    team.discord.faults.add(Fault(route="PATCH /channels/*", status=404 if code == 10008 else 400, code=code, times=1))
    team.gate.release()
    await whole(team.ann, team)
    assert copies(team) == 1


async def test_a_private_answer_needs_no_right_to_write_in_the_channel(team: Team) -> None:
    asked = await team.ann.slash(team.general, "ask", prompt="hold it")
    await asked.message(lambda m: "first words" in m.text)
    team.general.deny(Right.SEND, Right.VIEW)
    team.gate.release()
    assert END in (await ended(asked)).text


async def test_a_mention_where_the_bot_may_not_write_harms_nothing(team: Team, caplog: pytest.LogCaptureFixture) -> None:
    team.general.deny(Right.SEND)
    await team.ann.say(team.general, "hello?", mention_bot=True)
    assert (await team.ask(team.ann, "hello")).text.startswith("echo: hello")
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_direct_messages_that_were_shut_meanwhile_keep_the_answer_for_the_next_command(team: Team) -> None:
    shown = await half_written(team, direct=True)
    team.ann.close_dms()
    team.discord.world.delete(shown)
    team.gate.release()
    await (await team.ann.slash(team.general, "sessions")).acknowledged()

    async def owed() -> None:
        while not any(END in m.text for m in team.ann.sees(team.general)):
            await (await team.ann.slash(team.general, "quit")).message()

    await owed()
    assert copies(team) == 1
