"""What storage raises. Each message is a sentence that may be shown to a person.

StoreError
├── NotFound              missing, or another person's: the same answer, to the byte
│   ├── SessionNotFound
│   ├── TurnNotFound
│   ├── ChoiceNotFound
│   ├── EntryNotFound
│   └── UndoNotFound
├── QueueFull             the session has as many waiting prompts as it may
├── FilesFull             a person's files take as much space as they may
├── DuplicateSource       this Discord event already made a turn
├── NotLastTurn           the act is only for the session's last exchange
├── ExchangeAlone         the act is for an exchange with something above it
├── SessionWriting        the act is not for a session in which an answer is being written
├── SessionTemporary      the act is not for a temporary session
├── TemporaryFull         a temporary session holds as much as it may
├── SummaryOutdated       what a summary was made from has changed meanwhile
├── BrokenTree            what was to be taken in is no tree of entries
├── WrongTurnState        the turn is past (or not yet at) the step that was asked for
├── StoreUnavailable      the disk is full, read-only, locked or failing; nothing was written
├── BackupFailed          a copy could not be made; what there was is as it was
└── DatabaseRefused       the file cannot be used at start; it was not touched
    └── DatabaseInUse     another process has it
"""

from uuid import UUID


class StoreError(Exception):
    """Base of everything storage raises on purpose."""


class NotFound(StoreError):
    """What was asked for does not exist, or is not the actor's; nobody can tell which."""

    def __init__(self) -> None:
        super().__init__("There is no such thing here.")


class SessionNotFound(NotFound):
    """No session of the actor has this number or id."""


class TurnNotFound(NotFound):
    """No turn of the actor has this id."""


class ChoiceNotFound(NotFound):
    """No open choice of the actor has this id: unknown, foreign, or decided already."""


class EntryNotFound(NotFound):
    """The session has no entry with this id."""


class UndoNotFound(NotFound):
    """The actor has nothing to undo under this id: unknown, foreign, too old, or undone already."""


class QueueFull(StoreError):
    """The session already has `limit` prompts waiting."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(f"{limit} messages are already waiting in this session.")


class FilesFull(StoreError):
    """With these files, their owner's would take more space than they may."""

    def __init__(self) -> None:
        super().__init__(
            "There's no room left for what you attached: something else that you sent came first. "
            "Please send it again, and I'll say what still fits."
        )


class DuplicateSource(StoreError):
    """The Discord event already made the turn `turn_id`; it must not make a second."""

    def __init__(self, turn_id: UUID) -> None:
        self.turn_id = turn_id
        super().__init__("This message was already taken.")


class NotLastTurn(StoreError):
    """Something has been said in the session since."""

    def __init__(self) -> None:
        super().__init__("The conversation has gone on since then.")


class ExchangeAlone(StoreError):
    """Nothing stands above the exchange: it begins its session."""

    def __init__(self) -> None:
        super().__init__("That exchange has a session of its own already.")


class WrongTurnState(StoreError):
    """The turn is not in a state that allows this step, for example it has ended already."""

    def __init__(self) -> None:
        super().__init__("That is already done.")


class SessionWriting(StoreError):
    """An answer is being written in the session."""

    def __init__(self) -> None:
        super().__init__("An answer is still being written there. Stop it, or wait until it is done.")


class SessionTemporary(StoreError):
    """Only an ordinary session can have that done to it."""

    def __init__(self) -> None:
        super().__init__("That session is temporary. Keep it first: `/open` shows it with *Keep this*.")


class TemporaryFull(StoreError):
    """As much is said in the temporary session as memory is given to one."""

    def __init__(self) -> None:
        super().__init__("This temporary session is full. Keep it (`/open` shows *Keep this*) and go on, or start a new one.")


class SummaryOutdated(StoreError):
    """What a summary was made from has changed while it was made; nothing was stored."""

    def __init__(self) -> None:
        super().__init__(
            "That session was changed while I summarised it, so I threw the summary away. You can ask for it again."
        )


class BrokenTree(StoreError):
    """An entry comes before its parent, or twice, or the leaf is none of them; or there are more than a session holds."""

    def __init__(self) -> None:
        super().__init__("This conversation is damaged: its messages don't fit together.")


class StoreUnavailable(StoreError):
    """The disk did not take it (or give it); nothing was changed. `reason` is for the log, not for people."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__("I couldn't save that: this bot's disk isn't taking it right now. Please try again in a minute.")


class BackupFailed(StoreError):
    """A copy of the database could not be made; the message names the path and the reason, for whoever runs the bot."""


class DatabaseRefused(StoreError):
    """The database file cannot be used; the message names the path and the reason."""


class DatabaseInUse(DatabaseRefused):
    """Another process holds the database's lock."""
