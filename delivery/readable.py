"""A model's text as it is shown: tables and formulas, of which Discord knows nothing, in a form that can be read there.

For display alone; what is stored, searched, exported and sent to the model is the text as it came. Used by `render.py`.
"""

from collections.abc import Iterator

from delivery.formulas import with_formulas
from delivery.splitting import fence_lines
from delivery.tables import finished, with_tables


def readable(text: str, *, growing: bool = False) -> str:
    """The text to show; `growing` while more of it comes, where a line that may yet become a table's is left out.

    What is in fences, and what is neither table nor formula, stays to the character; the time is linear.
    """
    shown = "".join(words if is_code else with_formulas(words) for words, is_code in _pieces(text))
    *before, (words, is_code) = _pieces(shown)
    last = finished(words) if growing and not is_code else words
    return "".join(words if is_code else with_tables(words) for words, is_code in (*before, (last, is_code)))


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """The text cut at its fences' lines, with whether each piece is code (its fences' lines included)."""
    at, is_open = 0, False
    for start, end, opened in fence_lines(text):
        if is_open and opened is None:
            yield text[at:end], True
            at, is_open = end, False
        elif not is_open and opened is not None:
            yield text[at:start], False
            at, is_open = start, True
    yield text[at:], is_open
