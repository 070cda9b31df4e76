"""Whom the bot serves: everybody, or the members of the servers in `ALLOWED_GUILDS`.

A server that is not on the list gets one polite line and no model call; a direct message needs membership of a listed one.
Membership is asked of Discord (`GET /guilds/{id}/members/{user}`) and remembered for a while, since the bot does not keep
member lists (that would need a privileged intent).
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Final

import discord

from cogs.reply import Interaction, reply_to

NOT_HERE: Final = "I'm only set up for certain servers, and this isn't one of them. Ask whoever runs me to add it."
NOT_A_MEMBER: Final = "I only talk with members of the servers I'm set up for. Write to me once you've joined one."

MEMBER_SECONDS: Final = 600.0
STRANGER_SECONDS: Final = 60.0
REMEMBERED: Final = 10_000


class Access:
    """Decides, for a place and a person, whether the bot may serve them. `clock` gives seconds."""

    def __init__(self, client: discord.Client, allowed: frozenset[int], clock: Callable[[], float]) -> None:
        self._client = client
        self._allowed = allowed
        self._clock = clock
        self._known: OrderedDict[int, tuple[bool, float]] = OrderedDict()

    async def refusal(self, user_id: int, guild_id: int | None) -> str | None:
        """The sentence for somebody who may not use the bot there, or `None`."""
        if not self._allowed:
            return None
        if guild_id is not None:
            return None if guild_id in self._allowed else NOT_HERE
        return None if await self._is_member(user_id) else NOT_A_MEMBER

    async def refused(self, interaction: Interaction) -> bool:
        """Whether the interaction was refused; it has its polite line then. (Autocomplete is answered with nothing.)"""
        sentence = await self.refusal(interaction.user.id, interaction.guild_id)
        if sentence is None:
            return False
        if interaction.type is discord.InteractionType.autocomplete:
            await interaction.response.autocomplete([])
        else:
            await reply_to(interaction).say(sentence)
        return True

    async def _is_member(self, user_id: int) -> bool:
        known = self._known.get(user_id)
        if known is not None and known[1] > self._clock():
            return known[0]
        member = await self._ask(user_id)
        self._known[user_id] = (member, self._clock() + (MEMBER_SECONDS if member else STRANGER_SECONDS))
        self._known.move_to_end(user_id)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return member

    async def _ask(self, user_id: int) -> bool:
        for guild_id in self._allowed:
            guild = self._client.get_guild(guild_id)
            if guild is None:
                continue
            try:
                await guild.fetch_member(user_id)
            except discord.NotFound:
                continue
            return True
        return False
