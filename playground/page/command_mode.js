/**
 * A slash command that is being filled in: its name, a field for each option, chips for the optional ones that are not there yet.
 *
 * Fields are made at once and focused at once, so that what is typed at full speed after "/open " lands in the first option. Each
 * field is an element of its own that stays as it is while others come and go.
 */

import { html, nothing, render } from "./vendor/lit-html.js";
import { CommandField } from "./command_field.js";
import { FILE, choicesOf, isBuilt } from "./commands.js";

const COMPLETE_MS = 150;

/**
 * @typedef {object} CommandHost
 * @property {string} id  unlike any other pane's
 * @property {import("./listbox.js").Listbox} listbox
 * @property {(options: object, focus: string) => Promise<{name: string, value: any}[]>} complete
 * @property {(file: File) => import("./uploads.js").Upload} upload
 * @property {(options: object) => void} run  files among the options are promises
 * @property {(text: string) => void} leave  back to plain text
 */

export class CommandMode {
  element = document.createElement("div");
  /** @type {import("./commands.js").Offer} */
  offer;
  #host;
  /** @type {CommandField[]} */
  #fields = [];
  #completions = [];
  #asked = 0;
  #timer = 0;

  /** @param {import("./commands.js").Offer} offer @param {string} rest  what was typed after the name @param {CommandHost} host */
  constructor(offer, rest, host) {
    this.offer = offer;
    this.#host = host;
    this.element.className = "command-mode";
    const built = offer.options.filter(isBuilt);
    const shown = offer.options.filter((option) => option.required);
    if (shown.length === 0 && built.length > 0) shown.push(built[0]);
    for (const option of shown) this.#add(option);
    const first = this.#fields.find((field) => field.option.type !== FILE && !field.input.disabled);
    if (rest && first) first.input.value = rest;
    this.#draw();
  }

  /** Gives the focus to the first field that wants it. */
  focus() {
    const fields = this.#fields.filter((field) => !field.input.disabled);
    const field = fields.find((one) => one.isEmpty) ?? fields.at(-1);
    (field?.input ?? this.element.querySelector("button")).focus();
  }

  /** The command as text, for a draft. */
  get text() {
    const first = this.#fields.find((field) => field.option.type !== FILE);
    return `/${this.offer.name} ${first?.input.value ?? ""}`;
  }

  /** Runs the command if all that was filled in is right; says what isn't otherwise. */
  run() {
    for (const field of this.#fields) field.error = field.check();
    const wrong = this.#fields.find((field) => field.error);
    this.#draw();
    if (wrong) {
      wrong.input.focus();
      return;
    }
    this.#close();
    this.#host.run(Object.fromEntries(this.#filled().map((field) => [field.option.name, field.value])));
  }

  /** Takes a file that was pasted or dropped, if an option wants one; tells whether it did. @param {FileList} files */
  takeFile(files) {
    const option = this.offer.options.find((one) => one.type === FILE);
    if (option === undefined) return false;
    const field = this.#fields.find((one) => one.option === option) ?? this.#add(option);
    field.input.files = files;
    field.input.dispatchEvent(new Event("change"));
    this.#draw();
    return true;
  }

  #filled() {
    return this.#fields.filter((field) => !field.isEmpty);
  }

