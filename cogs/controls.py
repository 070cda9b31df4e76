"""The buttons under answers, waiting prompts and notices, and the modals they open. Plain functions that return views.

A view here only says what to draw: its components carry ids (see `ids.py`), and the router takes presses to the cog that owns
the verb. `AnswerControls` is what `delivery/` is given.
"""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import discord

from agent.errors import Costly, EndpointDown
from agent.outcomes import Decision, Leaving, StillWriting
from cogs.ids import custom_id, parse
from cogs.words import LISTED, plain_label
from delivery.flips import Flip
from delivery.inert import shorten
from delivery.summing import Summed
from storage.records import NAME_LIMIT, Changed, SessionInfo, Turn, TurnState

TEXT_LIMIT: Final = 4000
"""Characters a modal's text input takes (Discord's documentation, "Component Reference", Text Input)."""

TITLE_LIMIT: Final = 45
"""Characters of a modal's title (the same documentation, "Receiving and Responding to Interactions", Modal)."""

OPTIONS: Final = 25
VALUE: Final = 100
"""Options of a select, and characters of an option's value, at most ("Component Reference", String Select)."""

MOST_FILES: Final = 3
"""Files that go with what a modal asks, as with `/ask`."""
READABLE: Final = f"Up to {MOST_FILES}: text, CSV, JSON, PDF, Word or pictures"

FINISHED: Final = (TurnState.STOPPED, TurnState.TRUNCATED, TurnState.INTERRUPTED)
"""The outcomes after which there can be text to go on from."""

OWN: Final = frozenset(
    {"sendnow", "reword", "remove", "stop", "reply", "retry", "trynow", "finish", "dont", "more", "lift", "rest"}
)
"""The verbs of buttons under a turn's own messages."""
TOLD: Final = "told"
"""Said last by the same verbs' buttons in messages that only tell of the turn."""

QUEUED: Final = (("Send now", "sendnow"), ("Edit", "reword"), ("Remove", "remove"))
"""What can be done with one prompt that waits behind an answer, as labels and verbs."""


def button(
    label: str, verb: str, *arguments: UUID | int | str, style: discord.ButtonStyle = discord.ButtonStyle.secondary
) -> discord.ui.Button[Any]:
    """One button that does `verb`."""
    return discord.ui.Button(label=label, style=style, custom_id=custom_id(verb, *arguments))


def row(*buttons: discord.ui.Button[Any]) -> discord.ui.View:
    """A view with these buttons, five a row."""
    view = discord.ui.View(timeout=None)
    for item in buttons:
        view.add_item(item)
    return view


def line_up(*items: discord.ui.Item[Any]) -> discord.ui.ActionRow[discord.ui.LayoutView]:
    """These components in one row."""
    row: discord.ui.ActionRow[discord.ui.LayoutView] = discord.ui.ActionRow()
    for item in items:
        row.add_item(item)
    return row


