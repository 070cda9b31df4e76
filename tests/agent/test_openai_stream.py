"""Server-sent events however they are cut, and the dialects that servers have shown."""

import itertools
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent import errors
from agent.errors import ModelError
from agent.model import Finish, FinishReason, ModelEvent, Text, Thinking, Tokens
from agent.openai_stream import LONGEST_EVENT, Completion, EventData

STOP = Finish(FinishReason.STOP)


async def one_by_one(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def data(*chunks: bytes) -> list[bytes]:
    reader = EventData()
    return [event for chunk in chunks for event in reader.feed(chunk)] + list(reader.end())


async def events(*bodies: object) -> list[ModelEvent]:
    """What comes of bodies that arrive one by one."""
    return [event async for event in Completion().events(one_by_one(*map(wire_of, bodies)))]


def wire_of(body: object) -> bytes:
    return b"data: " + json.dumps(body).encode() + b"\n\n"


def delta(reason: str | None = None, **said: Any) -> dict[str, Any]:
    return {"choices": [{"delta": said, "finish_reason": reason}]}


@given(st.lists(st.text(alphabet="ab \u00e9\U0001f600", min_size=1)), st.integers(1, 7), st.sampled_from(["\n", "\r\n"]))
async def test_the_cuts_and_line_ends_do_not_matter(words: list[str], size: int, end: str) -> None:
    wire = "".join(f": ping{end}{end}data: {word}{end}{end}" for word in words).encode()
    pieces = [wire[start : start + size] for start in range(0, len(wire), size)]
    assert await data(*pieces) == [word.encode() for word in words]


@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        (b"\xef\xbb\xbfdata: a\n\n", [b"a"]),
        (b"data:a\n\n", [b"a"]),
        (b"data: {\ndata: }\n\n", [b"{\n}"]),
        (b"event: x\nid: 1\nretry: 5\ndata: a\n\n", [b"a"]),
        (b": only a comment\n\n", []),
        (b"data: a\n\ndata: no end", [b"a", b"no end"]),
        (b"data: a\n\ndata: [DONE]\n\n", [b"a", b"[DONE]"]),
        (b'error: {"code": 500}\n\n', [b'{"error": {"code": 500}}']),
    ],
)
async def test_what_an_event_is(wire: bytes, expected: list[bytes]) -> None:
    assert await data(wire) == expected


@pytest.mark.parametrize("piece", [b"x" * 65536, b"data: " + b"x" * 65530 + b"\n"])
async def test_an_event_without_an_end_is_given_up(piece: bytes) -> None:
    with pytest.raises(errors.Malformed):
        await data(*[piece] * (LONGEST_EVENT // 65536 + 1))


steps = st.sampled_from(["a", "b", "\U0001f600", "[thought]", "[stop]"])


@given(st.lists(steps), st.data())
async def test_text_that_came_together_is_one_event_and_nothing_is_lost_or_moved(said: list[str], data: st.DataObject) -> None:
    bodies = {"[thought]": delta(reasoning="hm"), "[stop]": delta("stop")}
    wire = b"".join(wire_of(bodies.get(step, delta(content=step))) for step in said)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(wire)), max_size=5)) | {0, len(wire)})
    pieces = [wire[begin:end] for begin, end in itertools.pairwise(cuts)]
    got = [event async for event in Completion().events(one_by_one(*pieces))]
    apart = [event async for event in Completion().events(one_by_one(*(bytes([byte]) for byte in wire)))]
    assert flat(got) == flat(apart)
    at_once = [event async for event in Completion().events(one_by_one(wire))]
    assert not any(type(one) is type(next_one) for one, next_one in itertools.pairwise(at_once))


def flat(events: list[ModelEvent]) -> list[object]:
    """The events, text and thoughts by the character."""
    return [
        part
        for event in events
        for part in ([(type(event), char) for char in event.text] if isinstance(event, Text | Thinking) else [event])
    ]


async def test_text_before_an_error_that_came_with_it_is_not_lost() -> None:
    events = Completion().events(one_by_one(wire_of(delta(content="So")) + wire_of(delta("error"))))
    assert await anext(events) == Text("So")
    with pytest.raises(errors.CutOff):
        await anext(events)


async def test_what_comes_after_done_is_no_answer() -> None:
    wire = b'data: {"choices":[{"delta":{"content":"a"}}]}\n\ndata: [DONE]\n\ndata: {oh no\n\n'
    assert [event async for event in Completion().events(one_by_one(wire))] == [Text("a")]


