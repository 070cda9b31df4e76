import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.ids import custom_id, parse
from storage.ids import new_id


def test_what_was_written_is_read_back() -> None:
    session = new_id()
    assert parse(custom_id("open", session, 3)) == ("open", [session.hex, "3"])


def test_the_longest_id_fits_discords_hundred_characters() -> None:
    assert len(custom_id("decide", new_id(), "finish")) <= 100


@pytest.mark.parametrize("text", ["", "cubby", "other:open:1", "open:1", "Cubby:open"])
def test_an_id_that_is_not_ours_is_none(text: str) -> None:
    assert parse(text) is None


@given(st.text(max_size=100))
def test_no_text_breaks_the_reader(text: str) -> None:
    parsed = parse(text)
    assert parsed is None or text.startswith("cubby:")
