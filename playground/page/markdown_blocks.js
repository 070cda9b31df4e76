/**
 * The blocks of Discord's Markdown, as block rules of markdown-it: headings, small text, quotes, lists, and all else as text.
 *
 * Discord knows no paragraphs: a block begins with any line that looks like one, and the line breaks of a text are kept. Code
 * blocks belong to the text around them (markdown_inline.js), so a text reaches at least to where its code blocks end.
 */

import { codeBlockAt } from "./markdown_inline.js";

const HEADING = /^ {0,3}(#{1,3}) +(?!#)(.*\S)/;
const SMALL = /^ {0,3}-# +(?!-#)(.*\S)/;
const QUOTE = /^ *> /;
const QUOTE_TO_THE_END = /^ *>>> /;
const ITEM = /^([ \t]*)([-*]|\d{1,9}\.) +(\S.*)$/;
const MOST_DEPTH = 11;

/** Make these rules the only block rules of a markdown-it instance. */
export function useBlockRules(markdown) {
  const { ruler } = markdown.block;
  ruler.at("heading", heading);
  ruler.at("blockquote", quote);
  ruler.at("list", list);
  ruler.at("paragraph", text);
  ruler.before("list", "small", small);
  ruler.enableOnly(["heading", "blockquote", "small", "list", "paragraph"]);
}

function lineAt(state, line) {
  return state.src.slice(state.bMarks[line], state.eMarks[line]);
}

function inline(state, content) {
  const token = state.push("inline", "", 0);
  token.content = content;
  token.children = [];
}

/** Parse `content` as blocks inside of what is open. */
function inside(state, content) {
  state.md.block.parse(content, state.md, state.env, state.tokens);
}

function heading(state, start) {
  const found = HEADING.exec(lineAt(state, start));
  if (!found) return false;
  state.push("heading_open", "h3", 1).info = String(found[1].length);
  inline(state, found[2]);
  state.push("heading_close", "h3", -1);
  state.line = start + 1;
  return true;
}

function small(state, start) {
  const found = SMALL.exec(lineAt(state, start));
  if (!found) return false;
  state.push("small_open", "small", 1);
  inline(state, found[1]);
  state.push("small_close", "small", -1);
  state.line = start + 1;
  return true;
}

function quote(state, start, end) {
  const quoted = state.env.inQuote ? null : quotedFrom(state, start, end);
  if (!quoted) return false;
  state.push("blockquote_open", "blockquote", 1);
  state.env.inQuote = true;
  inside(state, quoted.content);
  state.env.inQuote = false;
  state.push("blockquote_close", "blockquote", -1);
  state.line = quoted.end;
  return true;
}

function quotedFrom(state, start, end) {
  const long = QUOTE_TO_THE_END.exec(lineAt(state, start));
  if (long) return { content: state.src.slice(state.bMarks[start] + long[0].length), end };
  const lines = [];
  for (let line = start; line < end; line++) {
    const source = lineAt(state, line);
    const mark = QUOTE.exec(source);
    if (!mark) break;
    lines.push(source.slice(mark[0].length));
  }
  return lines.length ? { content: lines.join("\n"), end: start + lines.length } : null;
}

function itemAt(state, line) {
  const found = line < state.lineMax ? ITEM.exec(lineAt(state, line)) : null;
  if (!found) return null;
  const ordered = found[2].endsWith(".");
  return { indent: state.sCount[line], ordered, number: ordered ? Number.parseInt(found[2], 10) : 0, text: found[3] };
}

function list(state, start, end) {
  const first = state.env.depth < MOST_DEPTH ? itemAt(state, start) : null;
  if (!first) return false;
  const [type, tag] = first.ordered ? ["ordered_list", "ol"] : ["bullet_list", "ul"];
  const open = state.push(`${type}_open`, tag, 1);
  if (first.ordered) open.attrSet("start", String(first.number));
  state.env.depth++;
  let item = first;
  let line = start;
  while (item && item.ordered === first.ordered) {
    line = listItem(state, item, line, end);
    item = itemAt(state, afterBlank(state, line));
    if (item && item.ordered === first.ordered) line = afterBlank(state, line);
  }
  state.env.depth--;
  state.push(`${type}_close`, tag, -1);
  state.line = line;
  return true;
}

/** An item with all lines that are further in than its mark; returns the line after its last one. */
function listItem(state, item, start, end) {
  let last = start;
  let indent = null;
  for (let line = start + 1; line < end; line++) {
    if (state.isEmpty(line)) continue;
    if (state.sCount[line] <= item.indent) break;
    indent ??= state.sCount[line];
    last = line;
  }
  const more = state.getLines(start + 1, last + 1, indent ?? 0, false);
  state.push("list_item_open", "li", 1);
  inside(state, last > start ? `${item.text}\n${more}` : item.text);
  state.push("list_item_close", "li", -1);
  return last + 1;
}

function afterBlank(state, line) {
  return state.skipEmptyLines(line);
}

function text(state, start, end) {
  let line = start;
  let reached = 0;
  do {
    reached = codeReaches(state, line, reached);
    line++;
  } while (line < end && (state.bMarks[line] < reached || state.isEmpty(line) || !beginsBlock(state, line)));
  const content = state.src.slice(state.bMarks[blankBefore(state, start)], state.eMarks[line - 1]);
  // The last line break before a block is the block's own beginning; a blank line there is wanted.
  const rest = line < end && state.isEmpty(line - 1) ? "\n" : "";
  inline(state, line < end ? content + rest : content.replace(/\n+$/, ""));
  state.line = line;
  return true;
}

/** The first of the blank lines before `start`, which are kept but for those after a heading and at the beginning. */
function blankBefore(state, start) {
  let line = start;
  while (line > 0 && state.isEmpty(line - 1)) line--;
  return line === 0 || state.tokens.at(-1)?.type === "heading_close" ? start : line;
}

function beginsBlock(state, line) {
  const source = lineAt(state, line);
  return (
    HEADING.test(source) ||
    SMALL.test(source) ||
    (!state.env.inQuote && (QUOTE.test(source) || QUOTE_TO_THE_END.test(source))) ||
    (state.env.depth < MOST_DEPTH && ITEM.test(source))
  );
}

/** Where the code blocks end that begin in this line, or have reached into it. */
function codeReaches(state, line, reached) {
  const { src } = state;
  let at = src.indexOf("```", Math.max(state.bMarks[line], reached));
  while (at >= 0 && at < state.eMarks[line]) {
    const found = src[at - 1] === "\\" ? null : codeBlockAt(src, at, src.length);
    if (found) reached = found.end;
    at = src.indexOf("```", found ? found.end : at + 3);
  }
  return reached;
}