class AnswerControls:
    """The buttons of a turn's own messages, by the state of the turn."""

    def is_own(self, custom_id: str, turn_id: UUID) -> bool:
        """Whether a button with this id stands under the turn's own messages; others name it too."""
        parsed = parse(custom_id)
        return parsed is not None and parsed[0] in OWN and parsed[1][:1] == [turn_id.hex] and TOLD not in parsed[1]

    def waiting(self, turn: Turn) -> discord.ui.View:
        """While it waits behind a running answer."""
        return row(*(button(label, verb, turn.id) for label, verb in QUEUED))

    def paused(self, turn: Turn) -> discord.ui.View:
        """While it waits for its owner."""
        return row(
            button("Send", "send", turn.session_id, style=discord.ButtonStyle.primary),
            button("Edit", "reword", turn.id),
            button("Remove", "remove", turn.id),
        )

    def streaming(self, turn: Turn) -> discord.ui.View:
        """While the model is at work."""
        return row(button("Stop", "stop", turn.id))

    def rest(self, turn: Turn, part: int) -> discord.ui.View:
        """*Show the rest*: the messages from `part` on, which may not have arrived."""
        return row(button("Show the rest", "rest", turn.id, part, style=discord.ButtonStyle.primary))

    def ended(
        self,
        turn: Turn,
        outcome: TurnState,
        *,
        last: bool,
        wrote: bool,
        late: bool = False,
        flip: Flip | None = None,
        summed: Summed | None = None,
    ) -> discord.ui.View | None:
        """Under the answer: *Reply* and *More…* unless it failed; while it is the last exchange *Regenerate*, where it was not
        completed *Retry* (*Try now* where the model service was down), and *Finish the answer* where it `wrote` something. One
        that would cost much has *Ask anyway* and *Don't* alone. What came `late` offers to be moved to a new session, while it
        is the last; a second row flips to the answers beside it, a third is on the summary that was made for it.
        """
        buttons: list[discord.ui.Button[Any]] = []
        if last and turn.error == Costly.kind:
            ask = button("Ask anyway", "finish" if wrote else "retry", turn.id, style=discord.ButtonStyle.primary)
            return row(ask, button("Don't", "dont", turn.id))
        if outcome is not TurnState.FAILED:
            buttons.append(button("Reply", "reply", turn.id))
        if last and outcome in FINISHED and wrote:
            buttons.append(button("Finish the answer", "finish", turn.id, style=discord.ButtonStyle.primary))
        if last and outcome is TurnState.FAILED and turn.error == EndpointDown.kind:
            buttons.append(button("Try now", "trynow", turn.id, style=discord.ButtonStyle.primary))
        elif last:
            buttons.append(button("Regenerate" if outcome is TurnState.COMPLETED else "Retry", "retry", turn.id))
        if outcome is not TurnState.FAILED:
            buttons.append(button("More…", "more", turn.id))
        if last and late and wrote:
            buttons.append(button("Move to a new session", "lift", turn.id))
        if flip is not None:
            buttons += _flips(turn, flip)
        if summed is not None:
            buttons += on_summary(summed.session_id, summed.entry, row=2)
        return row(*buttons) if buttons else None


def _flips(turn: Turn, flip: Flip) -> Sequence[discord.ui.Button[Any]]:
    """*◀ 2/3 ▶*, in a row of their own. No two ids of a message may be the same."""
    back = button("◀", "flip", *((flip.before,) if flip.before is not None else (turn.id, "first")))
    place = button(f"{flip.position}/{flip.count}", "flip", turn.id)
    on = button("▶", "flip", *((flip.after,) if flip.after is not None else (turn.id, "last")))
    back.disabled, place.disabled, on.disabled = flip.before is None, True, flip.after is None
    for each in (back, place, on):
        each.row = 1
    return back, place, on


def on_summary(session_id: UUID, entry: int, row: int | None = None) -> Sequence[discord.ui.Button[Any]]:
    """*Show summary* and *Undo*, for a summary that stands for older messages."""
    buttons = button("Show summary", "summary", session_id, entry), button("Undo", "unsum", session_id, entry)
    for each in buttons:
        each.row = row
    return buttons


def guard(still: StillWriting) -> discord.ui.View:
    """The guard's choice: *Let it finish* only where one more session may be kept."""
    offered = [("Stop & switch", Decision.STOP), ("Let it finish", Decision.FINISH), ("Stay here", Decision.STAY)]
    return row(
        *(
            button(label, "decide", still.choice.id, decision.value)
            for label, decision in offered
            if still.can_keep or decision is not Decision.FINISH
        )
    )


def lose(leaving: Leaving) -> discord.ui.View:
    """The guard's choice where what would be left is temporary."""
    return row(
        button("Leave & forget it", "decide", leaving.choice.id, Decision.FORGET.value, style=discord.ButtonStyle.danger),
        button("Keep this", "decide", leaving.choice.id, Decision.KEEP.value, style=discord.ButtonStyle.primary),
        button("Stay here", "decide", leaving.choice.id, Decision.STAY.value),
    )