async def test_empty_deltas_are_no_events() -> None:
    assert await events(delta(role="assistant", content=""), delta(content=None), {"choices": []}, {}) == []


async def test_the_first_choice_alone_is_read() -> None:
    body = {"choices": [{"delta": {"content": "a"}}, {"delta": {"content": "b"}}]}
    assert await events(body) == [Text("a")]


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
async def test_thoughts_are_known_by_both_names(name: str) -> None:
    assert await events(delta(**{name: "hm"})) == [Thinking("hm")]


async def test_content_in_parts_is_joined() -> None:
    parts = [{"type": "text", "text": "a"}, {"type": "other"}, {"type": "text", "text": "b"}]
    assert await events(delta(content=parts)) == [Text("ab")]


async def test_content_of_other_parts_is_a_sign_of_life() -> None:
    assert await events(delta(content=[{"type": "thinking", "thinking": []}])) == [Thinking("")]


async def test_an_emoji_in_two_halves_becomes_whole() -> None:
    got = await events(delta(content="a\ud83d"), delta(content="\ude00b"))
    assert got == [Text("a"), Text("\U0001f600b")]


async def test_half_an_emoji_can_be_stored_all_the_same() -> None:
    [event] = await events(delta(content="\ude00b"))
    assert event == Text("\ufffdb")


async def test_the_end_is_told_once_however_often_a_server_says_it() -> None:
    got = await events(delta("stop", content="a"), delta("stop"), {"usage": {"prompt_tokens": 3, "completion_tokens": 1}})
    assert got == [Text("a"), STOP, Tokens(input=3, output=1)]


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("stop", FinishReason.STOP),
        ("tool_calls", FinishReason.STOP),
        ("length", FinishReason.LENGTH),
        ("SAFETY", FinishReason.REFUSED),
        ("content_filter", FinishReason.REFUSED),
    ],
)
async def test_each_reason_has_its_meaning(reason: str, expected: FinishReason) -> None:
    assert await events(delta(reason)) == [Finish(expected)]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"error": {"message": "busy", "code": 429}}, errors.RateLimited),
        ({"error": {"message": "quota", "type": "insufficient_quota"}}, errors.OutOfCredit),
        ({"error": {"message": "too long", "code": "context_length_exceeded"}}, errors.ContextTooLong),
        ({"error": {"message": "the request exceeds the available context size", "code": 400}}, errors.ContextTooLong),
        ({"error": "it fell over"}, errors.Overloaded),
        ({"object": "error", "message": "maximum context length is 9", "code": 400}, errors.ContextTooLong),
        (delta("error"), errors.CutOff),
        (delta("insufficient_system_resource"), errors.Overloaded),
        (delta(refusal="No."), errors.Refused),
        (["a list"], errors.Malformed),
    ],
)
async def test_an_error_told_in_the_stream_has_its_name(body: object, kind: type[ModelError]) -> None:
    with pytest.raises(ModelError) as failure:
        await events(body)
    assert type(failure.value) is kind


async def test_a_refusal_is_one_line_of_bearable_length() -> None:
    with pytest.raises(errors.Refused) as refusal:
        await events(delta(refusal="No.\n\n"), delta(refusal="Never " * 500))
    words = refusal.value.words or ""
    assert words.startswith("No. Never")
    assert len(words) <= 500


@pytest.mark.parametrize("wire", [b"[" * 100_000, b'"\xff"', b"{oh no", b""])
def test_no_bytes_crash_the_reader(wire: bytes) -> None:
    with pytest.raises(errors.Malformed):
        list(Completion().read(wire))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3)
)
fields = st.sampled_from(
    ["choices", "delta", "content", "finish_reason", "usage", "prompt_tokens", "error", "message", "refusal"]
)
objects = st.recursive(json_values, lambda inner: st.dictionaries(fields, inner | st.lists(inner, max_size=2)), max_leaves=20)


@settings(max_examples=60)
@given(st.dictionaries(fields, objects))
def test_any_object_gives_events_or_one_of_our_errors(body: dict[str, Any]) -> None:
    try:
        read = list(Completion().read(json.dumps(body).encode()))
    except ModelError:
        return
    assert all(isinstance(event, Text | Thinking | Tokens | Finish) for event in read)
