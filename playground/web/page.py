"""The page's whole back end: people, feed, acts, switches and the drawer, around a stand-in Discord and a bot's process."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from playground.bot_process import BotProcess
from playground.standin import CannotDo, StandIn
from playground.standin.changes import BotConnected, BotDisconnected, Change
from playground.standin.things import Application
from playground.web import shapes
from playground.web.acts import Acts
from playground.web.backstage import Backstage
from playground.web.board import Board
from playground.web.feed import Feed
from playground.web.files import Files
from playground.web.observer import Observer
from playground.web.people import People

Json = dict[str, Any]


class Page:
    """Answers what the pages ask and tells them what happens."""

    def __init__(
        self,
        discord: StandIn,
        application: Application,
        people: People,
        bot: BotProcess,
        board: Board,
        feed: Feed,
        backstage: Backstage,
        files: Files,
        answering: str,
    ) -> None:
        self._discord, self._application, self._people = discord, application, people
        self._bot, self._board, self._feed, self._backstage = bot, board, feed, backstage
        self._answering = answering
        self._observer = Observer(people, feed)
        self._acts = Acts(discord, people, feed, files)
        self._deeds: Mapping[str, Callable[[], Awaitable[None]]] = {
            "start": bot.start,
            "stop": bot.stop,
            "kill": bot.kill,
            "restart": bot.restart,
        }

    def snapshot(self) -> Json:
        """All there is now, for a page that opens."""
        world, guilds = self._discord.world, list(self._discord.world.guilds.values())
        return {
            "run": self._feed.run,
            "seq": self._feed.seq,
            "now": shapes.milliseconds(self._discord.clock.now()),
            "bot": self.bot_shape(),
            "application": shapes.user(self._application.user),
            "answering": self._answering,
            "people": [shapes.user(person.user) for person in self._people],
            "users": {str(user.id): shapes.user(user) for user in world.users.values()},
            "guilds": [shapes.guild(guild) for guild in guilds],
            "commands": shapes.commands(self._application),
            "views": {str(person.id): shapes.views(person, guilds) for person in self._people},
            "board": self._board.shape(),
            "log": list(self._bot.lines),
            **self._backstage.shape(),
        }

    async def do(self, fields: Mapping[str, Any]) -> Json:
        """Do what a page asks. Raises `CannotDo`."""
        match fields.get("act"):
            case "switch":
                await self._board.turn(fields.get("switch"), fields.get("value"))
                self._feed.publish("board", board=self._board.shape())
                return {}
            case "bot":
                return await self._do_with_bot(fields.get("do"))
            case "call":
                return self._call(fields.get("number"))
            case _:
                return await self._acts.do(fields)

    def take(self, change: Change) -> None:
        """Called for all that happens in the stand-in."""
        self._observer.take(change)
        self._backstage.take(change)
        if isinstance(change, BotConnected):
            self._bot.connected()
        if isinstance(change, BotConnected | BotDisconnected):
            self.bot_changed()

    def bot_changed(self) -> None:
        """Tell the pages how the bot is; switches that need it running may have become available, or not."""
        self._feed.publish("bot", bot=self.bot_shape())
        self._feed.publish("board", board=self._board.shape())

    def bot_shape(self) -> Json:
        """How the bot is."""
        return {
            "state": self._bot.state.value,
            "connected": self._discord.gateway.connected(self._application),
            "exit": self._bot.exit,
            "words": self._bot.words,
        }

    async def _do_with_bot(self, deed: object) -> Json:
        act = self._deeds.get(str(deed))
        if act is None:
            raise CannotDo("that can't be done with the bot; reload the page")
        await act()
        return {}

    def _call(self, number: object) -> Json:
        call = self._discord.record.call(number) if isinstance(number, int) else None
        if call is None:
            raise CannotDo("that call is too long ago; its details are forgotten")
        return {"request": call.request, "response": call.response}
