"""Discord's own description of its API, as a judge of what the bot sends and the stand-in answers.

`load_spec` gives `None` where the file is absent; the tests then skip and say so. `Spec.faults_of` judges a recorded call,
`Spec.faults_of_dispatch` the objects inside a gateway event. Known deviations of real Discord and discord.py from the
description are listed, each with its reason.
"""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NoReturn, cast

import pytest
from jsonschema import Draft202012Validator

from playground.standin.dispatches import Dispatch
from playground.standin.rest import Call

PATH = Path(__file__).parents[3] / "shared" / "discord-api-spec" / "openapi.json"
Json = dict[str, Any]


class Spec:
    """The description, with a validator for each schema asked for."""

    def __init__(self, document: Json) -> None:
        self._document = document
        self._validators: dict[str, Draft202012Validator] = {}

    def faults_of(self, call: Call) -> list[str]:
        """Judge one call: its request body, unless the stand-in refused it as wrong, and its response body."""
        operation = self._document["paths"][call.route][call.method.lower()]
        where = f"{call.method} {call.route} {call.status}"
        found: list[str] = []
        if call.request is not None and call.status < 400:
            content = operation["requestBody"]["content"]
            schema = (content.get("application/json") or content["multipart/form-data"])["schema"]
            found += self._judge(f"{where} request", _as_described(call.request), schema)
        responses: Json = operation["responses"]
        answer = self._resolve(responses.get(str(call.status), responses.get(f"{call.status // 100}XX")))
        if call.response is None:
            return found if answer else [*found, f"{where}: no such response"]
        schema = answer["content"]["application/json"]["schema"]
        return found + self._judge(f"{where} response", _plain_errors(call.response), schema)

    def faults_of_dispatch(self, sent: Dispatch) -> list[str]:
        """Judge the objects that the description has, inside a gateway event."""
        found: list[str] = []
        for name, value, more in _parts(sent):
            found += self._judge(f"{sent.event} {name}", value, {"$ref": f"#/components/schemas/{name}"})
            known = set(self._document["components"]["schemas"][name]["properties"]) | more
            found += [f"{sent.event} {name}: unknown {key}" for key in set(value) - known]
        return found

    def has(self, route: str) -> bool:
        """Tell whether "POST /channels/{channel_id}/messages" is described."""
        method, path = route.split(" ")
        return method.lower() in self._document["paths"].get(path, {})

    def _judge(self, where: str, value: Any, schema: Json) -> list[str]:
        key = json.dumps(schema, sort_keys=True)
        if key not in self._validators:
            whole = {"allOf": [schema], "components": self._document["components"]}
            self._validators[key] = Draft202012Validator(whole)
        errors = cast("Any", self._validators[key]).iter_errors(value)
        return [f"{where}: {'.'.join(map(str, e.absolute_path))}: {e.message[:300]}" for e in errors]

    def _resolve(self, answer: Json | None) -> Json:
        if answer is None or "$ref" not in answer:
            return answer or {}
        return self._document["components"]["responses"][answer["$ref"].rsplit("/", 1)[1]]


def loud_skip(config: pytest.Config) -> NoReturn:
    """Skip the test, and say so on the terminal even where skips are quiet."""
    line = f"NOT CHECKED against Discord's description: {PATH} is absent"
    plugins = config.pluginmanager
    reporter: Any = plugins.getplugin("terminalreporter")
    capture: Any = plugins.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        reporter.write_line(line, red=True)
    pytest.skip(line)


@cache
def load_spec() -> Spec | None:
    """Read Discord's description, once; `None` where there is none."""
    return Spec(json.loads(PATH.read_text())) if PATH.exists() else None


def _as_described(body: Any) -> Any:
    """Undo where discord.py departs from the description: ids that it sends as integers, which Discord takes."""
    if not isinstance(body, dict):
        return body
    whole = dict(cast("Json", body))
    if isinstance(whole.get("data"), dict):
        whole["data"] = _as_described(whole["data"])
    if whole.get("attachments"):
        whole["attachments"] = [{**a, "id": str(a["id"])} for a in whole["attachments"]]
    if "recipient_id" in whole:
        whole["recipient_id"] = str(whole["recipient_id"])
    if "message_reference" in whole:
        whole["message_reference"] = {k: str(v) if k.endswith("_id") else v for k, v in whole["message_reference"].items()}
    return whole


def _plain_errors(body: Any) -> Any:
    """Leave out the faults of fields: Discord gives them codes in words, its description says integers."""
    if not isinstance(body, dict):
        return body
    return {k: v for k, v in cast("Json", body).items() if k != "errors"}


def _parts(sent: Dispatch) -> Iterator[tuple[str, Json, set[str]]]:
    data = sent.data
    match sent.event:
        case "MESSAGE_CREATE" | "MESSAGE_UPDATE":
            yield "MessageResponse", data, {"guild_id", "member"}
        case "READY":
            yield "UserPIIResponse", data["user"], set()
        case "GUILD_CREATE":
            for channel in data["channels"]:
                yield "GuildChannelResponse", channel, set()
            for member in data["members"]:
                yield "GuildMemberResponse", member, set()
        case "CHANNEL_CREATE" | "CHANNEL_DELETE":
            yield "GuildChannelResponse", data, set()
        case "INTERACTION_CREATE":
            yield from _interaction_parts(data)
        case _:
            return


def _interaction_parts(data: Json) -> Iterator[tuple[str, Json, set[str]]]:
    if "member" in data:
        yield "PrivateGuildMemberResponse", data["member"], set()
        yield "GuildChannelResponse", data["channel"], set()
    else:
        yield "UserResponse", data["user"], set()
        yield "PrivateChannelResponse", data["channel"], set()
    if "message" in data:
        yield "MessageResponse", data["message"], set()
    for file in data["data"].get("resolved", {}).get("attachments", {}).values():
        yield "MessageAttachmentResponse", file, set()
