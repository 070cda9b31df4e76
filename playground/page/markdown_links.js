/** Links, mentions, custom emoji and timestamps of Discord's Markdown, as inline rules of markdown-it. */

import { enclose } from "./markdown_inline.js";

const BARE = /https?:\/\/[^\s<]+/iy;
const ANGLED = /<(https?:\/\/[^\s<>]+)>/iy;
const USER = /<@!?(\d{1,20})>/y;
const ROLE = /<@&(\d{1,20})>/y;
const CHANNEL = /<#(\d{1,20})>/y;
const COMMAND = /<\/([^\s<>:][^<>:\n]{0,100}):(\d{1,20})>/y;
const EMOJI = /<a?:(\w{1,32}):\d{1,20}>/y;
const TIME = /<t:(-?\d{1,13})(?::([tTdDfFR]))?>/y;
const WEB_ADDRESS = /^https?:\/\//i;
const LATEST = 8_640_000_000_000; // seconds; the last moment that a Date can hold

/** Add these rules to a markdown-it instance. */
export function useLinkRules(markdown) {
  const { ruler } = markdown.inline;
  ruler.at("link", masked);
  ruler.at("autolink", angled);
  ruler.at("linkify", bare);
  ruler.enable(["link", "autolink", "linkify"]);
}

/** The address as the browser understands it; null for what is no whole address of the web. */
export function webAddress(text) {
  if (!WEB_ADDRESS.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
}

function matchAt(pattern, state) {
  pattern.lastIndex = state.pos;
  const found = pattern.exec(state.src);
  return found && pattern.lastIndex <= state.posMax ? found : null;
}

function pushLink(state, href, text, length) {
  state.push("link_open", "a", 1).attrSet("href", href);
  state.push("text", "", 0).content = text;
  state.push("link_close", "a", -1);
  state.pos += length;
  return true;
}

function bare(state) {
  if (state.src[state.pos] !== "h" || state.linkLevel > 0) return false;
  BARE.lastIndex = state.pos;
  const found = BARE.exec(state.src);
  if (!found) return false;
  const text = withoutEnding(found[0].slice(0, state.posMax - state.pos));
  const href = webAddress(text);
  return href ? pushLink(state, href, text, text.length) : false;
}

/** An address without the punctuation of the sentence around it, nor the end of a bracket that began before it. */
function withoutEnding(address) {
  let end = address.length;
  let open = address.split("(").length - address.split(")").length;
  for (; end > 0; end--) {
    const last = address[end - 1];
    if (last === ")" && open < 0) open++;
    else if (!".,:;\"'!?]*|~".includes(last)) break;
  }
  return address.slice(0, end);
}

/** `[words](address "title")`. Words that look like an address themselves are not taken: they may be meant to mislead. */
function masked(state) {
  const { src, pos, posMax } = state;
  if (src[pos] !== "[" || state.linkLevel > 0) return false;
  const to = labelEnd(src, pos + 1, posMax);
  if (to < 0) return false;
  const target = targetAt(src, to + 2, posMax);
  const href = target && webAddress(target.address);
  const label = src.slice(pos + 1, to);
  if (!href || !label.trim() || /https?:\/\//i.test(label)) return false;
  state.linkLevel++;
  enclose(state, { name: "link", tag: "a", attrs: { href, title: target.title || href }, from: pos + 1, to, end: target.end });
  state.linkLevel--;
  return true;
}

/** Where the `](` stands that ends the label, the brackets within it being in pairs. */
function labelEnd(src, from, limit) {
  const last = src.lastIndexOf("](", limit - 2);
  let depth = 0;
  for (let at = from; at <= last; at++) {
    if (src[at] === "\\") at++;
    else if (src[at] === "[") depth++;
    else if (src[at] === "]" && depth-- === 0) return src[at + 1] === "(" ? at : -1;
  }
  return -1;
}

/** What stands in the round brackets of a masked link, from behind the first: its address, title and the end. */
function targetAt(src, from, limit) {
  let depth = 0;
  let at = from;
  for (; at < limit && !/\s/.test(src[at]); at++) {
    if (src[at] === "\\") at++;
    else if (src[at] === "(") depth++;
    else if (src[at] === ")" && depth-- === 0) break;
  }
  const ending = /\s*(?:(["'])([^"'\n]{0,300})\1\s*)?\)/y;
  ending.lastIndex = at;
  const found = ending.exec(src);
  if (!found || ending.lastIndex > limit) return null;
  const address = src.slice(from, at).replace(/^<(.*)>$/, "$1").replace(/\\([^\w\s])/g, "$1");
  return { address, title: found[2] ?? "", end: ending.lastIndex };
}

function angled(state) {
  if (state.src[state.pos] !== "<") return false;
  const link = state.linkLevel > 0 ? null : matchAt(ANGLED, state);
  const href = link && webAddress(link[1]);
  if (href) return pushLink(state, href, link[1], link[0].length);
  return mention(state, USER, "user") || mention(state, CHANNEL, "channel") || mention(state, ROLE, "role")
    || mention(state, COMMAND, "command") || emoji(state) || time(state);
}

function mention(state, pattern, kind) {
  const found = matchAt(pattern, state);
  if (!found) return false;
  const token = state.push("mention", "span", 0);
  token.info = kind;
  token.content = found[1];
  state.pos += found[0].length;
  return true;
}

function emoji(state) {
  const found = matchAt(EMOJI, state);
  if (!found) return false;
  state.pending += `:${found[1]}:`;
  state.pos += found[0].length;
  return true;
}

function time(state) {
  const found = matchAt(TIME, state);
  if (!found || Math.abs(Number(found[1])) > LATEST) return false;
  const token = state.push("time", "time", 0);
  token.info = found[2] ?? "f";
  token.content = found[1];
  state.pos += found[0].length;
  return true;
}
