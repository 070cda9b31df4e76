/** The right side of a pane: who is in the channel. */

import { html, nothing } from "./vendor/lit-html.js";
import { hueClass, initial } from "./format.js";

/** Who is in a channel: a server's members and the bot, or the two of a direct message. */
export function membersOf(state, person, view) {
  const guild = state.guilds.find(({ id }) => id === view.guild);
  const ids = guild ? guild.members : [person];
  const users = ids.map((id) => state.users[id]).filter(Boolean);
  const bot = state.application;
  return bot === null || users.some(({ id }) => id === bot.id) ? users : [...users, bot];
}

/**
 * The members of a channel, people first.
 * @param {object} state  the store's
 * @param {object[]} members
 */
export function membersTemplate(state, members) {
  const people = members.filter((user) => !user.bot);
  const bots = members.filter((user) => user.bot);
  return html`${groupTemplate("People", people, () => true)} ${groupTemplate("Apps", bots, () => state.bot.connected)}`;
}

function groupTemplate(title, users, isOnline) {
  if (users.length === 0) return nothing;
  return html`<h3 class="sidebar-title">${title} · ${users.length}</h3>
    <ul>
      ${users.map((user) => memberTemplate(user, isOnline(user)))}
    </ul>`;
}

function memberTemplate(user, isOnline) {
  return html`<li class="member ${isOnline ? "" : "offline"}">
    <span class="avatar ${hueClass(user)}" aria-hidden="true">${initial(user.name)}</span>
    <span class="channel-name">${user.name}</span>
    ${user.bot ? html`<span class="badge">App</span>` : nothing}
    <span class="presence ${isOnline ? "online" : ""}"></span>
    <span class="visually-hidden">${isOnline ? "online" : "offline"}</span>
  </li>`;
}
