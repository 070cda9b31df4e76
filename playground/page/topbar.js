/** The bar on top: how the bot is and what is done to it, what answers, more people, the layout, the drawer. */

import { html, nothing, render } from "./vendor/lit-html.js";
import { icons } from "./icons.js";
import { openMenu } from "./menu.js";

const WORDS = { running: "running", starting: "starting…", stopping: "stopping…", stopped: "stopped" };

/**
 * What the bar does.
 * @typedef {object} TopbarHost
 * @property {(what: "kill" | "start" | "restart" | "stop") => void} bot
 * @property {() => void} addPerson
 * @property {() => string} layout
 * @property {() => void} toggleLayout
 * @property {() => boolean} isGuideShown
 * @property {() => void} showGuide
 * @property {() => boolean} isDrawerOpen
 * @property {() => void} toggleDrawer
 */

/**
 * Draws the bar.
 * @param {HTMLElement} root
 * @param {object} state  the store's
 * @param {TopbarHost} host
 */
export function renderTopbar(root, state, host) {
  const isPhone = host.layout() === "phone";
  render(
    html`<div class="brand">
        <img src="/page/icon.svg" alt="" width="26" height="26" />
        <h1>Cubby <span>playground</span></h1>
      </div>
      ${state.ready ? botTemplate(state, host) : nothing}
      ${state.answering ? html`<p class="answering" title=${state.answering}>${state.answering}</p>` : nothing}
      <div class="topbar-tools">
        ${host.isGuideShown() ? nothing : tool({ label: "First minute", icon: icons.guide, words: true, run: host.showGuide })}
        ${tool({ label: "Add person", icon: icons.person, words: true, run: host.addPerson })}
        <span class="wide-only">
          ${tool({ label: "Phone layout", icon: icons.phone, pressed: isPhone, run: host.toggleLayout })}
        </span>
        ${tool({ label: "Behind the scenes", icon: icons.drawer, words: true, pressed: host.isDrawerOpen(), run: host.toggleDrawer })}
      </div>`,
    root,
  );
}

function tool({ label, icon, words = false, pressed, run }) {
  return html`<button
    type="button"
    class="${words ? "tool" : "icon-button"}"
    aria-label=${label}
    title=${label}
    aria-pressed=${pressed ?? nothing}
    @click=${run}
  >
    ${icon}${words ? html`<span class="tool-words">${label}</span>` : nothing}
  </button>`;
}

function botTemplate({ bot, application, link }, host) {
  const isLost = link !== "open";
  const name = application?.name ?? "The bot";
  const open = ({ currentTarget }) => openMenu({ anchor: currentTarget, label: name, items: botItems(bot, host) });
  const isOffline = bot.state === "running" && !bot.connected;
  return html`<div class="bot">
    <button type="button" class="bot-pill ${isLost ? "stopped" : bot.state}" ?disabled=${isLost} aria-haspopup="menu" aria-expanded="false" title=${bot.words} @click=${open}>
      <span class="bot-light" aria-hidden="true"></span>
      <span>${name} is ${isLost ? "out of reach" : isOffline ? "connecting…" : WORDS[bot.state]}</span>${icons.chevron}
    </button>
    ${bot.state === "stopped" && !isLost
      ? html`<button type="button" class="button primary" @click=${() => host.bot("start")}>Start</button>`
      : nothing}
  </div>`;
}

function botItems(bot, host) {
  if (bot.state === "stopped") return [{ label: "Start", run: () => host.bot("start") }];
  return [
    { label: "Restart", run: () => host.bot("restart") },
    { label: "Stop", run: () => host.bot("stop") },
    { label: "Kill now", danger: true, divided: true, run: () => host.bot("kill") },
  ];
}
