/**
 * A pane: one person's chat client. It draws what stands around the messages and the message box, and brings its parts together;
 * the parts are `sidebar`, `members`, `list`, `composer` and `actions`.
 */

import { render } from "./vendor/lit-html.js";
import { Actions } from "./actions.js";
import { createAnnouncer } from "./announce.js";
import { Composer } from "./composer.js";
import { nameOf } from "./format.js";
import { MessageList } from "./list.js";
import { renderMarkdown } from "./markdown.js";
import { membersOf, membersTemplate } from "./members.js";
import { plainText } from "./message.js";
import { messageFrame } from "./message_frame.js";
import { paneFrame, takeDrops } from "./pane_frame.js";
import { channelHead, intro, notesTemplate, stripTemplate, typingTemplate } from "./pane_parts.js";
import { sidebarTemplate } from "./sidebar.js";
import { viewKey } from "./store.js";

export class Pane {
  element = document.createElement("section");
  person;
  channel;
  #shared;
  #parts;
  #list;
  #composer;
  #actions;
  #announcer;
  #isVisible = false;
  #complaint = "";
  #missed = 0;
  #typingTimer = 0;

  /**
   * @param {{id: string, person: string, channel: string}} what
   * @param {object} shared  what all panes have in common
   * @param {import("./store.js").Store} shared.store
   * @param {import("./connection.js").Connection} shared.connection
   * @param {(key: string) => import("./drafts.js").Draft} shared.drafts
   * @param {import("./workspace.js").Workspace} shared.workspace
   */
  constructor({ id, person, channel }, shared) {
    this.id = id;
    this.person = person;
    this.channel = channel;
    this.#shared = shared;
    this.#parts = paneFrame(this.element, { id, setSidebar: (isOpen) => this.#setSidebar(isOpen) });
    takeDrops(this.element, (files) => this.#composer.attach(files));
    this.#announcer = createAnnouncer(this.#parts.live);
    this.#actions = new Actions(this.#actionsHost());
    this.#list = new MessageList(this.#parts.scroller, this.#listHost());
    this.#composer = new Composer(this.#parts.composer, this.#composerHost());
  }

  get #state() {
    return this.#shared.store.state;
  }

  /** The channel that is shown, as the person sees it. */
  get view() {
    return this.#state.views[this.person]?.[this.channel];
  }

