"""The copies for reading say what happened, and nobody's text becomes markup in them."""

import re
from html.parser import HTMLParser
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.records import Attached, with_files
from tests.transfer.samples import BRANCHED, entry, session, written
from transfer import html, markdown
from transfer.saved import Loaded
from transfer.trees import path

PATH = Loaded(BRANCHED.session, tuple(path(BRANCHED.entries, BRANCHED.session.leaf)))
STOPPED = Loaded(
    session(),
    (
        entry(1, None, "user", "Go"),
        entry(2, 1, "assistant", "Half of", outcome="stopped"),
        entry(3, 2, "assistant", "Nearly", outcome="truncated"),
        entry(4, 3, "failure", error="timeout"),
        entry(5, 4, "thinking", "Hm.\nWell."),
        entry(6, 5, "label", "never shown"),
    ),
)
SAFE = {"html", "head", "meta", "title", "style", "body", "header", "main", "article", "div", "span"}
SAFE_TOO = {
    "p",
    "a",
    "em",
    "strong",
    "s",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "pre",
    "code",
    "ul",
    "ol",
    "li",
    "blockquote",
    "hr",
    "br",
}
CELLS = {"table", "thead", "tbody", "tr", "th", "td"}
ATTRIBUTES = {"class", "dir", "lang", "charset", "name", "content", "http-equiv", "href", "title", "start"}


class Looker(HTMLParser):
    """Notes every tag and attribute of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def tags(page: bytes) -> list[tuple[str, dict[str, str | None]]]:
    looker = Looker()
    looker.feed(page.decode())
    return looker.seen


def assert_harmless(page: bytes) -> None:
    for tag, attributes in tags(page):
        assert tag in SAFE | SAFE_TOO | CELLS
        assert attributes.keys() <= ATTRIBUTES
        assert (attributes.get("href") or "https://").lower().startswith(("http://", "https://"))


def page_of(answer: str) -> bytes:
    return written(
        html.write, Loaded(session(name=answer[:50]), (entry(1, None, "user", answer), entry(2, 1, "assistant", answer)))
    )


def test_markdown_is_readable() -> None:
    assert written(markdown.write, PATH).decode() == (
        "# Auth bug\n\nSession 3 · begun 2026-03-01 12:00 UTC · qwen3\n"
        "\n---\n\n**You** · 2026-03-01 12:01 UTC\n\nWhy does the login fail?\n"
        "\n---\n\n**Cubby** · 2026-03-01 12:02 UTC\n\nIs the *clock* right?\n"
        "\n---\n\n**You** · 2026-03-01 12:04 UTC\n\nIt is <b>right</b> & set.\n"
    )


def test_marks_are_told_in_markdown() -> None:
    text = written(markdown.write, STOPPED).decode()
    assert "**Cubby** · 2026-03-01 12:02 UTC · *stopped*\n\nHalf of" in text
    assert "· *cut*\n\nNearly" in text
    assert "> No answer came to this." in text
    assert "> Hm.\n> Well." in text
    assert "never shown" not in text


def test_a_question_names_its_files_and_no_name_is_markup() -> None:
    files = [Attached(name=name, kind="text", digest="d", size=1) for name in ("<b>*a*\n.txt", "b.pdf")]
    asked = Loaded(session(), (entry(1, None, "user", "Look", **with_files(files)),))
    assert "**You** · 2026-03-01 12:01 UTC · *with \\<b\\>\\*a\\* .txt, b.pdf*" in written(markdown.write, asked).decode()
    assert '<span class="mark">with &lt;b&gt;*a* .txt, b.pdf</span>' in written(html.write, asked).decode()


def test_page_has_words_marks_and_markdown() -> None:
    text = written(html.write, PATH).decode()
    assert "<em>clock</em>" in text
    assert "It is &lt;b&gt;right&lt;/b&gt; &amp; set." in text
    assert '<span class="mark">stopped</span>' in written(html.write, STOPPED).decode()


def test_policy_allows_the_style_and_nothing_else() -> None:
    page = written(html.write, PATH)
    (policy,) = [attributes["content"] for tag, attributes in tags(page) if attributes.get("http-equiv") and tag == "meta"]
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert not re.search(rb"(?i)<script|<link|<img|<iframe|@import|url\(|\son\w+=", page)


@pytest.mark.parametrize(
    "answer",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1)) [y](data:text/html,hi) [z](//host/x) [w](java&#115;cript:alert(1))",
        "![picture](https://host/track.png) ![p][r]\n\n[r]: https://host/t.png",
        "<javascript:alert(1)> <http://fine.example>",
        '[a](https://host "title\\" onclick=x")',
        '```html"><script>\n</code></pre><script>alert(1)</script>\n```',
        "</title></style><script>alert(1)</script>",
        "| a |\n|:-:|\n| <b onclick=x> |",
        '[a](https://host/"onmouseover="x)',
    ],
)
def test_hostile_text_stays_text(answer: str) -> None:
    assert_harmless(page_of(answer))


@given(st.text("<>&\"'`[]()!*_~|\\:/ \nabhtpsjvcri#-=1", max_size=80))
def test_no_text_becomes_markup(answer: str) -> None:
    assert_harmless(page_of(answer))


def test_cells_are_aligned_without_a_style_of_their_own() -> None:
    assert b'<td class="right">1</td>' in page_of("| a |\n|--:|\n| 1 |")


def test_links_to_pages_work() -> None:
    assert b'<a href="https://fine.example/a">here</a>' in page_of("[here](https://fine.example/a)")


@pytest.mark.timeout(60)
@pytest.mark.parametrize("piece", ["[", "*a_", "`", "> ", "<", "![", "- ", "~~", "|a", "[a](", "&"])
def test_no_answer_is_slow_to_render(piece: str) -> None:
    """Quadratic work would run into the timeout by far."""
    assert page_of(piece * (html.MOST_RENDERED // len(piece)))


def test_answers_too_long_to_render_are_shown_as_they_are() -> None:
    file = BytesIO()
    html.write(file, session(), [entry(1, None, "assistant", "*a* " * html.MOST_RENDERED)])
    assert b"<em>" not in file.getvalue()
