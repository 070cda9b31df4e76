"""What a reader and its child process say to each other: one line of JSON, then plain bytes. Nothing of it can be executed."""

import json
from dataclasses import asdict
from typing import Any

from documents.results import Limits, Picture, Reason, Result, Unread, Written


def pack_task(name: str, limits: Limits) -> bytes:
    """The line before a file's bytes."""
    return _line({"name": name, "limits": asdict(limits)})


def unpack_task(line: bytes) -> tuple[str, Limits]:
    """The name and the limits that `pack_task` wrote."""
    task: dict[str, Any] = json.loads(line)
    return task["name"], Limits(**task["limits"])


def pack_answer(result: Result) -> bytes:
    """A result, with its length, so that half of one is known as such."""
    match result:
        case Picture():
            measures = {"width": result.width, "height": result.height, "resized": result.resized}
            head, body = {"mime": result.mime, **measures}, result.data
        case Written():
            head = {"kind": result.kind, "pages": result.pages, "cut": result.cut}
            body = result.text.encode(errors="replace")  # a PDF may have half a surrogate pair
        case Unread():
            head, body = {"reason": result.reason}, b""
    return _line({**head, "length": len(body)}) + body


def unpack_answer(answer: bytes) -> Result:
    """The result that `pack_answer` wrote. Raises `ValueError` for anything else: the child that wrote it is not trusted."""
    line, end, body = answer.partition(b"\n")
    if not end:
        raise ValueError("the answer is not whole")
    try:
        head = json.loads(line)
    except RecursionError as error:
        raise ValueError("the answer is nested") from error
    match head:
        case {"length": int(length)} if length != len(body):
            raise ValueError("the answer is not whole")
        case {"mime": str(mime), "width": int(width), "height": int(height), "resized": bool(resized), "length": _}:
            return Picture(mime=mime, data=body, width=width, height=height, resized=resized)
        case {"kind": str(kind), "pages": int() | None as pages, "cut": bool(cut), "length": _}:
            return Written(kind=kind, text=body.decode(), pages=pages, cut=cut)
        case {"reason": str(reason), "length": _}:
            return Unread(reason=Reason(reason))
        case _:
            raise ValueError("the answer is none of the three")


def _line(head: dict[str, Any]) -> bytes:
    return json.dumps(head).encode() + b"\n"
