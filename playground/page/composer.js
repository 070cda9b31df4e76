/**
 * The message box of a pane: text that grows, the command list, mentions, files, the message that is answered.
 *
 * What was typed for a channel waits there while another one is shown. A command that is being filled in (`command_mode.js`)
 * stands in the text's place; files are `uploads.js`.
 */

import { html, nothing, render } from "./vendor/lit-html.js";
import { CommandMode } from "./command_mode.js";
import { named, slashCommands } from "./commands.js";
import { LONGEST, characterCount, composerRow, fileChips, replyBar } from "./composer_parts.js";
import { Listbox } from "./listbox.js";
import { encodeMentions } from "./mentions.js";
import { createTypingTeller, sendMessage, sentOptions } from "./sending.js";
import { suggest } from "./suggestions.js";
import { createPicker, createTextBox, fitHeight } from "./text_box.js";
import { Uploads } from "./uploads.js";

/**
 * What the composer needs of its pane.
 * @typedef {object} ComposerHost
 * @property {string} id  unlike any other pane's
 * @property {string} token
 * @property {() => object} state  the store's
 * @property {() => object} view  the channel that is shown
 * @property {() => object[]} members  who can be mentioned there
 * @property {(act: string, fields: object) => Promise<any>} ask  for this person, in this channel
 * @property {(place: object, command: string, options: object) => Promise<void>} slash
 * @property {(sentence: string) => void} complain
 * @property {(place: {person: string, channel: string}) => import("./drafts.js").Draft} draft  what waits in a channel
 * @property {() => void} typedUp  the arrow up in an empty box
 */

export class Composer {
  #root;
  #host;
  #text = createTextBox();
  #listbox;
  #popup = document.createElement("div");
  #picker = createPicker((files) => this.attach(files));
  #uploads;
  #command = null;
  #reply = null;
  #place = null;
  #typing;

  /** @param {HTMLElement} root @param {ComposerHost} host */
  constructor(root, host) {
    this.#root = root;
    this.#host = host;
    this.#listbox = new Listbox(this.#popup, `${host.id}-list`);
    this.#uploads = new Uploads(host.token, () => this.render());
    this.#typing = createTypingTeller(host.ask);
    this.#text.addEventListener("input", () => this.#typed());
    this.#text.addEventListener("keydown", (event) => this.#keyed(event));
    this.#text.addEventListener("click", () => this.#suggest());
    root.addEventListener("paste", (event) => this.#pasted(event));
    root.addEventListener("focusout", (event) => !root.contains(event.relatedTarget) && this.#listbox.hide());
  }

  /** Shows the draft of a channel; what was typed in the last one is kept there. */
  show(person, channel) {
    if (this.#place?.person !== person || this.#place.channel !== channel) {
      this.#save();
      this.#place = { person, channel };
      const draft = this.#host.draft(this.#place);
      this.#command = null;
      this.#set(draft.text, draft.files, draft.reply);
      this.#listbox.hide();
    }
    this.#redraw();
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
    if (this.#reply === null || this.#host.view().messages.some(({ id }) => id === this.#reply.id)) return;
    this.#reply = null;
    this.render();
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
    this.#suggest();
    this.#typing.typed(this.#text.value);
    this.#save();
    this.#redraw();
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

  /** Enter: runs a command that was typed in full, chooses what is marked in the list, or sends. */
  #entered() {
    const typed = named(this.#text.value.trimEnd(), this.#offers());
    const isWhole = typed !== null && (typed.rest !== "" || !typed.offer.options.some((option) => option.required));
    if (isWhole && !this.#listbox.wasMoved) {
      this.#enter(typed.offer, typed.rest);
      this.#command.run();
    } else if (this.#listbox.active) {
      this.#listbox.active.choose();
    } else {
      this.#send();
    }
  }

  #suggest() {
    suggest(this.#text, this.#listbox, {
      offers: this.#offers(),
      members: this.#host.members(),
      bot: this.#host.state().application,
      enter: (offer) => this.#enter(offer, ""),
      mention: (start, name) => this.#mention(start, name),
    });
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
    const [command, place] = [this.#command, this.#place];
    this.#command = null;
    this.#empty();
    this.focus();
    try {
      await this.#host.slash(place, command.offer.name, await sentOptions(options));
    } catch (error) {
      this.#restore({ written: command.text.trimEnd(), files: [], reply: null, place }, error.message);
    }
  }

  /** The text as it would be sent. */
  #encoded() {
    return encodeMentions(this.#text.value, this.#host.members()).trim();
  }

  async #send() {
    const text = this.#encoded();
    const isNothing = text === "" && this.#uploads.items.length === 0;
    if (!isNothing && [...text].length <= LONGEST) await this.#say(text, []);
  }

  /** Sends what is too long for a message as a file. */
  #sendAsFile() {
    return this.#say("", [this.#uploads.sendText(this.#encoded())]);
  }

  async #say(text, more) {
    const sent = { written: this.#text.value, files: this.#uploads.items, reply: this.#reply, place: this.#place };
    this.#empty();
    this.#typing.sent();
    try {
      const files = [...more, ...sent.files.map((file) => file.done)];
      await sendMessage(this.#host.ask, { place: sent.place, text, files, reply: sent.reply });
    } catch (error) {
      this.#restore(sent, error.message);
    }
  }

  #set(text, files, reply) {
    this.#text.value = text;
    this.#uploads.items = files;
    this.#uploads.refusal = "";
    this.#reply = reply;
  }

  #empty() {
    this.#set("", [], null);
    this.#listbox.hide();
    this.#save();
    this.#redraw();
  }

  /** Gives back what could not be sent to where it was written, unless something else was typed there meanwhile. */
  #restore({ written, files, reply, place }, sentence) {
    this.#host.complain(sentence);
    this.#save();
    const draft = this.#host.draft(place);
    if (draft.text !== "" || draft.files.length > 0) return;
    Object.assign(draft, { text: written, files, reply });
    draft.keep();
    if (draft !== this.#host.draft(this.#place)) return;
    this.#set(written, files, reply);
    this.#redraw();
  }

  #save() {
    if (this.#place === null) return;
    const draft = this.#host.draft(this.#place);
    draft.text = this.#command?.text ?? this.#text.value;
    draft.files = this.#uploads.items;
    draft.reply = this.#reply;
    draft.keep();
  }

  #pasted(event) {
    if (event.clipboardData.files.length === 0) return;
    event.preventDefault();
    this.attach(event.clipboardData.files);
  }

  #redraw() {
    this.render();
    fitHeight(this.#text);
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
    const command = this.#command;
    const remove = (item) => {
      this.#uploads.remove(item);
      this.#save();
      this.focus();
    };
    const row = {
      fields: [this.#picker, command?.element ?? nothing, this.#text],
      isCommand: command !== null,
      pick: () => this.#picker.click(),
      send: () => (command ? command.run() : this.#entered()),
    };
    return html`${this.#popup}
      <div class="composer-box">
        ${replyBar(this.#reply, this.#host.state().users, () => this.replyTo(null))} ${fileChips(this.#uploads, remove)}
        ${composerRow(row)} ${command ? nothing : characterCount(this.#encoded(), () => this.#sendAsFile())}
      </div>`;
  }
}
