/** A select's options in a popup: one is chosen at once, several are ticked and sent when the popup closes. */

import { html, nothing, render } from "./vendor/lit-html.js";
import { icons } from "./icons.js";
import { openPopup } from "./popups.js";

/**
 * Opens a select's options.
 * @param {Element} anchor  the select's button
 * @param {object} select  Discord's component
 * @param {(values: string[]) => void} choose  called once, unless nothing was chosen anew
 */
export function openSelect(anchor, select, choose) {
  const least = select.min_values ?? 1;
  const most = select.max_values ?? 1;
  const before = select.options.filter((option) => option.default).map((option) => option.value);
  const picked = new Set(before);
  const popup = document.createElement("div");
  popup.className = "select-popup";

  const pick = (value) => {
    if (most === 1) {
      picked.clear();
      picked.add(value);
      close();
      return;
    }
    if (!picked.delete(value) && picked.size < most) picked.add(value);
    draw();
  };
  const draw = () => render(optionsTemplate(select, picked, { least, most, pick }), popup);
  const closed = () => {
    anchor.ariaExpanded = "false";
    const values = select.options.map((option) => option.value).filter((value) => picked.has(value));
    const isNew = most === 1 ? picked.size > 0 && wasPicked : values.join() !== before.join();
    if (isNew && values.length >= least && values.length <= most) choose(values);
  };

  let wasPicked = false;
  popup.addEventListener("click", () => (wasPicked = true), { capture: true });
  draw();
  popup.addEventListener("keydown", (event) => move(event, popup, close));
  anchor.ariaExpanded = "true";
  const first = () => popup.querySelector("[aria-selected=true]") ?? popup.querySelector("[role=option]");
  const close = openPopup(popup, { anchor, isAsWide: true, focus: first, closed });
}

function optionsTemplate(select, picked, { least, most, pick }) {
  const isMany = most > 1;
  return html`<div role="listbox" class="scrolls" aria-multiselectable=${isMany} aria-label=${select.placeholder ?? "Options"}>
      ${select.options.map((option) => optionTemplate(option, picked.has(option.value), pick))}
    </div>
    ${isMany ? html`<p class="select-hint">${hint(least, most, picked.size)}</p>` : nothing}`;
}

function optionTemplate(option, isPicked, pick) {
  const keys = (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.currentTarget.click();
  };
  return html`<div
    role="option"
    class="option"
    tabindex="0"
    aria-selected=${isPicked}
    @click=${() => pick(option.value)}
    @keydown=${keys}
  >
    ${option.emoji?.name ? html`<span class="option-emoji" aria-hidden="true">${option.emoji.name}</span>` : nothing}
    <span class="option-words">
      <span class="option-label">${option.label}</span>
      ${option.description ? html`<span class="option-description">${option.description}</span>` : nothing}
    </span>
    ${isPicked ? icons.check : nothing}
  </div>`;
}

const hint = (least, most, now) =>
  now < least ? `Choose at least ${least}, at most ${most}.` : `${now} of ${most} chosen. Escape sends them.`;

function move(event, popup, close) {
  const options = [...popup.querySelectorAll("[role=option]")];
  const at = options.indexOf(document.activeElement);
  const to = {
    ArrowDown: options[Math.min(at + 1, options.length - 1)],
    ArrowUp: options[Math.max(at - 1, 0)],
    Home: options[0],
    End: options.at(-1),
  }[event.key];
  if (event.key === "Tab") {
    event.preventDefault();
    close();
  } else if (to !== undefined) {
    event.preventDefault();
    to.focus();
  } else if (event.key.length === 1 && event.key !== " ") {
    const rest = [...options.slice(at + 1), ...options.slice(0, at + 1)];
    rest.find((option) => option.textContent.trim().toLowerCase().startsWith(event.key.toLowerCase()))?.focus();
  }
}