  /** Shows or hides the pane; hidden, it draws nothing. */
  setVisible(isVisible) {
    if (isVisible === this.#isVisible) return;
    this.#isVisible = isVisible;
    this.element.hidden = !isVisible;
    if (isVisible) this.#showChannel();
  }

  /** Takes in what changed in the store. @param {import("./store.js").Change} change */
  update(change) {
    if (!this.#isVisible) return;
    const seen = change.views.get(viewKey(this.person, this.channel));
    if (change.topics.has("snapshot") || seen?.whole) {
      this.#showChannel();
      return;
    }
    if (seen) this.#updateMessages(seen.ids);
    if (change.topics.has("link")) this.#list.watchTop();
    const isOwn = [...change.views.keys()].some((key) => key.startsWith(`${this.person}/`));
    if (isOwn || ["people", "bot", "commands", "link"].some((topic) => change.topics.has(topic))) this.render();
  }

  /** Shows another person, or another channel. */
  open(person, channel) {
    if (person !== this.person) this.#complaint = "";
    this.person = person;
    this.channel = channel;
    this.#setSidebar(false);
    this.#shared.workspace.keep();
    if (this.#isVisible) this.#showChannel();
  }

  /** Puts a text into the message box, as if it was typed. */
  fill(text) {
    this.#composer.fill(text);
  }

  /** Puts the focus into the message box. */
  focus() {
    this.#composer.focus();
  }

  /** Draws what stands around the messages. */
  render() {
    const { view } = this;
    if (view === undefined) return;
    const state = this.#state;
    const members = membersOf(state, this.person, view);
    this.element.ariaLabel = nameOf(state.users, this.person);
    this.#parts.scroller.ariaLabel = `Messages in ${view.kind === "dm" ? "direct messages" : view.name}`;
    this.#parts.client.dataset.kind = view.kind;
    const client = this.#clientHost();
    render(stripTemplate(state, client), this.#parts.strip);
    render(sidebarTemplate(state, { ...this.#place(), choose: (id) => this.#choose(id) }), this.#parts.sidebar);
    render(channelHead(state, view, { ...client, ...this.#headHost() }), this.#parts.head);
    render(membersTemplate(state, members), this.#parts.members);
    this.#renderNotes();
    this.#renderTyping();
    this.#composer.render();
  }

  #place() {
    return { id: this.id, person: this.person, channel: this.channel };
  }

  #showChannel() {
    const { view } = this;
    if (view === undefined) return;
    this.#shared.store.markRead(this.person, this.channel);
    this.#missed = 0;
    this.#announcer.reset();
    this.#list.show(view.messages);
    this.#composer.show(this.person, this.channel);
    this.render();
  }

  #updateMessages(ids) {
    const { view } = this;
    const wasAtEnd = this.#list.isAtEnd;
    const touched = view.messages.slice(-60).filter(({ id }) => ids.has(id));
    const own = touched.some((message) => message.author === this.person && message.id === view.messages.at(-1).id);
    this.#list.update(ids);
    if (own && !wasAtEnd && view.unread === 0) this.#list.toEnd();
    if (!wasAtEnd) this.#missed += view.unread;
    for (const message of touched) this.#announce(message);
    this.#composer.checkReply();
    this.#shared.store.markRead(this.person, this.channel);
  }

  #announce(message) {
    const author = this.#state.users[message.author];
    if (message.author === this.person || message.loading) return;
    const name = message.notice ? "Notice" : author?.name ?? "Somebody";
    const words = () => this.#markdown(plainText(message)).textContent;
    this.#announcer.message(message.id, name, words, author?.bot === true);
  }

  #choose(channel) {
    this.open(this.person, channel);
    this.focus();
  }

  #ask(act, fields) {
    return this.#shared.connection.ask(act, { person: this.person, channel: this.channel, ...fields });
  }

  #complain(sentence) {
    this.#complaint = sentence;
    this.#renderNotes();
  }

  #redraw(id) {
    if (this.#isVisible) this.#list.update([id]);
  }

  #markdown(text) {
    const channels = Object.fromEntries(this.#state.guilds.flatMap((guild) => guild.channels).map((one) => [one.id, one]));
    const pickCommand = (name) => this.fill(`/${name} `);
    return renderMarkdown(text, { users: this.#state.users, channels, pickCommand });
  }

  #renderNotes() {
    const dismiss = () => this.#complain("");
    const toEnd = () => {
      this.#list.toEnd();
      this.focus();
    };
    const notes = { complaint: this.#complaint, missed: this.#missed, isAtEnd: this.#list.isAtEnd, dismiss, toEnd };
    render(notesTemplate(notes), this.#parts.notes);
  }

  #renderTyping() {
    clearTimeout(this.#typingTimer);
    const now = Date.now();
    const typing = [...this.view.typing].filter(([, until]) => until > now);
    render(typingTemplate(typing.map(([user]) => nameOf(this.#state.users, user))), this.#parts.typing);
    if (typing.length === 0) return;
    const next = Math.min(...typing.map(([, until]) => until)) - now;
    this.#typingTimer = setTimeout(() => this.view && this.#renderTyping(), next + 20);
  }

  #setSidebar(isOpen) {
    const { client, sidebar } = this.#parts;
    const hadFocus = sidebar.contains(document.activeElement);
    client.classList.toggle("sidebar-open", isOpen);
    if (isOpen) sidebar.querySelector("[aria-current], button")?.focus();
    else if (hadFocus) this.focus();
  }

  #toggleMembers() {
    const { members, client } = this.#parts;
    client.dataset.members = members.checkVisibility() ? "hidden" : "shown";
    this.render();
  }

  #clientHost() {
    const { workspace } = this.#shared;
    return {
      person: this.person,
      canClose: workspace.canClose,
      others: () => workspace.hidden,
      showToo: (person) => workspace.openPerson(person),
      show: (person) => workspace.showPerson(this, person),
      close: () => workspace.close(this),
      restart: () => this.#ask("restart_client", {}).catch((error) => this.#complain(error.message)),
    };
  }

  #headHost() {
    return {
      isMembersShown: this.#parts.members.checkVisibility(),
      openSidebar: () => this.#setSidebar(true),
      toggleMembers: () => this.#toggleMembers(),
      takeDirect: (open) => this.#ask("dms", { open }).catch((error) => this.#complain(error.message)),
    };
  }

  #actionsHost() {
    return {
      store: this.#shared.store,
      token: this.#shared.connection.token,
      person: () => this.person,
      view: () => this.view,
      ask: (act, fields) => this.#ask(act, fields),
      redraw: (id) => this.#redraw(id),
      complain: (sentence) => this.#complain(sentence),
      markdown: (text) => this.#markdown(text),
      reply: (message) => this.#composer.replyTo(message),
      refocus: () => document.activeElement === document.body && this.focus(),
    };
  }

  #listHost() {
    const { store } = this.#shared;
    return {
      frame: (message, row) => this.#frame(message, row),
      hasMore: () => this.view?.more ?? false,
      older: async (before) => {
        const { person, channel } = this;
        store.addOlder(person, channel, await this.#ask("older", { before }));
      },
      intro: () => intro(this.#state, this.view),
      moved: (isAtEnd) => {
        if (isAtEnd) this.#missed = 0;
        this.#renderNotes();
      },
      menu: (id, anchor, at) => this.#menu(id, anchor, at),
    };
  }

  #menu(id, anchor, at) {
    const message = this.view.messages.findLast((one) => one.id === id);
    if (message) this.#actions.menu(message, anchor, at);
  }

  #frame(message, row) {
    return messageFrame(message, row, {
      state: this.#state,
      self: this.person,
      token: this.#shared.connection.token,
      actions: this.#actions,
      markdown: (text) => this.#markdown(text),
      redraw: (id) => this.#redraw(id),
      jump: (id) => this.#list.jump(id),
    });
  }

  #composerHost() {
    return {
      id: this.id,
      token: this.#shared.connection.token,
      state: () => this.#state,
      view: () => this.view,
      members: () => (this.view ? membersOf(this.#state, this.person, this.view) : []),
      ask: (act, fields) => this.#ask(act, fields),
      slash: (place, command, options) => this.#actions.slash(place, command, options),
      complain: (sentence) => this.#complain(sentence),
      draft: this.#shared.drafts,
      typedUp: () => this.#list.focusLast(),
    };
  }
}
