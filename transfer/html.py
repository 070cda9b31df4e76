"""A session as one HTML file, for reading and printing: no script, nothing from the network, and nobody's text becomes markup.

Answers are rendered by markdown-it-py with raw HTML off and pictures off (one would be fetched when the file is opened); links
lead to http and https alone. A person's words are shown as typed. The page's own policy forbids everything but its style.
"""

from collections.abc import Iterable
from html import escape
from typing import BinaryIO, Final

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

from transfer.html_style import STYLE, style_hash
from transfer.json_file import as_bytes
from transfer.saved import SavedEntry, SavedSession
from transfer.words import Said, about, said, title

MOST_RENDERED: Final = 100_000
"""Characters of an answer that are rendered; a longer one is shown as it is, since rendering costs more than its length."""
SCHEMES: Final = ("http://", "https://")


def write(file: BinaryIO, session: SavedSession, entries: Iterable[SavedEntry]) -> None:
    """Write the session to `file`; `entries` are those of its current path, oldest first."""
    markdown = renderer()
    file.write(as_bytes(_head(session)))
    for entry in entries:
        if shown := said(entry, session):
            file.write(as_bytes(_article(shown, markdown)))
    file.write(b"</main>\n</body>\n</html>\n")


def renderer() -> MarkdownIt:
    """CommonMark with tables and strikethrough, and nothing that could act or fetch."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    markdown.disable(["image", "html_block", "html_inline"])
    markdown.validateLink = lambda url: url.strip().lower().startswith(SCHEMES)  # type: ignore[method-assign]
    markdown.core.ruler.push("align", _align)
    return markdown


def _align(state: StateCore) -> None:
    """Cells get a class for their alignment: the page's policy lets no element have a style of its own."""
    for token in state.tokens:
        style = token.attrs.pop("style", None)
        if style is not None:
            token.attrs["class"] = str(style).removeprefix("text-align:")


def _head(session: SavedSession) -> str:
    name = escape(title(session))
    policy = f"default-src 'none'; style-src '{style_hash()}'; base-uri 'none'; form-action 'none'"
    return f"""<!DOCTYPE html>
<html lang="und">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{name}</title>
<style>{STYLE}</style>
</head>
<body>
<header>
<h1 dir="auto">{name}</h1>
<p>{escape(about(session))}</p>
</header>
<main>
"""


def _article(shown: Said, markdown: MarkdownIt) -> str:
    mark = f'<span class="mark">{escape(shown.mark)}</span>' if shown.mark else ""
    when = f'<span class="when">{escape(shown.time)}</span>{mark}'
    return f'<article class="{shown.role}">\n<h2>{escape(shown.speaker)}</h2>{when}\n{_body(shown, markdown)}</article>\n'


def _body(shown: Said, markdown: MarkdownIt) -> str:
    if shown.is_markdown and len(shown.text) <= MOST_RENDERED:
        return f'<div class="answer" dir="auto">\n{markdown.render(shown.text)}</div>\n'
    return f'<div class="plain" dir="auto">{escape(shown.text)}</div>\n'
