"""What people do on the page: each act finds its person, their channel and message, and uses the person's own hands.

An act that a Discord client wouldn't let its person do is a `CannotDo`, whose words the page shows.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from playground.standin import CannotDo, Channel, Invocation, Message, Modal, Person, StandIn
from playground.web import shapes
from playground.web.feed import Feed, as_list, as_object
from playground.web.files import Files
from playground.web.people import People

Json = dict[str, Any]
Act = Callable[["Asked"], Awaitable[Json]]

MOST_MODALS: Final = 50
"""Opened modals that can still be submitted."""


class Asked:
    """One act's fields as the page sent them, each checked when it is read."""

    def __init__(self, fields: Mapping[str, Any], people: People, discord: StandIn) -> None:
        self._fields, self._people, self._discord = fields, people, discord

    @property
    def person(self) -> Person:
        """Who does it. Raises `CannotDo`."""
        return self._people.find(self._fields.get("person"))

    @property
    def channel(self) -> Channel:
        """Where. Raises `CannotDo` unless the person sees it."""
        channel = self._discord.world.channels.get(self.number("channel"))
        if channel is None or not channel.seen_by(self.person.user):
            raise CannotDo("that channel isn't there any more")
        return channel

    def message(self, name: str = "message") -> Message:
        """A message that the person sees. Raises `CannotDo`."""
        wanted, person = self.number(name), self.person
        channels = self._discord.world.channels.values()
        found = next((c.messages[wanted] for c in channels if wanted in c.messages), None)
        if found is None or not person.sees_message(found):
            raise CannotDo("that message isn't there any more")
        return found

    def text(self, name: str) -> str:
        """A field that is text. Raises `CannotDo`."""
        value = self._fields.get(name)
        if not isinstance(value, str):
            raise CannotDo(f"the page left out {name}; reload it")
        return value

    def number(self, name: str) -> int:
        """A field that is an id. Raises `CannotDo`."""
        value = self.text(name)
        if not (value.isascii() and value.isdigit() and len(value) <= 20):
            raise CannotDo(f"the page sent no proper {name}; reload it")
        return int(value)

    def get(self, name: str) -> Any:
        """A field as it is, or nothing."""
        return self._fields.get(name)

    def table(self, name: str) -> Json:
        """A field that is an object; empty where it is left out."""
        return as_object(self._fields.get(name))


class Acts:
    """The acts of people, by name."""

    def __init__(self, discord: StandIn, people: People, feed: Feed, files: Files) -> None:
        self._discord, self._people, self._feed, self._files = discord, people, feed, files
        self._modals: dict[str, Modal] = {}
        self.table: Mapping[str, Act] = {
            "say": self._say,
            "typing": self._typing,
            "slash": self._slash,
            "use": self._use,
            "press": self._press,
            "choose": self._choose,
            "submit": self._submit,
            "complete": self._complete,
            "older": self._older,
            "dismiss": self._dismiss,
            "delete": self._delete,
            "dms": self._dms,
            "restart_client": self._restart_client,
            "add_person": self._add_person,
        }

    async def do(self, fields: Mapping[str, Any]) -> Json:
        """Do what a page asks, and give what it is answered. Raises `CannotDo`."""
        act = self.table.get(str(fields.get("act")))
        if act is None:
            raise CannotDo("the page asked for something the playground doesn't know; reload it")
        return await act(Asked(fields, self._people, self._discord))

    async def _say(self, asked: Asked) -> Json:
        reply_to = asked.message("reply_to") if asked.get("reply_to") else None
        files = self._files.find(asked.get("files"))
        sent = await asked.person.say(asked.channel, asked.text("text"), reply_to=reply_to, attachments=files)
        self._files.sent(asked.get("files"))
        return {"message": str(sent.id)}

    async def _typing(self, asked: Asked) -> Json:
        asked.person.type_in(asked.channel)
        return {}

    async def _slash(self, asked: Asked) -> Json:
        used = await asked.person.slash(asked.channel, asked.text("command"), **self._options(asked))
        self._files.sent([value["file"] for value in asked.table("options").values() if _is_file(value)])
        return await self._answered(used, asked.person)

    async def _use(self, asked: Asked) -> Json:
        return await self._answered(await asked.person.use(asked.message(), asked.text("command")), asked.person)

    async def _press(self, asked: Asked) -> Json:
        pressed = await asked.person.press(asked.message(), custom_id=asked.text("custom_id"))
        return await self._answered(pressed, asked.person)

    async def _choose(self, asked: Asked) -> Json:
        values = [str(value) for value in as_list(asked.get("values"))]
        chosen = await asked.person.choose(asked.message(), *values, custom_id=asked.text("custom_id"))
        return await self._answered(chosen, asked.person)

    async def _submit(self, asked: Asked) -> Json:
        modal = self._modals.get(asked.text("modal"))
        if modal is None or modal.interaction.user != asked.person.user:
            raise CannotDo("that form is closed; open it again")
        values = {name: _typed(value) for name, value in asked.table("values").items()}
        submitted = await asked.person.submit(modal, values, files=self._files.find(asked.get("files")))
        answer = await self._answered(submitted, asked.person)
        if answer["answered"]:
            self._modals.pop(asked.text("modal"), None)
            self._files.sent(asked.get("files"))
        return answer

    async def _complete(self, asked: Asked) -> Json:
        focus, options = asked.text("focus"), self._options(asked)
        choices = await asked.person.autocomplete(asked.channel, asked.text("command"), focus=focus, **options)
        return {"choices": [{"name": choice.name, "value": choice.value} for choice in choices]}

    async def _older(self, asked: Asked) -> Json:
        messages, more = shapes.page_of(asked.person, asked.channel, asked.number("before"))
        return {"messages": messages, "more": more}

    async def _dismiss(self, asked: Asked) -> Json:
        asked.person.dismiss(asked.message())
        return {}

    async def _delete(self, asked: Asked) -> Json:
        asked.person.delete(asked.message())
        return {}

    async def _dms(self, asked: Asked) -> Json:
        person = asked.person
        if asked.get("open") is True:
            person.open_dms()
        else:
            person.close_dms()
        return {}

    async def _restart_client(self, asked: Asked) -> Json:
        asked.person.restart_client()
        return {}

    async def _add_person(self, asked: Asked) -> Json:
        person = self._people.add(asked.text("name"))
        view = shapes.views(person, list(self._discord.world.guilds.values()))
        self._feed.publish("person", person=shapes.user(person.user), view=view)
        return {"person": str(person.id)}

    def _options(self, asked: Asked) -> Json:
        """A command's options; a file among them is one that waits."""
        return {name: self._option(value) for name, value in asked.table("options").items()}

    def _option(self, value: Any) -> Any:
        return self._files.find([value["file"]])[0] if _is_file(value) else value

    async def _answered(self, used: Invocation, person: Person) -> Json:
        """What the page is told once the bot acknowledged, or failed to."""
        await used.acknowledged()
        modal = used.modal
        return {"answered": used.answered, "modal": self._opened(modal, person) if modal else None}

    def _opened(self, modal: Modal, person: Person) -> Json:
        number = str(modal.interaction.id)
        while len(self._modals) >= MOST_MODALS:
            self._modals.pop(next(iter(self._modals)))
        self._modals[number] = modal
        return {"id": number, "person": str(person.id), "title": modal.title, "components": list(modal.components)}


def _is_file(value: object) -> bool:
    return "file" in as_object(value)


def _typed(value: object) -> str:
    """A field's value; a select's is a list, of which the stand-in's modals take one."""
    return str(value if isinstance(value, str) else next(iter(as_list(value)), ""))
