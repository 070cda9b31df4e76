r"""Formulas as text: Discord shows no TeX, and its Markdown would eat their underscores, asterisks and backslashes.

So `\( \)`, `\[ \]`, `$$ $$` and `$ $` become code with the same words in it. A pair of single dollars is a formula only
where it looks like one (Pandoc's rule: no blank inside the dollars, no digit after them), so that prices stay as they are; and
what Markdown would take nothing from stays too. Used by `readable.py`.
"""

import re
from typing import Final

_FORMULA: Final = re.compile(
    r"(?P<code>`[^`\n]+`)"
    r"|(?P<block>^ {0,3}(?:\\\[[ \t]*\n(?P<square>[^`]{1,1500}?)\n {0,3}\\\]"
    r"|\$\$[ \t]*\n(?P<dollars>[^`$]{1,1500}?)\n {0,3}\$\$)[ \t]*$)"
    r"|\\\((?P<round>[^`\n]{1,500}?)\\\)"
    r"|\\\[(?P<line>[^`\n]{1,500}?)\\\]"
    r"|\$\$(?P<double>[^`$\n]{1,500})\$\$"
    r"|(?<![\\$\w])\$(?P<single>[^\s`$](?:[^`$\n]{0,300}[^\s`$])?)\$(?![\d$])",
    re.MULTILINE,
)
_EATEN: Final = re.compile(r"[\\_*~^|]")
_INLINE: Final = ("round", "line", "double", "single")


def with_formulas(text: str) -> str:
    """The text, which has no fences in it, with its formulas in code."""
    return _FORMULA.sub(_in_code, text) if "$" in text or "\\" in text else text


def _in_code(found: re.Match[str]) -> str:
    if found["block"]:
        return f"```tex\n{found['square'] or found['dollars']}\n```"
    inner = next((found[name] for name in _INLINE if found[name]), "").strip()
    return f"`{inner}`" if _EATEN.search(inner) else found[0]