  #add(option) {
    const field = new CommandField(option, this.#host.upload);
    field.input.addEventListener("input", () => this.#typed(field));
    field.input.addEventListener("focus", () => this.#offer(field, 0));
    field.input.addEventListener("blur", () => this.#close());
    field.input.addEventListener("keydown", (event) => this.#keyed(event, field));
    this.#fields.push(field);
    return field;
  }

  #typed(field) {
    field.typed();
    this.#draw();
    this.#host.listbox.hide();
    this.#offer(field, COMPLETE_MS);
  }

  #keyed(event, field) {
    const { listbox } = this.#host;
    if (event.isComposing || listbox.take(event)) return;
    if (event.key === "Enter") {
      event.preventDefault();
      if (listbox.active && (listbox.wasMoved || field.check())) listbox.active.choose();
      else this.run();
    } else if (event.key === "Tab" && !event.shiftKey && !field.isEmpty && listbox.active) {
      listbox.active.choose();
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.#leave();
    } else if (event.key === "Backspace" && field.isEmpty) {
      event.preventDefault();
      this.#back(field);
    }
  }

  /** Backspace in an empty field: out of an optional one, or out of the command. */
  #back(field) {
    const at = this.#fields.indexOf(field);
    if (at === 0) {
      this.#leave();
      return;
    }
    if (!field.option.required) {
      this.#fields.splice(at, 1);
      this.#draw();
    }
    this.#fields[at - 1].input.focus();
  }

  #leave() {
    this.#close();
    this.#host.leave(`/${this.offer.name}`);
  }

  #close() {
    clearTimeout(this.#timer);
    this.#asked += 1;
    this.#host.listbox.hide();
  }

  /** Opens what an option offers: its choices, or what the bot completes. */
  #offer(field, wait) {
    clearTimeout(this.#timer);
    this.#asked += 1;
    const choices = choicesOf(field.option);
    if (choices.length > 0) {
      this.#show(field, choices.filter((choice) => fits(choice, field)), true);
    } else if (field.option.autocomplete) {
      // What was offered before stands until the bot has answered, as far as it fits what is typed by now.
      if (wait > 0) this.#show(field, this.#completions.filter((choice) => fits(choice, field)), false);
      this.#timer = setTimeout(() => this.#complete(field), wait);
    }
  }

  async #complete(field) {
    const asked = this.#asked;
    const others = this.#filled().filter((one) => one !== field && one.option.type !== FILE && !one.check());
    const options = Object.fromEntries(others.map((one) => [one.option.name, one.value]));
    options[field.option.name] = field.input.value;
    const choices = await this.#host.complete(options, field.option.name).catch(() => []);
    if (asked !== this.#asked || document.activeElement !== field.input) return;
    this.#completions = choices;
    this.#show(field, choices, false);
  }

  #show(field, choices, mark) {
    const items = choices.map((choice) => ({ title: choice.name, choose: () => this.#pick(field, choice) }));
    const empty = mark ? `Nothing that ${field.option.name} offers fits.` : undefined;
    this.#host.listbox.show(field.input, items, { label: field.option.name, mark, empty });
  }

  #pick(field, choice) {
    field.pick(choice);
    this.#close();
    this.#draw();
    field.input.focus();
    this.#close(); // the focus opened the list again
  }

  #addOptional(option) {
    const field = this.#add(option);
    this.#draw();
    field.input.focus();
  }

  #draw() {
    const errorId = (field) => `${this.#host.id}-error-${field.option.name}`;
    for (const field of this.#fields) field.draw(errorId(field));
    const missing = this.offer.options.filter((option) => !this.#fields.some((field) => field.option === option));
    const wrong = this.#fields.filter((field) => field.error);
    render(
      html`<div class="command-line">
          <button type="button" class="command-name" title="Leave the command" @click=${() => this.#leave()}>/${this.offer.name}</button>
          ${this.#fields.map((field) => field.element)} ${missing.map((option) => this.#chipTemplate(option))}
        </div>
        ${wrong.map((field) => html`<p class="command-error" role="alert" id=${errorId(field)}>${field.error}</p>`)}`,
      this.element,
    );
  }

  #chipTemplate(option) {
    if (!isBuilt(option)) return html`<span class="command-chip not-built">${option.name} isn't built in this playground</span>`;
    return html`<button
      type="button"
      class="command-chip"
      title=${option.description ?? nothing}
      @click=${() => this.#addOptional(option)}
    >
      + ${option.name}
    </button>`;
  }
}

const fits = (choice, field) => choice.name.toLowerCase().includes(field.input.value.trim().toLowerCase());
