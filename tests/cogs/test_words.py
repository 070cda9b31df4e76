from hypothesis import given
from hypothesis import strategies as st

from cogs.words import inert
from delivery.inert import shorten


@given(st.text(), st.integers(2, 80))
def test_shortened_text_is_one_line_that_fits(text: str, limit: int) -> None:
    line = shorten(text, limit)
    assert len(line) <= limit
    assert "\n" not in line


def test_a_name_cannot_mention_anybody() -> None:
    assert "@everyone" not in inert("@everyone", 50)
    assert not inert("<@123> <#5>", 50).startswith("<@")


def test_a_name_cannot_hide_a_link() -> None:
    assert inert("[click](http://example.org)", 50) == "\\[click\\](http:\u200b//example.org)"


def test_a_name_neither_leads_anywhere_nor_turns_its_line_around() -> None:
    assert "://" not in inert("https://example.org", 50)
    assert inert("\u202eabc\u0007", 50) == "abc"


def test_a_name_cannot_draw_markdown() -> None:
    assert inert("**loud** `code` ||secret||", 50) == r"\*\*loud\*\* \`code\` \|\|secret\|\|"
