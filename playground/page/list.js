/**
 * The messages of one channel in a pane: a row for each, kept by id, of which only those that changed are drawn anew.
 *
 * Only the end of a channel has rows at first; nearing the top adds what is known above it, then what the server has. The list
 * stays at the end while it is there, and keeps its place otherwise. Rows out of sight cost nothing (`content-visibility`).
 */

import { html, nothing, render } from "./vendor/lit-html.js";
import { keepFocus, listenToList } from "./list_input.js";
import { messageTemplate } from "./message.js";

const ROWS = 60;
const NEAR_END = 48;
/** Milliseconds that drawing may take of one frame; what is left waits for the next. */
const BUDGET = 8;
const MOST_PAGES_TO_JUMP = 40;

export class MessageList {
  #scroller;
  #list = document.createElement("ol");
  #top = document.createElement("div");
  #rows = new Map();
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
    this.#list.className = "messages";
    this.#list.role = "list";
    this.#top.className = "list-top";
    scroller.append(this.#top, this.#list);
    scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    listenToList(scroller, this.#list, host.menu);
    new ResizeObserver(() => this.#isAtEnd && this.toEnd()).observe(this.#list);
    new ResizeObserver(() => this.#isAtEnd && this.toEnd()).observe(scroller);
    this.#watcher = new IntersectionObserver(([entry]) => entry.isIntersecting && this.#extend(), {
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
    this.#list.replaceChildren();
    this.#prepend(ROWS);
    this.toEnd();
    this.#watchTop();
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

  /** Draws every row anew: a name or the commands changed. */
  refresh() {
    for (const row of this.#rows.values()) row.texts.clear();
    this.update(this.#rows.keys());
  }

  /** Goes to the end. */
  toEnd() {
    this.#isAtEnd = true;
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#lastTop = this.#scroller.scrollTop;
    this.#host.moved(true);
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
    (this.#list.lastElementChild ?? this.#scroller).focus();
  }

  #newRow(message) {
    const element = document.createElement("li");
    element.className = "row";
    element.tabIndex = -1;
    element.dataset.id = message.id;
    const row = { element, texts: new Map(), revealed: new Set() };
    this.#rows.set(message.id, row);
    return row;
  }

  #insert(at) {
    const first = this.#list.firstElementChild?.dataset.id;
    if (first !== undefined && at < this.#messages.findLastIndex(({ id }) => id === first)) return; // not shown yet
    const row = this.#newRow(this.#messages[at]);
    const next = this.#messages.slice(at + 1).find(({ id }) => this.#rows.has(id));
    this.#list.insertBefore(row.element, next ? this.#rows.get(next.id).element : null);
    this.#render(at);
    if (next) this.#dirty.add(next.id);
  }

  #remove(id) {
    const row = this.#rows.get(id);
    if (row === undefined) return;
    const next = row.element.nextElementSibling ?? row.element.previousElementSibling;
    const hadFocus = row.element.contains(document.activeElement);
    this.#rows.delete(id);
    this.#dirty.delete(id);
    row.element.remove();
    if (next) this.#dirty.add(next.dataset.id);
    if (hadFocus) (next ?? this.#scroller).focus({ preventScroll: true });
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
    if (this.#rows.size >= messages.length) {
      if (!this.#host.hasMore()) return false;
      try {
        await this.#host.older(messages.find((message) => !message.notice)?.id);
      } catch {
        return false; // the connection was lost; a snapshot will show the channel anew
      }
      if (this.#messages !== messages) return false;
    }
    this.#keepPlace(() => this.#prepend(ROWS));
    this.#watchTop();
    return true;
  }

  #prepend(count) {
    const shown = this.#rows.size;
    const end = this.#messages.length - shown;
    const fragment = document.createDocumentFragment();
    for (let at = Math.max(0, end - count); at < end; at += 1) {
      fragment.append(this.#newRow(this.#messages[at]).element);
      this.#render(at);
    }
    const first = this.#messages[end];
    this.#list.prepend(fragment);
    if (first) this.#render(end);
    this.#drawTop();
  }

  #drawTop() {
    const isWhole = this.#rows.size >= this.#messages.length && !this.#host.hasMore();
    render(isWhole ? this.#host.intro() : html`<p class="loading-older">Loading older messages…</p>`, this.#top);
    if (this.#messages.length === 0 && !isWhole) render(nothing, this.#top);
  }

  #keepPlace(change) {
    const edge = this.#scroller.getBoundingClientRect().top;
    const anchor = [...this.#list.children].find((row) => row.getBoundingClientRect().bottom > edge);
    const before = anchor?.getBoundingClientRect().top;
    change();
    if (anchor && !this.#isAtEnd) this.#scroller.scrollTop += anchor.getBoundingClientRect().top - before;
  }

  #watchTop() {
    this.#watcher.disconnect();
    this.#watcher.observe(this.#top);
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
