/**
 * The drawer behind the scenes: what the bot does and how it stands, for the curious, and the switches that make things go
 * wrong. Its tabs are modules of their own; this one opens, closes, and draws the tab that is shown, once a frame at most.
 */

import { html, nothing, render } from "./vendor/lit-html.js";
import { budgetTab } from "./drawer_budget.js";
import { callsTab } from "./drawer_calls.js";
import { logTab, refusedTab } from "./drawer_log.js";
import { switchesTab } from "./drawer_switches.js";
import { turnsTab } from "./drawer_turns.js";
import { icons } from "./icons.js";

/**
 * One tab.
 * @typedef {object} Tab
 * @property {string} id
 * @property {string} label
 * @property {string[]} topics  what of the state it shows, by the store's names
 * @property {(state: object) => unknown} template
 * @property {(state: object) => number} [count]  what its badge says, if not 0
 * @property {(panel: HTMLElement) => void} [drawn]  called after each drawing
 */

/**
 * Makes the drawer in `root`, closed. It sends an event `toggle` from `root` whenever it was opened or closed.
 * @param {HTMLElement} root
 * @param {import("./store.js").Store} store
 * @param {import("./connection.js").Connection} connection
 */
export function createDrawer(root, store, connection) {
  let isOpen = false;
  let frame = 0;
  let cameFrom = null;

  const redraw = () => {
    if (isOpen && frame === 0) frame = requestAnimationFrame(draw);
  };
  const host = { ask: connection.ask, redraw };
  const tabs = [switchesTab, callsTab, turnsTab, budgetTab, logTab, refusedTab].map((make) => make(host));
  let shown = tabs[0];

  const draw = () => {
    frame = 0;
    if (!isOpen) return;
    render(drawerTemplate(tabs, shown, store.state, { choose, close, keyed }), root);
    shown.drawn?.(root.querySelector(".drawer-panel"));
  };

  const choose = (tab) => {
    shown = tab;
    draw();
    root.querySelector(".drawer-panel").scrollTop = 0;
    root.querySelector(`#drawer-tab-${tab.id}`).focus();
  };

  const keyed = (event) => {
    const to = nextTab(tabs, shown, event.key);
    if (to === undefined) return;
    event.preventDefault();
    choose(to);
  };

  const open = () => {
    if (isOpen) return;
    isOpen = true;
    cameFrom = document.activeElement;
    root.hidden = false;
    draw();
    root.querySelector(`#drawer-tab-${shown.id}`).focus();
    root.dispatchEvent(new Event("toggle"));
  };

  const close = () => {
    if (!isOpen) return;
    const hadFocus = root.contains(document.activeElement);
    isOpen = false;
    root.hidden = true;
    if (hadFocus && cameFrom?.isConnected) cameFrom.focus();
    root.dispatchEvent(new Event("toggle"));
  };

  root.addEventListener("keydown", (event) => {
    const isClearing = event.target.type === "search" && event.target.value !== "";
    if (event.key !== "Escape" || event.defaultPrevented || isClearing) return;
    event.preventDefault();
    close();
  });
  store.subscribe(({ topics }) => {
    const wanted = ["snapshot", "link", ...shown.topics, ...tabs.filter((tab) => tab.count).flatMap((tab) => tab.topics)];
    if (wanted.some((topic) => topics.has(topic))) redraw();
  });
  root.hidden = true;

  return { element: root, open, close, toggle: () => (isOpen ? close() : open()), isOpen: () => isOpen };
}

function nextTab(tabs, shown, key) {
  const at = tabs.indexOf(shown);
  return {
    ArrowRight: tabs[(at + 1) % tabs.length],
    ArrowLeft: tabs.at(at - 1),
    Home: tabs[0],
    End: tabs.at(-1),
  }[key];
}

function drawerTemplate(tabs, shown, state, { choose, close, keyed }) {
  return html`<div class="drawer">
    <header class="drawer-header">
      <h2>Behind the scenes</h2>
      <button type="button" class="icon-button" aria-label="Close" title="Close" @click=${close}>${icons.close}</button>
    </header>
    <div class="drawer-tabs" role="tablist" aria-label="Behind the scenes" @keydown=${keyed}>
      ${tabs.map((tab) => tabTemplate(tab, tab === shown, state, choose))}
    </div>
    <div
      class="drawer-panel scrolls"
      role="tabpanel"
      id="drawer-panel"
      tabindex="0"
      aria-labelledby="drawer-tab-${shown.id}"
    >
      ${shown.template(state)}
    </div>
  </div>`;
}

function tabTemplate(tab, isShown, state, choose) {
  const count = tab.count?.(state) ?? 0;
  return html`<button
    type="button"
    role="tab"
    class="drawer-tab"
    id="drawer-tab-${tab.id}"
    aria-selected=${isShown ? "true" : "false"}
    aria-controls="drawer-panel"
    tabindex=${isShown ? "0" : "-1"}
    @click=${() => choose(tab)}
  >
    ${tab.label}${count > 0 ? html` <span class="badge">${count}</span>` : nothing}
  </button>`;
}
