/** The fixed parts of a pane, as templates: whose it is, the channel's head and beginning, and the notes above the message box. */

import { html, nothing } from "./vendor/lit-html.js";
import { hueClass, initial, nameOf, together } from "./format.js";
import { icons } from "./icons.js";
import { openMenu } from "./menu.js";

/** The strip on top: whose client this is, with its menu. */
export function stripTemplate(state, pane) {
  const user = state.users[pane.person];
  const people = ({ currentTarget }) =>
    openMenu({
      anchor: currentTarget,
      label: "Whose client",
      items: state.people.map((one) => ({ label: one.name, checked: one.id === pane.person, run: () => pane.show(one.id) })),
    });
  return html`<h2 class="pane-whose">
      <button type="button" class="pane-person" aria-haspopup="menu" aria-expanded="false" title="Show somebody else" @click=${people}>
        <span class="avatar ${hueClass(user)}" aria-hidden="true">${initial(user.name)}</span>
        <span>${user.name}</span>${icons.chevron}
      </button>
    </h2>
    ${clientButton(user, pane)}
    ${pane.canClose
      ? html`<button type="button" class="icon-button pane-close" aria-label="Close this pane" title="Close this pane" @click=${pane.close}>
          ${icons.close}
        </button>`
      : nothing}`;
}

/** The button of the client's own menu. */
function clientButton(user, pane) {
  const open = ({ currentTarget }) => openMenu({ anchor: currentTarget, label: "Client", items: clientItems(pane) });
  return html`<button
    type="button"
    class="icon-button client-menu"
    aria-haspopup="menu"
    aria-expanded="false"
    aria-label="${user.name}'s client"
    title="${user.name}'s client"
    @click=${open}
  >
    ${icons.more}
  </button>`;
}

function clientItems(pane) {
  const items = [{ label: "Restart this client", run: pane.restart }];
  pane.others().forEach(({ id, name }, index) => {
    items.push({ label: `Show ${name} too`, divided: index === 0, run: () => pane.showToo(id) });
  });
  return pane.canClose ? [...items, { label: "Close this pane", divided: true, run: pane.close }] : items;
}

/** The head of a channel: its name, what can be shown beside it, and, where the strip has no room, the client's menu. */
export function channelHead(state, view, pane) {
  const isDirect = view.kind === "dm";
  return html`<button type="button" class="icon-button open-sidebar" aria-label="Channels" title="Channels" @click=${pane.openSidebar}>
      ${icons.menu}
    </button>
    ${isDirect ? html`<span class="avatar hue-bot" aria-hidden="true">${initial(nameOf(state.users, state.application.id))}</span>` : icons.hash}
    <h3 class="channel-title">${isDirect ? state.application.name : view.name}</h3>
    ${isDirect ? directSwitch(view, pane) : membersButton(pane)} ${clientButton(state.users[pane.person], pane)}`;
}

function directSwitch(view, pane) {
  return html`<button
    type="button"
    class="dm-switch"
    role="switch"
    aria-checked=${view.open}
    title="Off, the bot can't write to this person here"
    @click=${() => pane.takeDirect(!view.open)}
  >
    <span class="dm-switch-words">Take direct messages</span><span class="dm-switch-track" aria-hidden="true"></span>
  </button>`;
}

function membersButton(pane) {
  return html`<button
    type="button"
    class="icon-button"
    aria-label="Members"
    title="Members"
    aria-pressed=${pane.isMembersShown}
    @click=${pane.toggleMembers}
  >
    ${icons.people}
  </button>`;
}

/** What stands where a channel begins. */
export function intro(state, view) {
  if (!view) return nothing;
  const bot = state.application.name;
  if (view.kind === "dm") {
    return html`<div class="intro">
      <span class="avatar hue-bot" aria-hidden="true">${initial(bot)}</span>
      <p class="intro-title">${bot}</p>
      <p>This is where your direct messages with ${bot} begin. Write something, or type <kbd>/</kbd> for its commands.</p>
    </div>`;
  }
  return html`<div class="intro">
    <span class="intro-mark" aria-hidden="true">${icons.hash}</span>
    <p class="intro-title">${view.name}</p>
    <p>This is where #${view.name} begins. Everybody here reads it, but ${bot}'s answers to you are for you alone.</p>
  </div>`;
}

/** What stands above the message box: what went wrong, and that newer messages are below. */
export function notesTemplate({ complaint, missed, isAtEnd, dismiss, toEnd }) {
  return html`${isAtEnd
    ? nothing
    : html`<button type="button" class="button to-end ${missed ? "primary" : ""}" @click=${toEnd}>
        ${icons.down} ${missed ? (missed === 1 ? "1 new message" : `${missed} new messages`) : "Newest messages"}
      </button>`}
    <div role="alert">
      ${complaint
        ? html`<p class="complaint">
            ${icons.warning}<span>${complaint}</span>
            <button type="button" class="icon-button" aria-label="Close" @click=${dismiss}>${icons.close}</button>
          </p>`
        : nothing}
    </div>`;
}

/** Who is typing, by name. */
export function typingTemplate(names) {
  if (names.length === 0) return nothing;
  return html`<b>${together(names)}</b> ${names.length > 1 ? "are" : "is"} typing…`;
}
