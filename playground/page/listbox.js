/**
 * The list that opens above a text field while one types: commands, members, choices, completions. The focus stays in the field;
 * arrows move through the list, and what is marked there is told to screen readers as the field's active descendant.
 */

import { html, nothing, render } from "./vendor/lit-html.js";

/**
 * @typedef {object} ListItem
 * @property {string} title
 * @property {string} [detail]
 * @property {unknown} [mark]  what stands before the title
 * @property {() => void} choose
 */

export class Listbox {
  #root;
  #id;
  #field = null;
  #items = [];
  #active = -1;
  #wasMoved = false;

  /** @param {HTMLElement} root  an element of the list's own @param {string} id  unlike any other's */
  constructor(root, id) {
    this.#root = root;
    this.#id = id;
    root.className = "listbox";
    root.hidden = true;
    // A press in the list must not take the focus from the field.
    root.addEventListener("pointerdown", (event) => event.preventDefault());
    root.addEventListener("mousedown", (event) => event.preventDefault());
  }

  get isOpen() {
    return !this.#root.hidden;
  }

  /** The item that is marked, if one is. */
  get active() {
    return this.isOpen ? this.#items[this.#active] : undefined;
  }

  /** Whether the person moved through the list since it opened. */
  get wasMoved() {
    return this.#wasMoved;
  }

  /**
   * Opens the list for a field, or shows it with other items.
   * @param {HTMLElement} field  the text field
   * @param {ListItem[]} items
   * @param {{label: string, mark?: boolean, empty?: string}} how  `mark`: whether the first is marked at once; `empty`: what to
   *   say where there is none
   */
  show(field, items, { label, mark = true, empty }) {
    if (items.length === 0 && empty === undefined) {
      this.hide();
      return;
    }
    const active = this.#wasMoved && this.isOpen ? this.#active : mark ? 0 : -1;
    this.#field = field;
    this.#items = items;
    this.#active = Math.min(active, items.length - 1);
    this.#root.hidden = false;
    this.#draw(label, empty);
  }

  /** Closes the list. */
  hide() {
    if (!this.isOpen) return;
    this.#root.hidden = true;
    this.#wasMoved = false;
    this.#items = [];
    render(nothing, this.#root);
    this.#tellField();
  }

  /** Takes a key for the list; tells whether it was one. */
  take(event) {
    if (!this.isOpen || event.isComposing) return false;
    const count = this.#items.length;
    if (event.key === "Escape") this.hide();
    else if (event.key === "ArrowDown" && count) this.#move((this.#active + 1) % count);
    else if (event.key === "ArrowUp" && count) this.#move(this.#active <= 0 ? count - 1 : this.#active - 1);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  #move(to) {
    this.#active = to;
    this.#wasMoved = true;
    this.#draw(this.#root.querySelector("[role=listbox]").ariaLabel);
    this.#root.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }

  #draw(label, empty) {
    const list = html`<div role="listbox" id=${this.#id} class="scrolls" tabindex="0" aria-label=${label}>
      ${this.#items.map((item, index) => this.#itemTemplate(item, index))}
    </div>`;
    render(html`<p class="listbox-title" aria-hidden="true">${label}</p>
      ${this.#items.length ? list : html`<p class="listbox-empty">${empty}</p>`}`, this.#root);
    this.#tellField();
  }

  #itemTemplate(item, index) {
    return html`<div
      role="option"
      id="${this.#id}-${index}"
      class="option"
      aria-selected=${index === this.#active}
      @click=${item.choose}
    >
      ${item.mark ?? nothing}
      <span class="option-words">
        <span class="option-label">${item.title}</span>
        ${item.detail ? html`<span class="option-description">${item.detail}</span>` : nothing}
      </span>
    </div>`;
  }

  #tellField() {
    const field = this.#field;
    if (field === null) return;
    if (field.role === "combobox") field.ariaExpanded = String(this.isOpen && this.#items.length > 0);
    if (this.active) field.setAttribute("aria-activedescendant", `${this.#id}-${this.#active}`);
    else field.removeAttribute("aria-activedescendant");
    if (this.isOpen && this.#items.length) field.setAttribute("aria-controls", this.#id);
    else field.removeAttribute("aria-controls");
  }
}
