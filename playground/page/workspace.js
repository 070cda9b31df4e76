/**
 * The panes beside each other: which people they show, in which layout, and, on a narrow screen, which one is in front.
 *
 * What was open is kept for this tab, so that a reload shows it again.
 */

import { html, nothing, render } from "./vendor/lit-html.js";
import { hueClass, initial, nameOf } from "./format.js";
import { Pane } from "./pane.js";

const KEY = "playground-layout";
const AT_FIRST = 2;

export class Workspace {
  /** "columns" or "phone". */
  layout = "columns";
  #root;
  #shared;
  #tabs = document.createElement("div");
  #row = document.createElement("div");
  #panes = [];
  #front = 0;
  #made = 0;
  #storage;
  #narrow;

  /**
   * @param {HTMLElement} root
   * @param {object} shared  what all panes have in common, beside this: store, connection, drafts
   * @param {{storage: Storage, narrow: MediaQueryList, changed: () => void}} page
   */
  constructor(root, shared, { storage, narrow, changed }) {
    this.#root = root;
    this.#shared = { ...shared, workspace: this };
    this.#storage = storage;
    this.#narrow = narrow;
    this.changed = changed;
    this.#tabs.className = "people-tabs";
    this.#row.className = "panes";
    narrow.addEventListener("change", () => this.#arrange());
  }

  /** Takes in what changed in the store. */
  update(change) {
    if (!this.#shared.store.state.ready) return;
    if (this.#panes.length === 0) this.#begin();
    else if (change.topics.has("snapshot")) this.#mend();
    for (const pane of this.#panes) pane.update(change);
    if (change.topics.has("snapshot") || change.topics.has("people") || this.#narrow.matches) this.#drawTabs();
  }

  /** Whether a pane can be closed: one always stays. */
  get canClose() {
    return this.#panes.length > 1;
  }

  /** The people whom no pane shows. */
  get hidden() {
    return this.#shared.store.state.people.filter(({ id }) => !this.#panes.some((pane) => pane.person === id));
  }

  /** Opens a pane for somebody, unless there is one, and puts the focus there. */
  openPerson(person) {
    const known = this.#panes.find((pane) => pane.person === person);
    const pane = known ?? this.#add({ person, channel: this.#firstChannel(person) });
    this.#bringToFront(pane);
    pane.focus();
    this.keep();
    return pane;
  }

  /** Lets a pane show somebody else, in the same channel where they see it. */
  showPerson(pane, person) {
    const isSeen = this.#views(person)[pane.channel] !== undefined;
    pane.open(person, isSeen ? pane.channel : this.#firstChannel(person));
    this.#drawTabs();
    pane.focus();
  }

  /** Closes a pane; the person stays. */
  close(pane) {
    if (!this.canClose) return;
    const at = this.#panes.indexOf(pane);
    this.#panes.splice(at, 1);
    pane.setVisible(false);
    pane.element.remove();
    this.#front = Math.min(this.#front, this.#panes.length - 1);
    this.#arrange();
    this.#panes[Math.max(0, at - 1)].focus();
    this.keep();
  }

  /** Puts a text into somebody's message box, in a channel of theirs or in their direct messages with the bot. */
  fill(person, text, { channel } = {}) {
    const pane = this.#panes.find((one) => one.person === person) ?? this.#panes[this.#front];
    this.#bringToFront(pane);
    pane.open(person, channel ?? this.#firstChannel(person));
    pane.fill(text);
  }

  /** Puts the focus into the message box in front. */
  focus() {
    this.#panes[this.#front]?.focus();
  }

  /** Sets the layout: side by side, or each pane as a phone. */
  setLayout(layout) {
    this.layout = layout;
    this.#arrange();
    this.keep();
  }

  /** Remembers what is open. */
  keep() {
    const panes = this.#panes.map(({ person, channel }) => ({ person, channel }));
    this.#storage.setItem(KEY, JSON.stringify({ layout: this.layout, panes }));
  }

  #views(person) {
    return this.#shared.store.state.views[person] ?? {};
  }

  #firstChannel(person) {
    const views = Object.values(this.#views(person));
    return (views.find((view) => view.kind === "dm") ?? views[0])?.id;
  }

  #begin() {
    const kept = this.#kept();
    const first = this.#shared.store.state.people.slice(0, AT_FIRST);
    this.layout = kept.layout;
    this.#root.replaceChildren(this.#tabs, this.#row);
    const panes = kept.panes.length ? kept.panes : first.map(({ id }) => ({ person: id, channel: this.#firstChannel(id) }));
    for (const pane of panes) this.#add(pane);
    this.#arrange();
  }

  #kept() {
    try {
      const { layout, panes } = JSON.parse(this.#storage.getItem(KEY));
      return {
        layout: layout === "phone" ? "phone" : "columns",
        panes: panes.filter(({ person, channel }) => this.#views(person)[channel] !== undefined),
      };
    } catch {
      return { layout: "columns", panes: [] }; // nothing was kept yet
    }
  }

  /** After another snapshot: people and channels may be gone. */
  #mend() {
    const [somebody] = this.#shared.store.state.people;
    for (const pane of this.#panes) {
      if (pane.view !== undefined) continue;
      const person = Object.keys(this.#views(pane.person)).length ? pane.person : somebody.id;
      pane.open(person, this.#firstChannel(person));
    }
  }

  #add(what) {
    const pane = new Pane({ id: `pane-${(this.#made += 1)}`, ...what }, this.#shared);
    this.#panes.push(pane);
    this.#row.append(pane.element);
    this.#arrange();
    return pane;
  }

  #bringToFront(pane) {
    this.#front = this.#panes.indexOf(pane);
    this.#arrange();
  }

  #arrange() {
    const isNarrow = this.#narrow.matches;
    this.#root.dataset.layout = isNarrow ? "single" : this.layout;
    this.#tabs.hidden = !isNarrow;
    this.#panes.forEach((pane, index) => {
      pane.setVisible(!isNarrow || index === this.#front);
      pane.element.role = isNarrow ? "tabpanel" : null;
      pane.render();
    });
    this.#drawTabs();
    this.changed();
  }

  #drawTabs() {
    if (!this.#narrow.matches) return;
    const tab = (pane, index) => this.#tabTemplate(pane, index === this.#front, index);
    render(html`<div role="tablist" aria-label="People" @keydown=${this.#tabKeyed}>${this.#panes.map(tab)}</div>`, this.#tabs);
  }

  #tabTemplate(pane, isFront, index) {
    const { users } = this.#shared.store.state;
    const unread = Object.values(this.#views(pane.person)).some((view) => view.unread > 0);
    return html`<button
      type="button"
      role="tab"
      class="people-tab"
      aria-selected=${isFront}
      aria-controls=${pane.id}
      tabindex=${isFront ? 0 : -1}
      @click=${() => this.#bringToFront(this.#panes[index])}
    >
      <span class="avatar ${hueClass(users[pane.person])}" aria-hidden="true">${initial(nameOf(users, pane.person))}</span>
      <span>${nameOf(users, pane.person)}</span>
      ${unread && !isFront ? html`<span class="unread-dot"><span class="visually-hidden">unread</span></span>` : nothing}
    </button>`;
  }

  #tabKeyed = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.#bringToFront(this.#panes[(this.#front + step + this.#panes.length) % this.#panes.length]);
    this.#tabs.querySelector("[aria-selected=true]").focus();
  };
}
