/**
 * The message box of a pane: text that grows, the command list, mentions, files, the message that is answered.
 *
 * What was typed for a channel waits there while another one is shown. A command that is being filled in (`command_mode.js`)
 * stands in the text's place; files are `uploads.js`.
 */

import { html, nothing, render } from "./vendor/lit-html.js";
import { CommandMode } from "./command_mode.js";
import { fitting, named, slashCommands } from "./commands.js";
import { bytes, hueClass, initial, nameOf } from "./format.js";
import { icons } from "./icons.js";
import { Listbox } from "./listbox.js";
import { encodeMentions, mentionAt, mentioned } from "./mentions.js";
import { Uploads } from "./uploads.js";

const LONGEST = 2000;
/** From here on the characters that are left are shown. */
const COUNTED = 1800;
const TYPING_MS = 8000;

/**
 * What the composer needs of its pane.
 * @typedef {object} ComposerHost
 * @property {string} id  unlike any other pane's
 * @property {string} token
 * @property {() => object} state  the store's
 * @property {() => object} view  the channel that is shown
 * @property {() => object[]} members  who can be mentioned there
 * @property {(act: string, fields: object) => Promise<any>} ask  for this person, in this channel
 * @property {(command: string, options: object) => Promise<void>} slash
 * @property {(sentence: string) => void} complain
 * @property {(key: string) => import("./drafts.js").Draft} draft  what waits in a channel
 * @property {() => void} typedUp  the arrow up in an empty box
 */

export class Composer {
  #root;
  #host;
  #text = document.createElement("textarea");
  #listbox;
  #popup = document.createElement("div");
  #picker = document.createElement("input");
  #uploads;
  #command = null;
  #reply = null;
  #channel = null;
  #lastTyping = 0;

