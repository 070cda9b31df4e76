"""A stand-in for Discord on loopback: REST v10 and the gateway, good enough for an unmodified discord.py bot.

People in it are objects with hands and eyes (`Person`); what they do reaches the bot as Discord would send it, and what
the bot does is seen by those who would see it. How to use it:

    async with StandIn() as discord:
        guild = discord.add_guild("Team")
        general = guild.add_text_channel("general")
        discord.add_bot("a token")
        ann = discord.add_person("Ann")                      # in every server there is
        with point_discord_at(discord.api_url):              # this process's discord.py; a child process does it itself
            async with bot:                                  # any discord.py client; intents as it likes
                running = asyncio.create_task(bot.start("a token"))
                await discord.bot_connected()
                asked = await ann.slash(general, "ask", prompt="hi")
                answer = await asked.message(lambda m: "hello" in m.text)   # waits for posts and edits
                assert answer.ephemeral and ann.sees(general) == [answer]
                pressed = await (await ann.press(answer, "Reply")).acknowledged()
                await ann.submit(pressed.modal, {"Your words": "and then?"})
                await ann.say(ann.dm, "hi")
                seen = await ann.wait_for(lambda m: m.author.bot, channel=ann.dm)
                offered = await ann.autocomplete(general, "open", session="3")
                discord.faults.add(Fault(route="PATCH /channels/*", status=503, times=2))
                discord.gateway.drop()                       # the bot resumes
                assert not discord.refused                   # nothing was asked that is not built

Time is passed in: `StandIn(ManualClock())` and `clock.advance(900)` end a token's 15 minutes at once. Waits are on events
(`until`, `wait_for`, `changes.stream()`), with a limit in real seconds. `discord.calls` holds what the bot called.
Troubles: `discord.faults`, `StandIn(limits=DISCORD)`,
`discord.gateway` (`drop`, `ask_to_reconnect`, `invalidate`, `hang_up`, `deaf`),
`channel.deny(Right.SEND)`, `ann.close_dms()`, `discord.world.remove_channel(channel)`.
Who shows it all listens to `discord.changes`: each message, and each call of the bot (`CallMade`, `CallRefused`), as it
happens; `discord.usage()` tells how much of the rate limits is used up.
"""

from playground.standin.changes import CallMade, CallRefused
from playground.standin.clock import Clock, ManualClock, SystemClock
from playground.standin.faults import Fault
from playground.standin.invocations import Choice, Invocation, Modal
from playground.standin.limits import DISCORD, Limit, Limits, Usage
from playground.standin.people import Person
from playground.standin.point import NotLoopback, point_discord_at
from playground.standin.refusals import CannotDo
from playground.standin.rest import Call
from playground.standin.server import StandIn
from playground.standin.things import Application, Attachment, Channel, File, Guild, Message, Right, User

__all__ = [
    "DISCORD",
    "Application",
    "Attachment",
    "Call",
    "CallMade",
    "CallRefused",
    "CannotDo",
    "Channel",
    "Choice",
    "Clock",
    "Fault",
    "File",
    "Guild",
    "Invocation",
    "Limit",
    "Limits",
    "ManualClock",
    "Message",
    "Modal",
    "NotLoopback",
    "Person",
    "Right",
    "StandIn",
    "SystemClock",
    "Usage",
    "User",
    "point_discord_at",
]
