/** Menus: opened by a button, a right click or a long press; arrows, Home, End and first letters move, Escape leaves. */

import { html, nothing, render } from "./vendor/lit-html.js";
import { icons } from "./icons.js";
import { openPopup } from "./popups.js";

/**
 * @typedef {object} MenuItem
 * @property {string} label
 * @property {() => void} run
 * @property {boolean} [danger]
 * @property {boolean} [checked]  for one of several, of which one holds
 * @property {boolean} [divided]  whether a line goes before it
 */

/**
 * Opens a menu beside `anchor`, or at a point.
 * @param {{anchor: Element, at?: {x: number, y: number}, label: string, items: MenuItem[]}} menu
 */
export function openMenu({ anchor, at, label, items }) {
  const popup = document.createElement("div");
  popup.className = "menu";
  popup.role = "menu";
  popup.ariaLabel = label;
  const chosen = (item) => {
    close();
    item.run();
  };
  render(items.map((item) => itemTemplate(item, chosen)), popup);
  popup.addEventListener("keydown", (event) => move(event, popup, close));
  anchor.ariaExpanded &&= "true";
  const closed = () => anchor.ariaExpanded && (anchor.ariaExpanded = "false");
  const close = openPopup(popup, { anchor, at, focus: () => popup.querySelector("button"), closed });
}

function itemTemplate(item, chosen) {
  const isOne = item.checked !== undefined;
  return html`${item.divided ? html`<div class="menu-line" role="separator"></div>` : nothing}
    <button
      type="button"
      class="menu-item ${item.danger ? "danger" : ""}"
      role=${isOne ? "menuitemradio" : "menuitem"}
      aria-checked=${isOne ? item.checked : nothing}
      tabindex="-1"
      @click=${() => chosen(item)}
    >
      <span>${item.label}</span>${item.checked ? icons.check : nothing}
    </button>`;
}

function move(event, popup, close) {
  const items = [...popup.querySelectorAll("button")];
  const at = items.indexOf(document.activeElement);
  const to = {
    ArrowDown: () => items[(at + 1) % items.length],
    ArrowUp: () => items[(at - 1 + items.length) % items.length],
    Home: () => items[0],
    End: () => items.at(-1),
  }[event.key];
  if (event.key === "Tab") {
    event.preventDefault();
    close();
  } else if (to !== undefined) {
    event.preventDefault();
    to().focus();
  } else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey) {
    const rest = [...items.slice(at + 1), ...items.slice(0, at + 1)];
    rest.find((item) => item.textContent.trim().toLowerCase().startsWith(event.key.toLowerCase()))?.focus();
  }
}
