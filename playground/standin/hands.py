"""What a client sends for a press, a choice, a submit: checked as the client checks it, then given as interaction data."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from playground.standin.invocations import Modal
from playground.standin.parts import BUTTON, FILE_UPLOAD, LABEL, SELECT, TEXT_INPUT, walk
from playground.standin.refusals import CannotDo
from playground.standin.things import File, Message

Json = dict[str, Any]


def pressed(message: Message, label: str | None, custom_id: str | None) -> Json:
    """Press the button of this label or custom_id. Raises `CannotDo` if there is none, or it is disabled."""
    fitting = [b for b in message.buttons if (custom_id or b.custom_id) == b.custom_id and (label or b.label) == b.label]
    button = next((b for b in fitting if b.custom_id), None)
    if button is None or button.disabled or (label is None and custom_id is None):
        offered = ", ".join(b.label + (" (disabled)" if b.disabled else "") for b in message.buttons)
        raise CannotDo(f"no button {label or custom_id} to press; there are: {offered or 'none'}")
    return {"custom_id": button.custom_id, "component_type": BUTTON, "id": _component_id(message, button.custom_id)}


def chosen(message: Message, values: tuple[str, ...], custom_id: str | None) -> Json:
    """Choose these values or labels in the select. Raises `CannotDo`."""
    select = next((s for s in message.selects if custom_id in (None, s.custom_id)), None)
    if select is None or select.disabled:
        raise CannotDo("no select to choose from")
    by_name = {name: o.value for o in select.options for name in (o.label, o.value)}
    if not set(values) <= set(by_name) or not select.min_values <= len(values) <= select.max_values:
        raise CannotDo(f"cannot choose {values}; there are: {[o.label for o in select.options]}")
    about = {"custom_id": select.custom_id, "component_type": SELECT, "id": _component_id(message, select.custom_id)}
    return {**about, "values": [by_name[v] for v in values]}


def submitted(modal: Modal, values: Mapping[str, str], files: Sequence[File] = ()) -> Json:
    """Fill in a modal's fields by label or custom_id; what is not named keeps its value. Raises `CannotDo`.

    The first field for files takes them all. It carries the `File`s themselves, for whoever uploads them (see `upload_fields`).
    """
    known = {name for f in modal.fields for name in (f.label, f.custom_id)}
    if unknown := set(values) - known:
        raise CannotDo(f"no field {unknown}; there are: {[f.label for f in modal.fields]}")
    texts: dict[str, str] = {}
    for field in modal.fields:
        text = values.get(field.label, values.get(field.custom_id, field.value))
        if (field.required and not text) or (text and not field.min_length <= len(text) <= field.max_length):
            raise CannotDo(f"{field.label} takes {field.min_length} to {field.max_length} characters")
        texts[field.custom_id] = text
    given = {**texts, **_given(modal, files)}
    return {"custom_id": modal.custom_id, "components": [_filled(c, given) for c in modal.components]}


def upload_fields(data: Json) -> list[Json]:
    """Give the fields of a submit that carry files."""
    return [cast("Json", c) for c in walk(data["components"]) if c["type"] == FILE_UPLOAD and c["values"]]


def _given(modal: Modal, files: Sequence[File]) -> dict[str, Sequence[File]]:
    if files and not modal.uploads:
        raise CannotDo("this modal takes no files")
    given = {field.custom_id: files if field is modal.uploads[0] else () for field in modal.uploads}
    for field in modal.uploads:
        if not field.least <= len(given[field.custom_id]) <= field.most:
            raise CannotDo(f"{field.label} takes {field.least} to {field.most} files")
    return given


def made_up(custom_id: str, values: Mapping[str, str]) -> Json:
    """Give the submit of a modal that was never opened, a row for each value."""
    inputs = [{"type": TEXT_INPUT, "custom_id": k, "value": v} for k, v in values.items()]
    rows = [{"type": 1, "id": 2 * i + 1, "components": [{**c, "id": 2 * i + 2}]} for i, c in enumerate(inputs)]
    return {"custom_id": custom_id, "components": rows}


def _component_id(message: Message, custom_id: str | None) -> int:
    return next(int(c["id"]) for c in walk(message.components) if c.get("custom_id") == custom_id)


def _filled(component: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Give a modal's component as a submit carries it: only what was typed, chosen or uploaded."""
    whole: dict[str, Any] = {"type": component["type"], "id": component["id"]}
    if component["type"] == LABEL:
        return {**whole, "component": _filled(component["component"], given)}
    if component["type"] in (TEXT_INPUT, SELECT):
        text = given[component["custom_id"]]
        typed = {"values": [text] if text else []} if component["type"] == SELECT else {"value": text}
        return {**whole, "custom_id": component["custom_id"], **typed}
    if component["type"] == FILE_UPLOAD:
        return {**whole, "custom_id": component["custom_id"], "values": list(given[component["custom_id"]])}
    return {**whole, "components": [_filled(c, given) for c in component["components"]]} if "components" in component else whole