  /** @param {HTMLElement} root @param {ComposerHost} host */
  constructor(root, host) {
    this.#root = root;
    this.#host = host;
    this.#listbox = new Listbox(this.#popup, `${host.id}-list`);
    this.#uploads = new Uploads(host.token, () => this.render());
    this.#setUpText();
    this.#setUpPicker();
    root.addEventListener("paste", (event) => this.#pasted(event));
    root.addEventListener("focusout", (event) => !root.contains(event.relatedTarget) && this.#listbox.hide());
  }

  /** Shows the draft of a channel; what was typed in the last one is kept there. */
  show(person, channel) {
    const key = `${person}/${channel}`;
    if (key !== this.#channel) {
      this.#save();
      this.#channel = key;
      const draft = this.#host.draft(key);
      this.#command = null;
      this.#text.value = draft.text;
      this.#uploads.items = draft.files;
      this.#uploads.refusal = "";
      this.#reply = draft.reply;
      this.#listbox.hide();
    }
    this.render();
    this.#grow();
  }

  /** Puts a text into the box, as if it was typed, and the focus with it. */
  fill(text) {
    this.#command = null;
    this.#text.value = text;
    this.render();
    this.focus();
    this.#typed();
  }

  /** Puts the focus where one writes. */
  focus() {
    if (this.#command) this.#command.focus();
    else this.#text.focus();
  }

  /** Answers a message with the next one. @param {object} message */
  replyTo(message) {
    this.#reply = message;
    this.render();
    this.focus();
  }

  /** Takes files that were dropped on the pane. */
  attach(files) {
    if (!this.#command?.takeFile(files)) this.#uploads.add(files);
    this.focus();
  }

  /** Takes in that messages went: one can't answer them any more. */
  checkReply() {
    if (this.#reply && !this.#host.view().messages.some(({ id }) => id === this.#reply.id)) this.replyTo(null);
  }

  #setUpText() {
    const text = this.#text;
    text.className = "composer-text scrolls";
    text.rows = 1;
    text.autocomplete = "off";
    text.setAttribute("aria-autocomplete", "list");
    text.setAttribute("aria-haspopup", "listbox");
    text.addEventListener("input", () => this.#typed());
    text.addEventListener("keydown", (event) => this.#keyed(event));
    text.addEventListener("click", () => this.#suggest());
  }

  #setUpPicker() {
    this.#picker.type = "file";
    this.#picker.multiple = true;
    this.#picker.hidden = true;
    this.#picker.addEventListener("change", () => {
      this.attach(this.#picker.files);
      this.#picker.value = "";
    });
  }

  #offers() {
    return slashCommands(this.#host.state().commands, this.#host.view().kind);
  }

  #typed() {
    const entered = named(this.#text.value, this.#offers());
    if (entered?.isSpaced) {
      this.#enter(entered.offer, entered.rest);
      return;
    }
    this.#grow();
    this.#suggest();
    this.#tellTyping();
    this.#save();
    this.render();
  }

  #keyed(event) {
    if (event.isComposing || this.#listbox.take(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#entered();
    } else if (event.key === "Tab" && !event.shiftKey && this.#listbox.active) {
      event.preventDefault();
      this.#listbox.active.choose();
    } else if (event.key === "Escape" && this.#reply) {
      event.preventDefault();
      this.replyTo(null);
    } else if (event.key === "ArrowUp" && this.#text.value === "") {
      event.preventDefault();
      this.#host.typedUp();
    }
  }

  /** Enter: chooses what is marked in the list, runs a command that was typed in full, or sends. */
  #entered() {
    const exact = named(this.#text.value.trimEnd(), this.#offers());
    const isRunnable = exact && exact.rest === "" && !exact.offer.options.some((option) => option.required);
    if (isRunnable && !this.#listbox.wasMoved) {
      this.#enter(exact.offer, "");
      this.#command.run();
    } else if (this.#listbox.active) {
      this.#listbox.active.choose();
    } else {
      this.#send();
    }
  }

  /** Opens the list that fits what is being typed: commands after a slash, people after an at sign. */
  #suggest() {
    const text = this.#text.value;
    const slash = /^\/([^\n]*)$/.exec(text);
    const mention = mentionAt(text, this.#text.selectionStart);
    if (slash) this.#suggestCommands(slash[1]);
    else if (mention) this.#suggestPeople(mention);
    else this.#listbox.hide();
  }

  #suggestCommands(typed) {
    const items = fitting(this.#offers(), typed).map((offer) => ({
      title: `/${offer.name}`,
      detail: offer.description,
      mark: html`<span class="avatar hue-bot" aria-hidden="true">${initial(this.#host.state().application?.name ?? "")}</span>`,
      choose: () => this.#enter(offer, ""),
    }));
    this.#listbox.show(this.#text, items, { label: "Commands" });
  }

  #suggestPeople({ start, query }) {
    const items = mentioned(this.#host.members(), query).map((user) => ({
      title: user.name,
      detail: user.bot ? "App" : "",
      mark: html`<span class="avatar ${hueClass(user)}" aria-hidden="true">${initial(user.name)}</span>`,
      choose: () => this.#mention(start, user.name),
    }));
    this.#listbox.show(this.#text, items, { label: "Members" });
  }

  #mention(start, name) {
    this.#text.setRangeText(`@${name} `, start, this.#text.selectionStart, "end");
    this.#listbox.hide();
    this.#text.focus();
    this.#typed();
  }

  #enter(offer, rest) {
    const { id, ask } = this.#host;
    this.#listbox.hide();
    this.#command = new CommandMode(offer, rest, {
      id,
      listbox: this.#listbox,
      complete: async (options, focus) => (await ask("complete", { command: offer.name, options, focus })).choices,
      upload: (file) => this.#uploads.begin(file),
      run: (options) => this.#run(options),
      leave: (text) => this.fill(text),
    });
    this.#text.value = "";
    this.render();
    this.#command.focus();
  }

  async #run(options) {
    const command = this.#command;
    this.#command = null;
    this.#text.value = "";
    this.#save();
    this.render();
    this.#grow();
    this.focus();
    try {
      const names = Object.keys(options);
      const values = await Promise.all(Object.values(options));
      if (values.includes(null)) throw new Error("A file could not be attached. Attach it again, and run the command.");
      await this.#host.slash(command.offer.name, Object.fromEntries(names.map((name, at) => [name, values[at]])));
    } catch (error) {
      this.#host.complain(error.message);
      if (this.#text.value === "" && this.#command === null) this.#text.value = command.text.trimEnd();
      this.render();
    }
  }

  /** The text as it would be sent. */
  #encoded() {
    return encodeMentions(this.#text.value, this.#host.members()).trim();
  }

  async #send() {
    const text = this.#encoded();
    const files = this.#uploads.items;
    if ((text === "" && files.length === 0) || [...text].length > LONGEST) return;
    const sent = { written: this.#text.value, files, reply: this.#reply, key: this.#channel };
    this.#empty();
    const ids = await Promise.all(files.map((file) => file.done));
    if (ids.includes(null)) this.#restore(sent, "A file could not be attached. Remove it, and send again.");
    else await this.#say(text, ids, sent);
  }

  async #sendAsFile() {
    const sent = { written: this.#text.value, files: this.#uploads.items, reply: this.#reply, key: this.#channel };
    const others = sent.files.map((file) => file.done);
    const text = this.#encoded();
    this.#empty();
    const ids = await Promise.all([this.#uploads.sendText(text), ...others]);
    if (ids.includes(null)) this.#restore(sent, "The text could not be attached as a file. Try again.");
    else await this.#say("", ids, sent);
  }

  async #say(text, files, sent) {
    try {
      await this.#host.ask("say", { text, files, reply_to: sent.reply?.id });
    } catch (error) {
      this.#restore(sent, error.message);
    }
  }

  #empty() {
    this.#text.value = "";
    this.#uploads.clear();
    this.#reply = null;
    this.#lastTyping = 0;
    this.#listbox.hide();
    this.#save();
    this.render();
    this.#grow();
  }

  /** Gives back what could not be sent, unless something else was typed meanwhile. */
  #restore({ written, files, reply, key }, sentence) {
    this.#host.complain(sentence);
    if (key !== this.#channel || this.#text.value !== "") return;
    this.#text.value = written;
    this.#uploads.items = files;
    this.#reply = reply;
    this.#save();
    this.render();
    this.#grow();
  }

  #save() {
    if (this.#channel === null) return;
    const draft = this.#host.draft(this.#channel);
    draft.text = this.#command?.text ?? this.#text.value;
    draft.files = this.#uploads.items;
    draft.reply = this.#reply;
    draft.keep();
  }

  #tellTyping() {
    const now = Date.now();
    const isWriting = this.#text.value.trim() !== "" && !this.#text.value.startsWith("/");
    if (!isWriting || now - this.#lastTyping < TYPING_MS) return;
    this.#lastTyping = now;
    this.#host.ask("typing", {}).catch(() => {}); // nobody misses it
  }

  #pasted(event) {
    if (event.clipboardData.files.length === 0) return;
    event.preventDefault();
    this.attach(event.clipboardData.files);
  }

  #grow() {
    if (CSS.supports("field-sizing", "content")) return;
    this.#text.style.setProperty("height", "auto");
    this.#text.style.setProperty("height", `${this.#text.scrollHeight}px`);
  }

  /** Draws what stands around the text. */
  render() {
    const view = this.#host.view();
    if (!view) return;
    const place = view.kind === "dm" ? `@${this.#host.state().application?.name ?? ""}` : `#${view.name}`;
    this.#text.placeholder = `Message ${place}`;
    this.#text.ariaLabel = `Message ${place}`;
    this.#text.hidden = this.#command !== null;
    render(this.#template(), this.#root);
  }

  #template() {
    return html`${this.#popup}
      <div class="composer-box">${this.#replyTemplate()} ${this.#filesTemplate()} ${this.#rowTemplate()} ${this.#countTemplate()}</div>`;
  }

  #rowTemplate() {
    const isCommand = this.#command !== null;
    const send = isCommand ? "Run the command" : "Send";
    return html`<div class="composer-row">
      <button
        type="button"
        class="icon-button"
        aria-label="Attach files"
        title="Attach files"
        ?hidden=${isCommand}
        @click=${() => this.#picker.click()}
      >
        ${icons.plus}
      </button>
      ${this.#picker}${this.#command?.element ?? nothing}${this.#text}
      <button
        type="button"
        class="icon-button composer-send"
        aria-label=${send}
        title=${send}
        @click=${() => (isCommand ? this.#command.run() : this.#entered())}
      >
        ${icons.send}
      </button>
    </div>`;
  }

  #replyTemplate() {
    if (!this.#reply) return nothing;
    return html`<div class="composer-reply">
      ${icons.reply}<span>Replying to <b>${nameOf(this.#host.state().users, this.#reply.author)}</b></span>
      <button type="button" class="icon-button" aria-label="Don't reply" title="Don't reply" @click=${() => this.replyTo(null)}>
        ${icons.close}
      </button>
    </div>`;
  }

  #filesTemplate() {
    const { items, refusal } = this.#uploads;
    if (items.length === 0 && !refusal) return nothing;
    return html`<ul class="composer-files" aria-label="Files to send">
        ${items.map((item) => this.#fileTemplate(item))}
      </ul>
      ${refusal ? html`<p class="composer-problem" role="alert">${refusal}</p>` : nothing}`;
  }

  #fileTemplate(item) {
    const state = item.error || (item.isDone ? bytes(item.size) : "Uploading…");
    return html`<li class="composer-file ${item.error ? "wrong" : ""}">
      ${icons.file}
      <span class="composer-file-words"><b>${item.name}</b> <small>${state}</small></span>
      <button
        type="button"
        class="icon-button"
        aria-label="Remove ${item.name}"
        title="Remove"
        @click=${() => (this.#uploads.remove(item), this.#save(), this.focus())}
      >
        ${icons.close}
      </button>
    </li>`;
  }

  #countTemplate() {
    if (this.#command !== null || this.#text.value.length < COUNTED) return nothing;
    const length = [...this.#encoded()].length;
    if (length < COUNTED) return nothing;
    if (length <= LONGEST) return html`<p class="composer-count">${LONGEST - length} characters left</p>`;
    return html`<p class="composer-problem" role="alert">
      <span>A message takes 2,000 characters; this is ${(length - LONGEST).toLocaleString()} more.</span>
      <button type="button" class="button" @click=${() => this.#sendAsFile()}>Send as text file</button>
    </p>`;
  }
}
