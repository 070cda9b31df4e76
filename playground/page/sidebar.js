/** The left side of a pane: direct messages with the bot, and the servers with their channels, with marks on what is unread. */

import { html, nothing } from "./vendor/lit-html.js";
import { hueClass, initial } from "./format.js";
import { icons } from "./icons.js";

/**
 * The channels that a person sees.
 * @param {object} state  the store's
 * @param {{person: string, channel: string, choose: (channel: string) => void}} pane
 */
export function sidebarTemplate(state, pane) {
  const views = Object.values(state.views[pane.person] ?? {});
  const direct = views.filter((view) => view.kind === "dm");
  return html`<nav class="sidebar scrolls" aria-label="${state.users[pane.person]?.name}'s channels">
    <h3 class="sidebar-title" id="${pane.id}-direct">Direct messages</h3>
    <ul aria-labelledby="${pane.id}-direct">
      ${direct.map((view) => channelTemplate(view, pane, directTemplate(state)))}
    </ul>
    ${state.guilds.map((guild) => guildTemplate(guild, views, pane))}
  </nav>`;
}

function guildTemplate(guild, views, pane) {
  const inside = views.filter((view) => view.guild === guild.id);
  if (inside.length === 0) return nothing;
  return html`<h3 class="sidebar-title" id="${pane.id}-${guild.id}">${guild.name}</h3>
    <ul aria-labelledby="${pane.id}-${guild.id}">
      ${inside.map((view) => channelTemplate(view, pane, html`${icons.hash}<span class="channel-name">${view.name}</span>`))}
    </ul>`;
}

function directTemplate({ application, bot }) {
  return html`<span class="avatar ${hueClass(application)}" aria-hidden="true">${initial(application.name)}</span>
    <span class="channel-name">${application.name}</span>
    <span class="presence ${bot.connected ? "online" : ""}"></span>
    <span class="visually-hidden">${bot.connected ? "online" : "offline"}</span>`;
}

function channelTemplate(view, pane, label) {
  const isShown = view.id === pane.channel;
  const isUnread = view.unread > 0 && !isShown;
  return html`<li>
    <button
      type="button"
      class="channel ${isUnread ? "unread" : ""}"
      data-channel=${view.id}
      aria-current=${isShown ? "page" : nothing}
      @click=${() => pane.choose(view.id)}
    >
      ${label}
      ${isUnread ? html`<span class="count">${view.unread}<span class="visually-hidden"> unread</span></span>` : nothing}
    </button>
  </li>`;
}
