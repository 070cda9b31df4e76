/**
 * The messages of one channel in a pane: a row for each, kept by id, of which only those that changed are drawn anew.
 *
 * Only the end of a channel has rows at first; nearing the top adds what is known above it, then what the server has. The list
 * stays at the end while it is there, and keeps its place otherwise. The rows themselves are `message_rows.js`.
 */

import { html, nothing, render } from "./vendor/lit-html.js";
import { keepFocus, listenToList } from "./list_input.js";
import { messageTemplate } from "./message.js";
import { Rows } from "./message_rows.js";

const ROWS = 60;
const NEAR_END = 48;
/** Milliseconds that drawing may take of one frame; what is left waits for the next. */
const BUDGET = 8;
const MOST_PAGES_TO_JUMP = 40;

export class MessageList {
  #scroller;
  #top = document.createElement("div");
  #rows = new Rows();
  #dirty = new Set();
  #messages = [];
  #host;
  #isAtEnd = true;
  #lastTop = 0;
  #loading = null;
  #drawing = 0;
  #watcher;

  /**
   * @param {HTMLElement} scroller  what scrolls
   * @param {{frame: (message: object, row: object) => import("./message.js").MessageFrame, hasMore: () => boolean,
   *   older: (before: string) => Promise<void>, intro: () => unknown, moved: (isAtEnd: boolean) => void,
   *   menu: (id: string, anchor: Element, at?: {x: number, y: number}) => void}} host  the pane
   */
  constructor(scroller, host) {
    this.#scroller = scroller;
    this.#host = host;
    this.#top.className = "list-top";
    scroller.append(this.#top, this.#rows.element);
    scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    listenToList(scroller, () => this.#rows.last, host.menu);
    new ResizeObserver(() => this.#isAtEnd && this.toEnd()).observe(this.#rows.element);
    new ResizeObserver(() => this.#isAtEnd && this.toEnd()).observe(scroller);
    this.#watcher = new IntersectionObserver((seen) => seen.at(-1).isIntersecting && this.#extend(), {
      root: scroller,
      rootMargin: "900px 0px 0px 0px",
    });
  }

  /** Whether the end of the channel is in sight. */
  get isAtEnd() {
    return this.#isAtEnd;
  }

  /** Shows a channel from its end. */
  show(messages) {
    this.#messages = messages;
    this.#dirty.clear();
    this.#rows.clear();
    this.#prepend(ROWS);
    this.toEnd();
    this.watchTop();
  }

  /** Takes in that these messages came, changed or went. */
  update(ids) {
    for (const id of ids) {
      const at = this.#messages.findLastIndex((message) => message.id === id);
      if (at < 0) this.#remove(id);
      else if (!this.#rows.has(id)) this.#insert(at);
      else this.#dirty.add(id);
    }
    this.#draw();
  }

  /** Goes to the end. */
  toEnd() {
    this.#isAtEnd = true;
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#lastTop = this.#scroller.scrollTop;
    this.#host.moved(true);
  }

  /** Adds what is above once it comes near, from now on; what couldn't be fetched is tried again. */
  watchTop() {
    this.#watcher.disconnect();
    this.#watcher.observe(this.#top);
  }

  /** Goes to a message, fetching older ones as far as that takes. */
  async jump(id) {
    for (let page = 0; page < MOST_PAGES_TO_JUMP && !this.#rows.has(id); page += 1) {
      if (!(await this.#extend())) return;
    }
    const row = this.#rows.get(id);
    if (row === undefined) return;
    this.#isAtEnd = false;
    row.element.scrollIntoView({ block: "center" });
    row.element.classList.remove("flash");
    requestAnimationFrame(() => row.element.classList.add("flash"));
    row.element.focus({ preventScroll: true });
  }

  /** Gives the focus to the newest message. */
  focusLast() {
    (this.#rows.last ?? this.#scroller).focus();
  }

  /** Where in the channel the rows begin. Messages that came or went this very frame may have no row yet, or still one. */
  #firstShown() {
    for (const { dataset } of this.#rows.elements()) {
      const at = this.#messages.findIndex(({ id }) => id === dataset.id);
      if (at >= 0) return at;
    }
    return this.#messages.length;
  }

  #insert(at) {
    if (this.#rows.size > 0 && at < this.#firstShown()) {
      this.watchTop(); // it is added with the others above
      return;
    }
    const next = this.#messages.slice(at + 1).find(({ id }) => this.#rows.has(id));
    this.#rows.add(this.#messages[at].id, next?.id);
    this.#render(at);
    if (next) this.#dirty.add(next.id);
  }

  #remove(id) {
    const row = this.#rows.get(id);
    if (row === undefined) return;
    const hadFocus = row.element.contains(document.activeElement);
    const beside = this.#rows.remove(id);
    this.#dirty.delete(id);
    if (beside) this.#dirty.add(beside.dataset.id);
    if (hadFocus) (beside ?? this.#scroller).focus({ preventScroll: true });
  }

  #draw() {
    cancelAnimationFrame(this.#drawing);
    const until = performance.now() + BUDGET;
    for (const id of this.#dirty) {
      this.#dirty.delete(id);
      const at = this.#messages.findLastIndex((message) => message.id === id);
      if (at >= 0) this.#render(at);
      if (performance.now() > until) break;
    }
    if (this.#dirty.size > 0) this.#drawing = requestAnimationFrame(() => this.#draw());
    if (this.#isAtEnd) this.toEnd();
  }

  #render(at) {
    const message = this.#messages[at];
    const row = this.#rows.get(message.id);
    const focus = keepFocus(row.element);
    render(messageTemplate(message, this.#messages[at - 1], this.#host.frame(message, row)), row.element);
    focus();
  }

  /** Adds rows above; tells whether there were any. */
  #extend() {
    this.#loading ??= this.#addAbove().finally(() => (this.#loading = null));
    return this.#loading;
  }

  /** Adds rows from what is known, or else from the server. */
  async #addAbove() {
    const messages = this.#messages;
    if (this.#firstShown() === 0) {
      if (!this.#host.hasMore()) return false;
      try {
        await this.#host.older(messages.find((message) => !message.notice)?.id);
      } catch {
        return false; // the connection was lost; the pane looks again once it is back
      }
      if (this.#messages !== messages) return false;
    }
    this.#keepPlace(() => this.#prepend(ROWS));
    this.watchTop();
    return true;
  }

  #prepend(count) {
    const end = this.#firstShown();
    const start = Math.max(0, end - count);
    this.#rows.prepend(this.#messages.slice(start, end).map(({ id }) => id));
    for (let at = start; at < end; at += 1) this.#render(at);
    const below = this.#messages[end];
    if (below && this.#rows.has(below.id)) this.#render(end);
    this.#drawTop();
  }

  #drawTop() {
    const isWhole = this.#firstShown() === 0 && !this.#host.hasMore();
    render(isWhole ? this.#host.intro() : html`<p class="loading-older">Loading older messages…</p>`, this.#top);
    if (this.#messages.length === 0 && !isWhole) render(nothing, this.#top);
  }

  #keepPlace(change) {
    const edge = this.#scroller.getBoundingClientRect().top;
    const anchor = this.#rows.firstBelow(edge);
    const before = anchor?.getBoundingClientRect().top;
    change();
    if (anchor && !this.#isAtEnd) this.#scroller.scrollTop += anchor.getBoundingClientRect().top - before;
  }

  /** Only going up leaves the end: what grows below, or a box that takes room from the list, doesn't. */
  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    const isUp = scrollTop < this.#lastTop;
    this.#lastTop = scrollTop;
    const isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_END || (this.#isAtEnd && !isUp);
    if (isAtEnd === this.#isAtEnd) return;
    this.#isAtEnd = isAtEnd;
    this.#host.moved(isAtEnd);
  }
}
