/**
 * The components of a message as Discord draws them: rows of buttons, selects, and Components V2's containers, sections, text
 * and separators. A kind that the playground doesn't have is named, never left out.
 */

import { html, nothing } from "./vendor/lit-html.js";
import { icons } from "./icons.js";
import { openSelect } from "./select.js";

const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link" };

/**
 * What components need of the row in which they stand.
 * @typedef {object} ComponentFrame
 * @property {(slot: string, text: string) => Node} text  text as Markdown, kept under a name
 * @property {string | null} busy  the custom_id of what was used and is not answered yet
 * @property {Set<number>} revealed  the ids of spoilers that were opened
 * @property {() => void} redraw
 * @property {(customId: string) => void} press
 * @property {(customId: string, values: string[]) => void} choose
 */

/**
 * Components, in reading order.
 * @param {object[]} components  Discord's
 * @param {ComponentFrame} frame
 */
export const componentsTemplate = (components, frame) => components.map((component) => one(component, frame));

const KINDS = { 1: row, 2: button, 3: select, 9: section, 10: text, 14: separator, 17: container };

function one(component, frame) {
  const draw = KINDS[component.type];
  return draw ? draw(component, frame) : html`<p class="not-built">${notBuilt(component.type)}</p>`;
}

/** What stands for a component that isn't built. */
export const notBuilt = (type) => `[Component type ${type} isn't built in this playground]`;

function row(component, frame) {
  return html`<div class="component-row">${componentsTemplate(component.components, frame)}</div>`;
}

function button(component, frame) {
  const emoji = component.emoji?.name;
  const label = html`${emoji ? html`<span class="component-emoji">${emoji}</span>` : nothing}
    ${component.label ? html`<span>${component.label}</span>` : nothing}`;
  if (component.style === 5) return link(component, label);
  const isBusy = frame.busy === component.custom_id;
  return html`<button
    type="button"
    class="component-button ${STYLES[component.style] ?? "secondary"} ${isBusy ? "busy" : ""}"
    data-key=${component.custom_id}
    ?disabled=${component.disabled}
    aria-disabled=${frame.busy !== null}
    aria-busy=${isBusy}
    @click=${() => frame.busy === null && frame.press(component.custom_id)}
  >
    <span class="component-label">${label}</span>${isBusy ? dots : nothing}
  </button>`;
}

const dots = html`<span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>`;

function link(component, label) {
  if (!/^https?:\/\//i.test(component.url ?? "")) return html`<span class="component-button link">${label}</span>`;
  return html`<a class="component-button link" href=${component.url} target="_blank" rel="noopener noreferrer">
    <span class="component-label">${label}</span>${icons.external}
  </a>`;
}

function select(component, frame) {
  const isBusy = frame.busy === component.custom_id;
  const chosen = component.options.filter((option) => option.default).map((option) => option.label);
  const name = component.placeholder ?? "Make a selection";
  const open = ({ currentTarget }) =>
    frame.busy === null && openSelect(currentTarget, component, (values) => frame.choose(component.custom_id, values));
  return html`<button
    type="button"
    class="component-select ${chosen.length ? "" : "empty"} ${isBusy ? "busy" : ""}"
    data-key=${component.custom_id}
    aria-haspopup="listbox"
    aria-expanded="false"
    aria-label=${chosen.length ? `${name}: ${chosen.join(", ")}` : name}
    ?disabled=${component.disabled}
    aria-busy=${isBusy}
    @click=${open}
  >
    <span class="component-label">${chosen.length ? chosen.join(", ") : name}</span>${isBusy ? dots : icons.chevron}
  </button>`;
}

function section(component, frame) {
  return html`<div class="component-section">
    <div class="component-words">${componentsTemplate(component.components, frame)}</div>
    ${one(component.accessory, frame)}
  </div>`;
}

function text(component, frame) {
  return html`<div class="component-text markdown">${frame.text(`component-${component.id}`, component.content)}</div>`;
}

function separator(component) {
  return html`<div
    class="component-separator ${component.spacing === 2 ? "wide" : ""} ${component.divider === false ? "" : "divider"}"
    role=${component.divider === false ? "presentation" : "separator"}
  ></div>`;
}

function container(component, frame) {
  const isCovered = component.spoiler && !frame.revealed.has(component.id);
  const reveal = () => {
    frame.revealed.add(component.id);
    frame.redraw();
  };
  const accent = Number.isInteger(component.accent_color) ? `#${component.accent_color.toString(16).padStart(6, "0")}` : "";
  // Setting `style` as a property goes through the object model, which the page's policy allows where it forbids the attribute.
  return html`<div class="component-container ${accent ? "accented" : ""}" .style=${accent ? `--accent-color: ${accent}` : ""}>
    <div class="component-inside ${isCovered ? "covered" : ""}" ?inert=${isCovered}>
      ${componentsTemplate(component.components, frame)}
    </div>
    ${isCovered ? html`<button type="button" class="component-cover" @click=${reveal}>Spoiler: show it</button>` : nothing}
  </div>`;
}