def keep(session: SessionInfo) -> discord.ui.View | None:
    """*Keep this* for a temporary session."""
    return row(button("Keep this", "keep", session.id)) if session.temporary else None


def paused(session: SessionInfo, turns: Sequence[Turn]) -> discord.ui.View:
    """For prompts that wait, as `paused_line` lists them: *Send* on what is paused, *Send now* what is queued behind an answer,
    *Edit* or *Remove* one or another.
    """
    buttons: list[discord.ui.Button[Any]] = []
    if any(turn.state is TurnState.PAUSED for turn in turns):
        label = "Send" if len(turns) == 1 else "Send all"
        buttons.append(button(label, "send", session.id, style=discord.ButtonStyle.primary))
    for label, verb in QUEUED:
        for place, turn in enumerate(turns[:LISTED], start=1):
            if verb != "sendnow" or turn.state is TurnState.QUEUED:
                buttons.append(button(label if len(turns) == 1 else f"{label} {place}", verb, turn.id, TOLD))
    return row(*buttons)


def open_session(session: SessionInfo) -> discord.ui.View:
    """*Open* for one session."""
    return row(button("Open", "open", session.id))


def stop_first(session: SessionInfo) -> discord.ui.View:
    """Whether to stop the answer that is being written in a session and delete it, or to let both be."""
    stop = button("Stop & delete", "delete", session.id, style=discord.ButtonStyle.danger)
    return row(stop, button("Stay", "spare", session.id))


def undo(changed: Changed) -> discord.ui.View:
    """*Undo* for what was done to a session."""
    return row(button("Undo", "undo", changed.undo))


def answer_these(first: int, last: int, *, one: bool) -> discord.ui.View:
    """*Answer these* for messages that were missed; their ids say which."""
    label = "Answer it" if one else "Answer these"
    return row(button(label, "missed", first, last, style=discord.ButtonStyle.primary))


def stop_kept(kept: Sequence[tuple[SessionInfo, Turn]]) -> discord.ui.View:
    """A *Stop* for each session that goes on writing by itself."""
    return row(*(button(f"Stop {session.number}", "stop", turn.id, TOLD) for session, turn in kept))


def one_field(title: str, submitted_to: str, about: str, field: discord.ui.TextInput[discord.ui.Modal]) -> discord.ui.Modal:
    """A modal with one field, which says what it is `about`. discord.py is kept from storing it, as with views."""
    modal = discord.ui.Modal(title=title[:TITLE_LIMIT], custom_id=submitted_to)
    modal.add_item(discord.ui.Label(text=about, component=field))
    modal.stop()
    return modal


def prompt_modal(
    title: str, verb: str, *arguments: UUID | int | str, text: str | None = None, files: bool = False
) -> discord.ui.Modal:
    """A modal with one long field, in which there may be a `text` to begin with, and with one for `files` where those can go
    with it; submitted to `verb`.
    """
    field: discord.ui.TextInput[discord.ui.Modal] = discord.ui.TextInput(
        custom_id="text", style=discord.TextStyle.paragraph, default=text, max_length=TEXT_LIMIT, required=True
    )
    modal = one_field(title, custom_id(verb, *arguments), "Your message", field)
    if files:
        upload: discord.ui.FileUpload[discord.ui.Modal] = discord.ui.FileUpload(
            custom_id="files", required=False, min_values=0, max_values=MOST_FILES
        )
        modal.add_item(discord.ui.Label(text="Files to read with it", description=READABLE, component=upload))
    return modal


def name_modal(session: SessionInfo, verb: str, *arguments: UUID | int | str) -> discord.ui.Modal:
    """A modal with one short field for a session's name, which stands in it as it is now; submitted to `verb`."""
    field: discord.ui.TextInput[discord.ui.Modal] = discord.ui.TextInput(
        custom_id="text",
        default=shorten(session.name, NAME_LIMIT) if session.name else None,
        max_length=NAME_LIMIT,
        required=True,
    )
    return one_field(f"Rename {plain_label(session, 30)}", custom_id(verb, session.id, *arguments), "Its name", field)
