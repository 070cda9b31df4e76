"""What a person gets back for using something: the bot's messages, a modal, choices, or nothing within three seconds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from playground.standin.interactions import Interaction, Progress
from playground.standin.parts import FILE_UPLOAD, LABEL, SELECT, TEXT_INPUT, walk
from playground.standin.things import Message
from playground.standin.world import World


@dataclass(frozen=True, slots=True)
class ModalField:
    """A field of a modal as it is seen."""

    label: str
    custom_id: str
    required: bool
    value: str = ""
    placeholder: str | None = None
    min_length: int = 0
    max_length: int = 4000
    long: bool = False
    """Whether it takes several lines."""
    options: tuple[str, ...] = ()
    """The values of a select; empty for text."""


@dataclass(frozen=True, slots=True)
class UploadField:
    """A field of a modal that takes files."""

    label: str
    custom_id: str
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Modal:
    """A modal that the bot opened for a person."""

    title: str
    custom_id: str
    fields: tuple[ModalField, ...]
    """What is typed or chosen."""
    uploads: tuple[UploadField, ...]
    components: tuple[Mapping[str, Any], ...]
    interaction: Interaction
    """The interaction that it answers."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One offered completion."""

    name: str
    value: str | int | float


class Invocation:
    """One use of a command, button, select or modal, from the person's side."""

    def __init__(self, world: World, interaction: Interaction) -> None:
        self._world = world
        self.interaction = interaction

    @property
    def failed(self) -> bool:
        """Tell whether the person reads "The application did not respond"."""
        return self.interaction.progress is Progress.FAILED

    @property
    def answered(self) -> bool:
        """Tell whether the bot gave a first response in time."""
        return self.interaction.progress is Progress.ANSWERED

    @property
    def messages(self) -> list[Message]:
        """Give what the bot posted in answer and did not delete, in order."""
        return [m for m in self.interaction.messages if not m.deleted]

    @property
    def updated(self) -> Message | None:
        """Give the message that was pressed, if the bot's response is to update it."""
        return self.interaction.source if self.interaction.original is self.interaction.source else None

    @property
    def modal(self) -> Modal | None:
        """Give the modal that the bot opened, if it did."""
        data = self.interaction.modal
        if data is None:
            return None
        components = tuple(data["components"])
        fields, uploads = tuple(_fields(components)), tuple(_uploads(components))
        return Modal(data["title"], data["custom_id"], fields, uploads, components, self.interaction)

    async def acknowledged(self, timeout: float = 10) -> "Invocation":  # noqa: ASYNC109  # a limit for tests, as in Changes.until
        """Wait until the bot responded, or failed to within three seconds of the stand-in's clock (see `failed`)."""
        await self._world.changes.until(lambda: self.interaction.progress is not Progress.WAITING, timeout)
        return self

    async def message(self, wanted: Callable[[Message], bool] | None = None, timeout: float = 10) -> Message:  # noqa: ASYNC109  # as above
        """Wait for a message in answer with something in it, which fits `wanted`. Raises `TimeoutError`."""

        def look() -> Message | None:
            ready = (m for m in self.messages if not m.loading)
            return next((m for m in ready if wanted is None or wanted(m)), None)

        return await self._world.changes.until(look, timeout)


def _fields(components: tuple[Mapping[str, Any], ...]) -> list[ModalField]:
    labels = _labels(components)
    return [_field(c, labels.get(id(c)) or c.get("label") or "") for c in walk(components) if c["type"] in (TEXT_INPUT, SELECT)]


def _uploads(components: tuple[Mapping[str, Any], ...]) -> list[UploadField]:
    labels = _labels(components)
    return [_upload(c, labels.get(id(c), "")) for c in walk(components) if c["type"] == FILE_UPLOAD]


def _labels(components: tuple[Mapping[str, Any], ...]) -> dict[int, str]:
    return {id(c["component"]): c["label"] for c in walk(components) if c["type"] == LABEL}


def _upload(component: Mapping[str, Any], label: str) -> UploadField:
    least, most = component.get("min_values", 1), component.get("max_values", 1)
    return UploadField(label, component["custom_id"], least if component.get("required", True) else 0, most)


def _field(component: Mapping[str, Any], label: str) -> ModalField:
    return ModalField(
        label=label,
        custom_id=component["custom_id"],
        required=component.get("required", True),
        value=component.get("value") or "",
        placeholder=component.get("placeholder"),
        min_length=component.get("min_length") or 0,
        max_length=component.get("max_length") or 4000,
        long=component.get("style") == 2,
        options=tuple(o["value"] for o in component.get("options", ())),
    )
