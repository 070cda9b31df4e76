"""What a Discord client would not let a person do."""


class CannotDo(Exception):
    """The person's client refuses: no such command, button, field, or nothing to be seen there."""
