/**
 * What stands within a text of Discord's Markdown, as inline rules of markdown-it: escapes, code, and what is put between marks.
 *
 * Marks do not pair up as in CommonMark: each takes the nearest end that fits, over several lines too, and what is between is
 * parsed anew. Links, mentions and the like are in markdown_links.js.
 */

const PLAIN = /(?:[^\\*_~|`<[h¯]|h(?!ttps?:\/\/))+/y;
const LANGUAGE = /([\w+\-.#]{1,32})\n/y;
const SHRUG = "¯\\_(ツ)_/¯";
const MOST_MARKS = 6;
const TAGS = { strong: "strong", em: "em", underline: "u", strike: "s", spoiler: "span" };

/** Make these rules the inline rules of a markdown-it instance, beside those of links. */
export function useInlineRules(markdown) {
  const { ruler, ruler2 } = markdown.inline;
  ruler.at("text", plain);
  ruler.at("escape", escape);
  ruler.before("backticks", "code_block", codeBlock);
  ruler.at("strikethrough", doubled);
  ruler.at("emphasis", emphasis);
  ruler.enableOnly(["text", "escape", "code_block", "backticks", "strikethrough", "emphasis"]);
  ruler2.enableOnly([]);
}

/** Parse what is between `from` and `to` inside of an element, and go on at `end`. */
export function enclose(state, { name, tag, attrs, from, to, end }) {
  const { posMax } = state;
  const open = state.push(`${name}_open`, tag, 1);
  for (const [key, value] of Object.entries(attrs ?? {})) open.attrSet(key, value);
  state.pos = from;
  state.posMax = to;
  state.md.inline.tokenize(state);
  state.push(`${name}_close`, tag, -1);
  state.pos = end;
  state.posMax = posMax;
  return true;
}

function plain(state) {
  PLAIN.lastIndex = state.pos;
  if (!PLAIN.test(state.src)) return false;
  const end = Math.min(PLAIN.lastIndex, state.posMax);
  state.pending += state.src.slice(state.pos, end);
  state.pos = end;
  return true;
}

function escape(state) {
  const { src, pos } = state;
  if (src.startsWith(SHRUG, pos)) {
    state.pending += SHRUG;
    state.pos += SHRUG.length;
    return true;
  }
  if (src[pos] !== "\\" || pos + 1 >= state.posMax) return false;
  const escaped = String.fromCodePoint(src.codePointAt(pos + 1));
  if (/[0-9A-Za-z\s]/.test(escaped)) return false;
  state.pending += escaped;
  state.pos += 1 + escaped.length;
  return true;
}

/** The code block whose backticks begin at `at`: its language, code and end; null where there is none before `limit`. */
export function codeBlockAt(src, at, limit) {
  let from = at;
  while (src[from] === "`") from++;
  const marks = src.slice(at, from);
  if (marks.length < 3) return null;
  LANGUAGE.lastIndex = from;
  const language = LANGUAGE.exec(src)?.[1] ?? "";
  const to = src.indexOf(marks, from);
  if (to < 0 || to + marks.length > limit) return null;
  const code = src.slice(language ? from + language.length : from, to).replace(/^(?:[ \t]*\n)+|\s+$/g, "");
  return code ? { language, code, end: to + marks.length } : null;
}

function codeBlock(state) {
  if (state.src[state.pos] !== "`") return false;
  const found = codeBlockAt(state.src, state.pos, state.posMax);
  if (!found) return false;
  const token = state.push("fence", "pre", 0);
  token.info = found.language;
  token.content = found.code;
  // The line break after a block is no empty line.
  state.pos = found.end + (found.end < state.posMax && state.src[found.end] === "\n" ? 1 : 0);
  return true;
}

/** `~~struck~~` and `||hidden||`. */
function doubled(state) {
  const { src, pos, posMax } = state;
  const mark = src.slice(pos, pos + 2);
  if (mark !== "~~" && mark !== "||") return false;
  const to = src.indexOf(mark, pos + 3);
  if (to < 0 || to + 2 > posMax) return false;
  const name = mark === "~~" ? "strike" : "spoiler";
  return enclose(state, { name, tag: TAGS[name], from: pos + 2, to, end: to + 2 });
}

/** Bold, underlined and italic words; where two fit, the longer one is meant, as in `***both** of it*`. */
function emphasis(state) {
  const { src, pos, posMax } = state;
  const mark = src[pos];
  if (mark !== "*" && mark !== "_") return false;
  const run = runLength(src, pos, posMax);
  if (run > MOST_MARKS || pos + run >= posMax) return asText(state, run);
  const single = mark === "*" ? starEnd(src, pos + 1, posMax) : lowLineEnd(src, pos + 1, posMax);
  const double = src[pos + 1] === mark ? doubleEnd(src, pos + 2, posMax, mark) : -1;
  if (Math.max(single, double) <= pos + run) return asText(state, run);
  if (single + 1 >= double + 2) return enclose(state, { name: "em", tag: TAGS.em, from: pos + 1, to: single, end: single + 1 });
  const name = mark === "*" ? "strong" : "underline";
  return enclose(state, { name, tag: TAGS[name], from: pos + 2, to: double, end: double + 2 });
}

function runLength(src, from, limit) {
  let at = from;
  while (at < limit && src[at] === src[from]) at++;
  return at - from;
}

function asText(state, length) {
  state.pending += state.src.slice(state.pos, state.pos + length);
  state.pos += length;
  return true;
}

/** Where `**` or `__` ends what begins at `from`: at least a character later, the last two of a run, and not escaped. */
function doubleEnd(src, from, limit, mark) {
  for (let at = from; at + 1 < limit; at++) {
    if (src[at] === "\\") at++;
    else if (at > from && src[at] === mark && src[at + 1] === mark && (at + 2 >= limit || src[at + 2] !== mark)) return at;
  }
  return -1;
}

/** Where a single `*` ends: not after white space, and not one of two. */
function starEnd(src, from, limit) {
  if (from >= limit || /\s/.test(src[from])) return -1;
  let spaced = false;
  for (let at = from; at < limit; at++) {
    if (src[at] === "*") {
      const double = at + 1 < limit && src[at + 1] === "*";
      if (!double) return at > from && !spaced ? at : -1;
      at++;
    } else if (src[at] === "\\") at++;
    spaced = /\s/.test(src[at] ?? "");
  }
  return -1;
}

/** Where a single `_` ends: not one of two, and not before a letter or digit, as in `snake_case_name`. */
function lowLineEnd(src, from, limit) {
  for (let at = from; at < limit; at++) {
    if (src[at] === "\\") at++;
    else if (src[at] === "_") {
      const next = at + 1 < limit ? src[at + 1] : "";
      if (next !== "_") return at > from && !/\w/.test(next) ? at : -1;
      at++;
    }
  }
  return -1;
}
