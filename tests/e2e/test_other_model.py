"""*Regenerate with another model*: one more answer beside the old one, which says its model."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from cogs.words import GONE
from playground.faulty_model import Fault
from playground.standin import Invocation, Message
from tests.e2e.team import Gate, Team, a_team, ended
from tests.e2e.test_more import more, told
from tests.e2e.test_settings_panel import asked, with_models

DEAR = """
currency = "USD"
[[prices]]
model = "large"
from = 2020-01-01
input = 1000
output = 1000
"""


class Two(Gate):
    """One of two models of a server."""

    async def list_models(self) -> Sequence[str]:
        return (self.name, "other")


def labels(message: Message) -> list[str | None]:
    return [b.label for b in message.buttons]


def offered_in(message: Message) -> list[str]:
    return [option.label for select in message.selects for option in select.options]


async def with_other(team: Team, offered: Message, model: str) -> Invocation:
    return await team.ann.choose(offered, model)


async def test_the_other_model_answers_beside_the_old_answer_and_each_says_its_model(tmp_path: Path) -> None:
    async with with_models(tmp_path) as (team, server):
        offered = await more(team, first := await team.ask(team.ann, "one"))
        assert "By: " not in first.text
        assert offered_in(offered) == ["large", "deep"]
        second = await ended(await with_other(team, offered, "large"))
        assert "\n-# By: large\n-# 1 · one" in second.text
        assert "2/2" in labels(second)
        assert asked(server) == ["usual", "large"]
        await (await team.ann.press(second, "◀")).acknowledged()
        await team.ann.wait_for(lambda m: m.id == second.id and "\n-# By: usual\n" in m.text)
        await team.ask(team.ann, "two")
        assert asked(server)[-1] == "usual"


async def test_after_a_restart_the_choice_still_works_and_twice_makes_one_answer(tmp_path: Path) -> None:
    async with with_models(tmp_path) as (team, server):
        offered = await more(team, await team.ask(team.ann, "one"))
        await team.end()
        await team.start()
        await ended(await with_other(team, offered, "deep"))
        again = await with_other(team, offered, "deep")
        assert (await told(again, offered)).text == "The conversation has gone on since then."
        assert asked(server) == ["usual", "deep"]


async def test_who_agrees_to_its_cost_is_answered_by_that_model_also_after_a_restart(tmp_path: Path) -> None:
    (tmp_path / "prices.toml").write_text(DEAR)
    async with with_models(tmp_path, price_file=str(tmp_path / "prices.toml"), ask_first_above="0.01") as (team, server):
        offered = await more(team, await team.ask(team.ann, "one"))
        shown = await (await with_other(team, offered, "large")).message(lambda m: "Ask anyway" in labels(m))
        await team.end()
        await team.start()
        answer = await ended(await team.ann.press(shown, "Ask anyway"))
        assert "\n-# By: large\n" in answer.text
        assert asked(server) == ["usual", "large"]


async def test_what_failed_is_tried_again_with_that_model_and_what_is_whole_with_the_usual_one(tmp_path: Path) -> None:
    async with with_models(tmp_path) as (team, server):
        offered = await more(team, await team.ask(team.ann, "one"))
        server.script(Fault.REFUSED)
        failed = await ended(await with_other(team, offered, "large"))
        answer = await ended(await team.ann.press(failed, "Retry"))
        assert "\n-# By: large\n" in answer.text
        await ended(await team.ann.press(answer, "Regenerate"))
        assert asked(server) == ["usual", "large", "large", "usual"]


async def test_under_an_older_answer_it_is_not_offered_and_an_old_choice_says_so(tmp_path: Path) -> None:
    async with with_models(tmp_path) as (team, _):
        first = await team.ask(team.ann, "one")
        offered = await more(team, first)
        await team.ask(team.ann, "two")
        assert offered_in(await more(team, first)) == []
        refused = await with_other(team, offered, "large")
        assert (await told(refused, offered)).text == "The conversation has gone on since then."


async def test_a_model_that_is_not_offered_is_never_asked(tmp_path: Path) -> None:
    async with with_models(tmp_path, offers="large") as (team, server):
        offered = await more(team, await team.ask(team.ann, "one"))
        custom_id = offered.selects[0].custom_id
        forged = await team.ann.forge(custom_id, channel=team.general, message=offered, component_type=3, values=["deep"])
        assert "deep" in (text := (await told(forged, offered)).text)
        assert "isn't offered any more, so nothing was asked" in text
        assert asked(server) == ["usual"]


async def test_nobody_else_can(tmp_path: Path) -> None:
    async with with_models(tmp_path) as (team, server):
        offered = await more(team, await team.ask(team.ann, "one"))
        custom_id = offered.selects[0].custom_id
        forged = await team.bob.forge(custom_id, channel=team.general, message=offered, component_type=3, values=["large"])
        assert (await forged.message()).text == GONE
        assert asked(server) == ["usual"]


async def test_where_there_is_one_model_no_other_is_offered(team: Team) -> None:
    assert offered_in(await more(team, await team.ask(team.ann, "one"))) == []


@pytest.mark.parametrize("button", ["Stop & switch", "Let it finish"])
async def test_while_another_answer_is_written_the_guard_asks_and_keeps_the_model(tmp_path: Path, button: str) -> None:
    async with a_team(tmp_path, model=Two(), models="other") as team:
        offered = await more(team, await team.ask(team.ann, "one"))
        await (await team.ann.slash(team.general, "new", name="elsewhere")).message()
        held = await team.ann.slash(team.general, "ask", prompt="hold it")
        await held.message(lambda m: "first words" in m.text)
        guard = await (await with_other(team, offered, offered_in(offered)[0])).message(lambda m: "still writing" in m.text)
        await team.ann.press(guard, button)
        answer = await team.ann.wait_for(lambda m: "2/2" in labels(m))
        assert f"By: {offered_in(offered)[0]}" in answer.text
