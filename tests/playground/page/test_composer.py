"""The message box keeps what was written until it is sent, whatever comes between."""

import asyncio
from collections.abc import Mapping
from typing import Any

from playground.standin import CannotDo
from tests.playground.page.visit import Visit, expect


async def test_what_could_not_be_sent_is_given_back_where_it_was_written(visit: Visit) -> None:
    ann, live = visit.ann, visit.stage.playground.live
    let_go, do = asyncio.Event(), live._do

    async def refuse(asked: Mapping[str, Any]) -> dict[str, Any]:
        if asked.get("act") != "say":
            return await do(asked)
        await let_go.wait()
        raise CannotDo("the channel is full")

    await ann.go_to("general")
    live._do = refuse
    try:
        await ann.say("written in general")
        await ann.go_to("Cubby")
        let_go.set()
        await expect(ann.root.get_by_text("The channel is full.")).to_be_visible()
    finally:
        live._do = do
    await expect(ann.box).to_have_value("")
    await ann.go_to("general")
    await expect(ann.box).to_have_value("written in general")
