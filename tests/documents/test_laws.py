"""Whatever the bytes, there is one of three results, and it crosses from the child as it was."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.kinds import COMPOUND, PACKED, PDF, PICTURES
from documents.parsing import parse
from documents.results import Limits, Picture, Reason, Result, Unread, Written
from documents.wire import pack_answer, pack_task, unpack_answer, unpack_task

LIMITS = Limits(characters=500, pages=3, pixels=10_000, unpacked_bytes=10_000, seconds=5)
BEGINNINGS = st.sampled_from([b"", b"RIFF1234WEBP", PDF, PACKED, COMPOUND, *PICTURES, b"{", b"\xff\xfe", b"\xef\xbb\xbf"])

pictures = st.builds(
    Picture, mime=st.text(), data=st.binary(), width=st.integers(1), height=st.integers(1), resized=st.booleans()
)
writings = st.builds(
    Written, kind=st.text(), text=st.text(st.characters(codec="utf-8")), pages=st.none() | st.integers(0), cut=st.booleans()
)
results = pictures | writings | st.builds(Unread, reason=st.sampled_from(Reason))


@settings(deadline=None)  # a busy machine is no hazard
@given(BEGINNINGS, st.binary(max_size=3000), st.sampled_from(["", "a.csv", "a.pdf", "a.tsv"]))
def test_any_bytes_give_one_of_three_results(beginning: bytes, rest: bytes, name: str) -> None:
    result = parse(beginning + rest, name, LIMITS)
    assert isinstance(result, Picture | Written | Unread)
    assert unpack_answer(pack_answer(result)) == result


@settings(deadline=None)  # a busy machine is no hazard
@given(st.text(max_size=2000), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]), st.sampled_from(["", "a.csv"]))
def test_any_text_gives_at_most_the_characters_there_are_for_it(words: str, encoding: str, name: str) -> None:
    result = parse(words.encode(encoding, errors="replace"), name, LIMITS)
    assert isinstance(result, Written | Unread)
    assert isinstance(result, Unread) or 0 < len(result.text) <= LIMITS.characters


@settings(deadline=None)  # a busy machine is no hazard
@given(results)
def test_result_comes_back_as_it_was_packed(result: Result) -> None:
    assert unpack_answer(pack_answer(result)) == result


@settings(deadline=None)  # a busy machine is no hazard
@given(results, st.integers(1))
def test_half_an_answer_is_none(result: Result, missing: int) -> None:
    packed = pack_answer(result)
    with pytest.raises(ValueError):  # noqa: PT011  # which one says nothing more
        unpack_answer(packed[: max(0, len(packed) - missing)])


@settings(deadline=None)  # a busy machine is no hazard
@given(st.binary())
def test_any_bytes_are_an_answer_or_a_value_error(answer: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        unpack_answer(answer)


def test_half_a_surrogate_pair_does_not_stop_an_answer() -> None:
    result = unpack_answer(pack_answer(Written(kind="PDF", text="a\ud800b", pages=1, cut=False)))
    assert result == Written(kind="PDF", text="a?b", pages=1, cut=False)


@settings(deadline=None)  # a busy machine is no hazard
@given(st.text(), st.builds(Limits, seconds=st.floats(0, 100), pages=st.integers(1, 9)))
def test_task_comes_as_it_was_given(name: str, limits: Limits) -> None:
    assert unpack_task(pack_task(name, limits)) == (name, limits)
