/** Discord's Markdown as DOM nodes: markdown-it parses it by our rules, and its tokens become elements and text, never HTML. */

import MarkdownIt from "./vendor/markdown-it.js";
import { codeBlock } from "./code.js";
import { useBlockRules } from "./markdown_blocks.js";
import { useInlineRules } from "./markdown_inline.js";
import { useLinkRules } from "./markdown_links.js";
import { spoiler } from "./spoiler.js";
import { timeElement } from "./time.js";

const MOST_NESTING = 30;

const parser = createParser();

function createParser() {
  const markdown = new MarkdownIt({ html: false, linkify: false, maxNesting: MOST_NESTING });
  markdown.core.ruler.enableOnly(["normalize", "block", "inline"]);
  useBlockRules(markdown);
  useInlineRules(markdown);
  useLinkRules(markdown);
  return markdown;
}

/**
 * The text as nodes, made anew at each call. They want to stand in an element of class `markdown`, which keeps line breaks.
 * `context` has what mentions are named by: `users` and `channels`, both `{id: {name}}`; and, if a command's mention shall
 * be a button, `pickCommand(name)`.
 */
export function renderMarkdown(text, context = {}) {
  const fragment = document.createDocumentFragment();
  appendTokens(fragment, parser.parse(text, { depth: 0, inQuote: false }), context);
  return fragment;
}

function appendTokens(root, tokens, context) {
  const open = [root];
  for (const token of tokens) {
    if (token.nesting < 0) open.pop();
    else if (token.type === "inline") appendTokens(open.at(-1), token.children, context);
    else if (token.nesting > 0) open.push(opened(open.at(-1), token));
    else open.at(-1).append(leaf(token, context));
  }
}

/** Append a token's element, and return what its contents go into. */
function opened(parent, token) {
  if (token.type === "spoiler_open") {
    const { element, inside } = spoiler();
    parent.append(element);
    return inside;
  }
  const element = document.createElement(token.tag);
  if (token.type === "heading_open") element.className = `heading-${token.info}`;
  if (token.type === "ordered_list_open") element.start = Number(token.attrGet("start"));
  if (token.type === "link_open") asLink(element, token);
  parent.append(element);
  return element;
}

function asLink(element, token) {
  element.href = token.attrGet("href");
  element.title = token.attrGet("title") ?? "";
  element.target = "_blank";
  element.rel = "noopener noreferrer";
}

function leaf(token, context) {
  switch (token.type) {
    case "text":
      return token.content;
    case "code_inline": {
      const code = document.createElement("code");
      code.textContent = token.content;
      return code;
    }
    case "fence":
      return codeBlock(token.content, token.info);
    case "mention":
      return mention(token, context);
    case "time":
      return timeElement(Number(token.content) * 1000, token.info);
    default:
      throw new Error(`Markdown gave a token that is not known here: ${token.type}`);
  }
}

function mention(token, context) {
  if (token.info === "command" && context.pickCommand) return commandButton(token.content, context.pickCommand);
  const pill = document.createElement("span");
  pill.className = "mention";
  pill.textContent = mentioned(token, context);
  return pill;
}

function mentioned({ info, content }, { users, channels }) {
  switch (info) {
    case "command":
      return `/${content}`;
    case "channel":
      return `#${channels?.[content]?.name ?? "unknown"}`;
    case "user":
      return `@${users?.[content]?.name ?? "unknown"}`;
    default:
      return "@unknown";
  }
}

function commandButton(name, pick) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "mention";
  button.textContent = `/${name}`;
  button.addEventListener("click", () => pick(name));
  return button;
}
