/** The lists that open over a message box while one types: commands after a slash, people after an at sign. */

import { html } from "./vendor/lit-html.js";
import { fitting } from "./commands.js";
import { hueClass, initial } from "./format.js";
import { mentionAt, mentioned } from "./mentions.js";

/**
 * Opens the list that fits what is typed, or closes it.
 * @param {HTMLTextAreaElement} field
 * @param {import("./listbox.js").Listbox} listbox
 * @param {object} what
 * @param {import("./commands.js").Offer[]} what.offers
 * @param {object[]} what.members
 * @param {object | null} what.bot
 * @param {(offer: import("./commands.js").Offer) => void} what.enter
 * @param {(start: number, name: string) => void} what.mention
 */
export function suggest(field, listbox, what) {
  const slash = /^\/([^\n]*)$/.exec(field.value);
  const mention = mentionAt(field.value, field.selectionStart);
  if (slash) listbox.show(field, commandItems(slash[1], what), { label: "Commands" });
  else if (mention) listbox.show(field, memberItems(mention, what), { label: "Members" });
  else listbox.hide();
}

const commandItems = (typed, { offers, bot, enter }) =>
  fitting(offers, typed).map((offer) => ({
    title: `/${offer.name}`,
    detail: offer.description,
    mark: avatar(bot),
    choose: () => enter(offer),
  }));

const memberItems = ({ start, query }, { members, mention }) =>
  mentioned(members, query).map((user) => ({
    title: user.name,
    detail: user.bot ? "App" : "",
    mark: avatar(user),
    choose: () => mention(start, user.name),
  }));

const avatar = (user) =>
  html`<span class="avatar ${hueClass(user)}" aria-hidden="true">${initial(user?.name ?? "")}</span>`;
