"""Discord's Markdown in a real browser: what it looks like as nodes, that nothing in it is markup, and that it is fast.

Each case has a text and the outline of what it becomes: elements by their name with what matters of them, text as it is.
"""

import json
from pathlib import Path

from playwright.async_api import Page

CASES: list[dict[str, str]] = json.loads((Path(__file__).parent.parent / "markdown_cases.json").read_text(encoding="utf-8"))
SLOW = 250
"""Milliseconds: hundreds of times what a message takes, and far less than a pattern that runs away."""
LONG = {
    "quotes": "> " * 1000,
    "marks of quotes": ">" * 2000,
    "brackets": "[" * 2000,
    "brackets and an end": "[" * 1500 + "](https://a.example)",
    "half links": "[a](" * 500,
    "nested labels": "[a" * 600 + "](" + "]" * 600,
    "stars": "*" * 2000,
    "stars with words": "*a " * 600,
    "double stars with words": "**a " * 500,
    "marks within each other": "**a __b " * 120 + "__ **" * 120,
    "low lines": "_a_" * 600,
    "bars": "||a " * 500,
    "backticks": "`" * 2000,
    "backticks of all lengths": "".join("`" * length + "a" for length in range(1, 62)),
    "fences": "```a " * 400,
    "angles": "<" * 2000,
    "half mentions": "<@1" * 600,
    "addresses": "https://" * 250,
    "address with brackets": "https://a.example/" + "(" * 900 + ")" * 900,
    "backslashes": "\\" * 2000,
    "bullets in one line": "- " * 1000,
    "nested bullets": "".join(" " * depth + "- a\n" for depth in range(60)),
    "headings": "# a\n" * 500,
    "line breaks": "\n" * 2000,
    "spaces": " " * 2000 + "a",
}

OUTLINE = """
async (texts) => {
  const { renderMarkdown } = await import("/page/markdown.js");
  const users = { 1: { name: "Ann" }, 2: { name: "<img src=x onerror=alert(1)>" } };
  const channels = { 5: { name: "general" } };
  const safe = (text) => text.replaceAll("<", "&lt;");
  const named = (name, inner) => `<${name}>${inner}</${name.split(" ")[0]}>`;
  const outline = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return safe(node.data);
    const inner = [...node.childNodes].map(outline).join("");
    if (node.nodeType !== Node.ELEMENT_NODE || node.matches(".spoiler-words")) return inner;
    if (node.matches(".code-block")) {
      return named(`code ${node.querySelector(".code-language").textContent}`, safe(node.querySelector("code").textContent));
    }
    const known = [...node.classList].find((name) => /^(spoiler|mention|heading-.)$/.test(name));
    if (known) return named(known, inner);
    if (node.localName === "a") return named(`a ${node.getAttribute("href")}`, inner);
    if (node.localName === "ol") return named(`ol ${node.start}`, inner);
    if (node.localName === "time") return `<time ${node.dateTime}>`;
    return named(node.localName, inner);
  };
  return texts.map((text) => outline(renderMarkdown(text, { users, channels })));
}
"""

LINKS_AND_HANDLERS = """
async (texts) => {
  const { renderMarkdown } = await import("/page/markdown.js");
  const active = /^(script|style|img|svg|iframe|object|embed|form|input|base|meta)$/;
  const found = [];
  for (const text of texts) {
    for (const element of renderMarkdown(text).querySelectorAll("*")) {
      if (element.localName === "a") found.push(element.protocol);
      for (const { name } of element.attributes) if (name.startsWith("on") || name === "style") found.push(name);
      if (active.test(element.localName)) found.push(element.localName);
    }
  }
  return [...new Set(found)].sort();
}
"""

MILLISECONDS = """
async (text) => {
  const { renderMarkdown } = await import("/page/markdown.js");
  const begun = performance.now();
  renderMarkdown(text);
  return performance.now() - begun;
}
"""

PRESS = """
async ({ text, selector }) => {
  const { renderMarkdown } = await import("/page/markdown.js");
  const place = document.createElement("div");
  place.id = "markdown-try";
  place.className = "markdown";
  place.append(renderMarkdown(text));
  document.body.append(place);
  place.querySelector(selector).focus();
}
"""


async def test_outlines(browser_page: Page) -> None:
    outlines = await browser_page.evaluate(OUTLINE, [case["text"] for case in CASES])
    wrong = {case["name"]: outline for case, outline in zip(CASES, outlines, strict=True) if outline != case["outline"]}
    assert wrong == {}


async def test_nothing_but_links_of_the_web_leads_out(browser_page: Page) -> None:
    found = await browser_page.evaluate(LINKS_AND_HANDLERS, [case["text"] for case in CASES])
    assert found == ["https:"]


async def test_no_text_is_slow(browser_page: Page) -> None:
    taken = {name: await browser_page.evaluate(MILLISECONDS, text) for name, text in LONG.items()}
    assert {name: milliseconds for name, milliseconds in taken.items() if milliseconds > SLOW} == {}


async def test_spoiler_opens_by_keyboard_and_keeps_the_focus(browser_page: Page) -> None:
    await browser_page.evaluate(PRESS, {"text": "a ||secret|| b", "selector": ".spoiler"})
    spoiler = browser_page.locator("#markdown-try .spoiler")
    assert await spoiler.get_attribute("role") == "button"
    await browser_page.keyboard.press("Enter")
    assert await spoiler.get_attribute("role") is None
    assert await spoiler.evaluate("element => element === document.activeElement && !element.firstChild.inert")
    assert await spoiler.inner_text() == "secret"


async def test_code_is_highlighted_and_reached_by_keyboard(browser_page: Page) -> None:
    text = "```python\ndef f():\n    return 'a'\n```"
    await browser_page.evaluate(PRESS, {"text": text, "selector": ".code-scroll"})
    code = browser_page.locator("#markdown-try .code-scroll")
    assert await code.evaluate("element => element === document.activeElement")
    assert await code.get_attribute("aria-label") == "Code, Python"
    assert await code.inner_text() == "def f():\n    return 'a'"
    assert await code.locator(".hl-keyword").all_inner_texts() == ["def", "return"]
