from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.history import PAGE_CHARACTERS, SUMMED_UP, pages_of
from storage.ids import new_id
from storage.records import Attached, Entry, EntryKind, with_files

SESSION = new_id()


def entry(number: int, text: str, kind: str = EntryKind.USER) -> Entry:
    return Entry(
        id=number,
        session_id=SESSION,
        parent=number - 1 or None,
        depth=number - 1,
        kind=kind,
        author=None,
        text=text,
        created=datetime(2026, 1, 1, tzinfo=UTC),
    )


words = st.text(st.sampled_from("abc \n"), min_size=1, max_size=5000)


@given(st.lists(words, max_size=8))
def test_every_page_fits_a_message(texts: list[str]) -> None:
    pages = pages_of([entry(n, text) for n, text in enumerate(texts, start=1)])
    assert all(0 < len(page) <= PAGE_CHARACTERS + 200 for page in pages)


def test_the_newest_page_comes_first_and_reads_downwards() -> None:
    pages = pages_of([entry(n, f"word{n} " * 100) for n in range(1, 6)])
    assert "word5" in pages[0]
    assert pages[0].index("word4") < pages[0].index("word5")


def test_a_prompt_without_an_answer_says_so() -> None:
    assert "No answer came" in pages_of([entry(1, "hello"), entry(2, "", EntryKind.FAILURE)])[0]


def test_a_compaction_is_a_line_in_the_place_where_it_was_made() -> None:
    (page,) = pages_of([entry(1, "hello"), entry(2, "a long\ngist", EntryKind.COMPACTION), entry(3, "and now?")])
    assert "gist" not in page
    hello, line, now = (page.index(text) for text in ("hello", SUMMED_UP, "and now?"))
    assert hello < line < now


def test_a_kind_from_a_later_version_is_passed_over() -> None:
    assert pages_of([entry(1, "secret tool call", "tool")]) == []


def attached(*names: str) -> dict[str, object]:
    return with_files(Attached(name=name, kind="text", digest="d", size=1) for name in names)


def test_a_question_names_its_file_or_counts_them() -> None:
    one, two = entry(1, "a"), entry(2, "b")
    (page,) = pages_of([replace(one, data=attached("*report*.pdf")), replace(two, data=attached("a", "b"))])
    assert "**You (with \\*report\\*.pdf)**" in page
    assert "**You (with 2 files)**" in page


@given(st.text(min_size=1, max_size=120))
def test_a_page_fits_whatever_a_file_is_called(name: str) -> None:
    (page, *_) = pages_of([replace(entry(1, "word " * 400), data=attached(name))])
    assert len(page) <= PAGE_CHARACTERS + 200


@pytest.mark.parametrize("opening", ["what does ```js do", "here ```a```, there ``` b"])
def test_backticks_that_nothing_closes_stay_within_their_message(opening: str) -> None:
    (page,) = pages_of([entry(1, opening), entry(2, "```py\nx\n```", EntryKind.ASSISTANT)])
    before, _, answer = page.partition("**Cubby**")
    assert before.count("```") % 2 == 0
    assert answer.endswith("\n```py\nx\n```")
