/**
 * One message as it stands in the list, as a template: who, when, to what it answers, its text, files and components.
 *
 * A message that carries on the one before it stands under that one's name. `list.js` draws the template into the message's row,
 * anew whenever the message changes; text that stayed the same keeps its nodes (`frame.text`).
 */

import { html, nothing } from "./vendor/lit-html.js";
import { attachmentsTemplate } from "./attachments.js";
import { componentsTemplate } from "./components.js";
import { clockTime, dayName, hueClass, initial, nameOf, wholeTime } from "./format.js";
import { icons } from "./icons.js";
import { beginsDay, continues } from "./messages.js";

/**
 * What a message needs of its row, beside what components need.
 * @typedef {import("./components.js").ComponentFrame & {
 *   state: object, self: string, token: string, failed: boolean, jump: (id: string) => void,
 *   dismiss: () => void, menu: (anchor: Element) => void
 * }} MessageFrame
 */

/**
 * A row's content.
 * @param {object} message
 * @param {object | undefined} previous  the message before it
 * @param {MessageFrame} frame
 */
export function messageTemplate(message, previous, frame) {
  const body = message.notice ? noticeTemplate(message, frame) : articleTemplate(message, previous, frame);
  if (!beginsDay(message, previous)) return body;
  return html`<div class="day" role="separator"><span>${dayName(message.created)}</span></div>
    ${body}`;
}

/** What a person reads of a message, for screen readers and previews. */
export function plainText(message) {
  if (message.notice) return "The application did not respond";
  return message.content || textOf(message.components) || message.attachments.map((file) => file.name).join(", ");
}

function textOf(components) {
  return components
    .flatMap((c) => [c.type === 10 ? c.content : "", textOf(c.components ?? [])])
    .filter(Boolean)
    .join("\n");
}

function articleTemplate(message, previous, frame) {
  const { state } = frame;
  const isLead = !continues(message, previous);
  const name = nameOf(state.users, message.author);
  const classes = `message ${isLead ? "lead" : "follow"} ${message.ephemeral ? "ephemeral" : ""}`;
  return html`<article class=${classes} aria-label="${name}, ${clockTime(message.created)}">
    ${contextTemplate(message, frame)}
    ${isLead ? leadTemplate(message, state.users[message.author], name) : followTemplate(message)}
    <div class="message-body">
      ${message.loading ? thinkingTemplate(name) : contentTemplate(message, frame)}
      ${frame.failed ? html`<p class="message-failed">${icons.warning} This interaction failed</p>` : nothing}
      ${message.ephemeral ? privateTemplate(frame) : nothing}
    </div>
    <div class="message-tools">
      <button
        type="button"
        class="icon-button message-more"
        data-key="more"
        tabindex="-1"
        aria-haspopup="menu"
        aria-expanded="false"
        aria-label="More for this message"
        title="More"
        @click=${({ currentTarget }) => frame.menu(currentTarget)}
      >
        ${icons.more}
      </button>
    </div>
  </article>`;
}

function leadTemplate(message, user, name) {
  return html`<span class="avatar ${hueClass(user)}" aria-hidden="true">${initial(name)}</span>
    <div class="message-head">
      <span class="message-author">${name}</span>
      ${user?.bot ? html`<span class="badge">App</span>` : nothing} ${timeTemplate(message)}
    </div>`;
}

const followTemplate = (message) => html`<span class="message-aside">${timeTemplate(message)}</span>`;

const timeTemplate = ({ created }) =>
  html`<time datetime=${new Date(created).toISOString()} title=${wholeTime(created)}>${clockTime(created)}</time>`;

function contextTemplate(message, { state, jump }) {
  if (message.command !== null) {
    const isSlash = state.commands.some((c) => c.name === message.command.name.split(" ")[0] && (c.type ?? 1) === 1);
    const used = `${isSlash ? "/" : ""}${message.command.name}`;
    return html`<p class="message-context">
      ${icons.reply}<span><b>${nameOf(state.users, message.command.user)}</b> used <span class="used">${used}</span></span>
    </p>`;
  }
  if (message.reply === null) return nothing;
  const { id, author, text } = message.reply;
  if (author === null) {
    return html`<p class="message-context">${icons.reply}<i>The message was deleted</i></p>`;
  }
  return html`<button type="button" class="message-context jump" data-key="reply" @click=${() => jump(id)}>
    ${icons.reply}<span class="visually-hidden">In reply to</span>
    <span class="jump-text"><b>${nameOf(state.users, author)}</b> ${text.replaceAll("\n", " ")}</span>
  </button>`;
}

function contentTemplate(message, frame) {
  const edited =
    message.edited === null ? nothing : html`<span class="edited" title=${wholeTime(message.edited)}>(edited)</span>`;
  return html`${message.content
    ? html`<div class="message-text markdown">${frame.text("content", message.content)}${edited}</div>`
    : nothing}
  ${attachmentsTemplate(message.attachments, frame.token)}
  ${message.components.length
    ? html`<div class="components ${message.v2 ? "v2" : ""}">${componentsTemplate(message.components, frame)}</div>`
    : nothing}
  ${message.content ? nothing : edited}`;
}

const thinkingTemplate = (name) =>
  html`<p class="thinking"><span class="dots" aria-hidden="true"><i></i><i></i><i></i></span> ${name} is thinking…</p>`;

function privateTemplate({ dismiss }) {
  return html`<p class="private">
    ${icons.eye}<span>Only you can see this ·</span>
    <button type="button" class="text-button" data-key="dismiss" @click=${dismiss}>Dismiss message</button>
  </p>`;
}

function noticeTemplate(notice, frame) {
  const name = frame.state.application ? frame.state.application.name : "The bot";
  const isSlash = frame.state.commands.some(({ type, name: known }) => type === 1 && known === notice.name);
  const what = `${isSlash ? "/" : ""}${notice.name}`;
  const used = notice.name ? html`<b>${nameOf(frame.state.users, frame.self)}</b> used <span class="used">${what}</span>` : nothing;
  return html`<article class="message lead ephemeral" aria-label="${name}, ${clockTime(notice.created)}">
    <p class="message-context">${icons.reply}<span>${used}</span></p>
    <span class="avatar hue-bot" aria-hidden="true">${initial(name)}</span>
    <div class="message-head">
      <span class="message-author">${name}</span><span class="badge">App</span> ${timeTemplate(notice)}
    </div>
    <div class="message-body">
      <p class="message-failed">${icons.warning} The application did not respond</p>
      ${privateTemplate(frame)}
    </div>
  </article>`;
}
