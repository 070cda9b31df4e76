"""`/usage`: what a person used and what it cost, today and this month, by session and by model."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from discord import app_commands
from discord.ext import commands

from agent.prices import money
from agent.usage import Report, Sum
from cogs.reply import Interaction, actor_of, reply_to
from cogs.services import Services
from cogs.status import meter_bar
from cogs.words import ago
from delivery.inert import shorten
from delivery.render import small, title
from delivery.tables import with_tables
from storage.records import SessionInfo

NOTHING: Final = "You've used nothing this month."
NO_COST: Final = (
    "What that costs isn't known: whoever runs me gave no prices of these models, or their service didn't count the tokens."
)
UNKNOWN: Final = "unknown"
MARK: Final = "“?” counts answers whose price isn't known."

_NAME: Final = 20
"""Characters of a name in a table, which is to fit a phone's window."""
_SIGNS: Final = re.compile(r"[\\`*_~|\[\]<>#@]|://")
"""What would have an effect where a table is shown as lines."""


class Usage(commands.Cog):
    """Says what was used."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @app_commands.command(name="usage", description="What you've used today and this month, and what it cost")
    async def usage(self, interaction: Interaction) -> None:
        """Show all of it to whom it is about."""
        report = await self._services.usage(actor_of(interaction))
        await reply_to(interaction).say(usage_text(report))


def usage_text(report: Report) -> str:
    """The day against its budget, the month, and two tables of it."""
    lines = [_today(report)]
    if not report.month.turns and not report.month.asides:
        return "\n".join([*lines, NOTHING])
    lines.append(f"**This month:** {_told(report.month)}.")
    sessions = [(_of_session(session), spent) for session, spent in report.sessions]
    lines += ["By session:", _table([*sessions, *_others(report.other_sessions)])]
    models = [(_plain(name) or "not known", spent) for name, spent in report.models]
    lines += ["By model:", _table([*models, *_others(report.other_models)])]
    if not report.month.costs:
        lines.append(small(NO_COST))
    elif report.month.unknown_turns or report.month.unknown_asides:
        lines.append(small(MARK))
    lines.append(small("Days and months are those of UTC. Names and summaries that a model made are counted in."))
    return "\n".join(lines)


def _today(report: Report) -> str:
    """How much of the day's share is used."""
    standing, told = report.standing, _told(report.today)
    if standing.limit == 0:
        return f"**Today:** {told}."
    share = min(1.0, standing.spent / standing.limit)
    used = f"{standing.spent:,} of your {standing.limit:,} tokens"
    return f"**Today:** {told}.\n{meter_bar(share)} {share:.0%}: {used}. New ones come {ago(standing.refills)}."


def _told(spent: Sum) -> str:
    """Such as `12 answers, 34,567 tokens, $0.12, and 3 answers whose price isn't known`."""
    parts = [_answers(spent.turns), f"{spent.tokens:,} tokens"]
    if not spent.costs:
        return ", ".join(parts)
    parts.append(" and ".join(map(money, spent.costs)))
    unknown = [_answers(spent.unknown_turns)] if spent.unknown_turns else []
    if spent.unknown_asides:
        unknown.append("1 name or summary" if spent.unknown_asides == 1 else f"{spent.unknown_asides} names or summaries")
    return ", ".join([*parts, *([f"and {' and '.join(unknown)} whose price isn't known"] if unknown else [])])


def _answers(count: int) -> str:
    return "1 answer" if count == 1 else f"{count:,} answers"


def _table(rows: Iterable[tuple[str, Sum]]) -> str:
    """A row for each name, aligned where it fits a narrow window."""
    head = ["| | answers | tokens | cost |", "|:--|--:|--:|--:|"]
    return with_tables(
        "\n".join([*head, *(f"| {name} | {spent.turns:,} | {spent.tokens:,} | {_cost(spent)} |" for name, spent in rows)])
    )


def _cost(spent: Sum) -> str:
    """What is known, and for how many it isn't."""
    if not spent.costs:
        return UNKNOWN
    unknown = spent.unknown_turns + spent.unknown_asides
    known = ", ".join(map(money, spent.costs))
    return f"{known} + {unknown} ?" if unknown else known


def _others(spent: Sum) -> Sequence[tuple[str, Sum]]:
    return [("everything else", spent)] if spent.turns or spent.asides else []


def _of_session(session: SessionInfo) -> str:
    return f"{session.number} · {_plain(title(session, 50))}"[: _NAME + 4]


def _plain(name: str) -> str:
    return shorten(_SIGNS.sub(" ", name), _NAME)
