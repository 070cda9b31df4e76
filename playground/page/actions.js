/**
 * What one person does to messages and with commands: presses, choices, forms, message menus. It knows what is under way on
 * which message, and opens the forms that the bot answers with.
 */

import { messageCommands } from "./commands.js";
import { plainText } from "./message.js";
import { openMenu } from "./menu.js";
import { openModal } from "./modal.js";
import { nameOf } from "./format.js";
import { Uploads } from "./uploads.js";

const NOT_TAKEN = "That went wrong: the application did not respond. What you wrote is still here; try again.";

export class Actions {
  #host;
  #busy = new Map();

  /**
   * @param {object} host
   * @param {import("./store.js").Store} host.store
   * @param {string} host.token
   * @param {() => string} host.person
   * @param {() => object} host.view  the channel that is shown
   * @param {(act: string, fields: object) => Promise<any>} host.ask  for this person, in this channel
   * @param {(id: string) => void} host.redraw  draws a message anew
   * @param {(sentence: string) => void} host.complain
   * @param {(text: string) => Node} host.markdown
   * @param {(message: object) => void} host.reply
   * @param {() => void} host.refocus  puts the focus where one writes, if it is nowhere
   */
  constructor(host) {
    this.#host = host;
  }

  /** The custom_id that is under way on a message, or null. */
  busyOn(message) {
    return this.#busy.get(message.id) ?? null;
  }

  /** Presses a button. */
  press(message, customId) {
    return this.#touch(message, "press", { custom_id: customId });
  }

  /** Chooses in a select. */
  choose(message, customId, values) {
    return this.#touch(message, "choose", { custom_id: customId, values });
  }

  /** Runs a slash command in a place. Rejects with a sentence if it couldn't be sent. */
  async slash(place, command, options) {
    this.#took(await this.#host.ask("slash", { ...place, command, options }), place.person);
  }

  /** Puts an ephemeral message, or a notice of the page's own, away. */
  dismiss(message) {
    const { store, person } = this.#host;
    if (message.notice) store.dropNotice(person(), message.channel, message.id);
    else this.#try("dismiss", { message: message.id });
  }

  /** Opens the menu of a message. */
  menu(message, anchor, at) {
    openMenu({ anchor, at, label: "Message", items: this.#items(message) });
  }

  #items(message) {
    if (message.notice) return [{ label: "Dismiss message", run: () => this.dismiss(message) }];
    const isOwn = message.author === this.#host.person();
    const commands = messageCommands(this.#host.store.state.commands, this.#host.view().kind);
    const items = [{ label: "Copy text", run: () => this.#copy(message) }];
    if (message.ephemeral) return [...items, { label: "Dismiss message", run: () => this.dismiss(message) }];
    if (!message.loading) items.unshift({ label: "Reply", run: () => this.#host.reply(message) });
    commands.forEach((command, index) => {
      items.push({ label: command, divided: index === 0, run: () => this.#use(message, command) });
    });
    if (isOwn) {
      items.push({ label: "Delete message", danger: true, divided: true, run: () => this.#try("delete", { message: message.id }) });
    }
    return items;
  }

  async #copy(message) {
    try {
      await navigator.clipboard.writeText(plainText(message));
    } catch {
      this.#host.complain("The browser doesn't let the page copy. Select the text and copy it yourself.");
    }
  }

  async #use(message, command) {
    const person = this.#host.person();
    const answer = await this.#try("use", { message: message.id, command });
    if (answer) this.#took(answer, person);
  }

  async #touch(message, act, fields) {
    const { store, redraw } = this.#host;
    const person = this.#host.person();
    if (this.#busy.has(message.id)) return;
    this.#busy.set(message.id, fields.custom_id);
    store.setFailed(person, message.id, false);
    redraw(message.id);
    const answer = await this.#try(act, { message: message.id, ...fields });
    this.#busy.delete(message.id);
    if (answer && !answer.answered) store.setFailed(person, message.id, true);
    redraw(message.id);
    if (answer) this.#took(answer, person);
  }

  async #try(act, fields) {
    try {
      return await this.#host.ask(act, fields);
    } catch (error) {
      this.#host.complain(error.message);
      return null;
    }
  }

  /** Gives the server's ids of a form's files. Rejects with a sentence if one couldn't be taken. @param {File[]} files */
  async #send(files) {
    const uploads = new Uploads(this.#host.token, () => {});
    const begun = files.map((file) => uploads.begin(file));
    const ids = await Promise.all(begun.map((item) => item.done));
    const failed = begun.find((item) => item.error);
    if (failed) throw new Error(failed.error);
    return ids;
  }

  /** Opens the form that the bot answered with, if it did. */
  #took({ modal }, person) {
    if (!modal) return;
    const { store, ask, markdown, refocus } = this.#host;
    openModal(modal, {
      person: nameOf(store.state.users, person),
      markdown,
      closed: refocus,
      submit: async (values, files) => {
        try {
          const answer = await ask("submit", { person, modal: modal.id, values, files: await this.#send(files) });
          if (answer.modal) queueMicrotask(() => this.#took(answer, person));
          return answer.answered ? "" : NOT_TAKEN;
        } catch (error) {
          return error.message;
        }
      },
    });
  }
}
