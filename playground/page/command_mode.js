/**
 * A slash command that is being filled in: its name, a field for each option, chips for the optional ones that are not there yet.
 *
 * Fields are made at once and focused at once, so that what is typed at full speed after "/open " lands in the first option. Each
 * field is an element of its own that stays as it is while others come and go.
 */

import { html, nothing, render } from "./vendor/lit-html.js";
import { choicesOf, isBuilt, valueOf } from "./commands.js";

const COMPLETE_MS = 150;

/**
 * @typedef {object} CommandHost
 * @property {string} id  unlike any other pane's
 * @property {import("./listbox.js").Listbox} listbox
 * @property {(options: object, focus: string) => Promise<{name: string, value: any}[]>} complete
 * @property {(options: object) => void} run
 * @property {(text: string) => void} leave  back to plain text
 */

export class CommandMode {
  element = document.createElement("div");
  /** @type {import("./commands.js").Offer} */
  offer;
  #host;
  #fields = [];
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
    if (rest && this.#fields.length > 0) this.#fields[0].input.value = rest;
    this.#draw();
  }

  /** Gives the focus to the first field that wants it. */
  focus() {
    (this.#fields.find((field) => field.input.value === "") ?? this.#fields.at(-1))?.input.focus();
    if (this.#fields.length === 0) this.element.querySelector("button").focus();
  }

  /** The command as text, for a draft. */
  get text() {
    return `/${this.offer.name} ${this.#fields[0]?.input.value ?? ""}`;
  }

  /** Runs the command if all that was filled in is right; says what isn't otherwise. */
  run() {
    const options = {};
    for (const field of this.#fields) {
      field.error = errorOf(field);
      if (!field.error && field.input.value !== "") options[field.option.name] = this.#value(field).value;
    }
    const wrong = this.#fields.find((field) => field.error);
    this.#draw();
    if (wrong) wrong.input.focus();
    else this.#host.run(options);
  }

  #add(option) {
    const input = document.createElement("input");
    const field = { option, input, element: document.createElement("label"), picked: null, error: "" };
    input.type = "text";
    input.autocomplete = "off";
    input.spellcheck = false;
    input.name = option.name;
    input.enterKeyHint = "send";
    input.disabled = !isBuilt(option);
    input.placeholder = isBuilt(option) ? option.description ?? "" : `Options of type ${option.type} aren't built in this playground`;
    if (option.type === 4 || option.type === 10) input.inputMode = option.type === 4 ? "numeric" : "decimal";
    if (option.autocomplete || choicesOf(option).length) {
      input.role = "combobox";
      input.ariaAutoComplete = "list";
      input.ariaExpanded = "false";
    }
    input.addEventListener("input", () => this.#typed(field));
    input.addEventListener("focus", () => this.#offer(field, 0));
    input.addEventListener("blur", () => this.#blurred());
    input.addEventListener("keydown", (event) => this.#keyed(event, field));
    field.element.className = "command-option";
    this.#fields.push(field);
    return field;
  }

  #typed(field) {
    field.picked = null;
    if (field.error) {
      field.error = "";
      this.#draw();
    }
    this.#offer(field, COMPLETE_MS);
  }

  #keyed(event, field) {
    const { listbox } = this.#host;
    if (event.isComposing || listbox.take(event)) return;
    if (event.key === "Enter") {
      event.preventDefault();
      if (listbox.active && (listbox.wasMoved || errorOf(field))) listbox.active.choose();
      else this.run();
    } else if (event.key === "Tab" && !event.shiftKey && listbox.isOpen && field.input.value !== "" && listbox.active) {
      listbox.active.choose();
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.#leave();
    } else if (event.key === "Backspace" && field.input.value === "") {
      event.preventDefault();
      this.#back(field);
    }
  }

  /** Backspace in an empty field: out of an optional one, or out of the command. */
  #back(field) {
    const at = this.#fields.indexOf(field);
    if (at === 0) {
      this.#leave();
    } else if (field.option.required) {
      this.#fields[at - 1].input.focus();
    } else {
      this.#fields.splice(at, 1);
      this.#draw();
      this.#fields[at - 1].input.focus();
    }
  }

  #leave() {
    this.#close();
    this.#host.leave(`/${this.offer.name}`);
  }

  #blurred() {
    this.#close();
  }

  #close() {
    clearTimeout(this.#timer);
    this.#asked += 1;
    this.#host.listbox.hide();
  }

  /** Opens what an option offers: its choices, or what the bot completes. */
  #offer(field, wait) {
    clearTimeout(this.#timer);
    const { option, input } = field;
    const choices = choicesOf(option);
    if (choices.length > 0) {
      const typed = input.value.trim().toLowerCase();
      this.#show(field, choices.filter((choice) => choice.name.toLowerCase().includes(typed)), true);
    } else if (option.autocomplete) {
      this.#timer = setTimeout(() => this.#complete(field), wait);
    }
  }

  async #complete(field) {
    const asked = (this.#asked += 1);
    const options = {};
    for (const other of this.#fields) {
      const value = other === field ? { value: field.input.value } : this.#value(other);
      if (other === field || (other.input.value !== "" && !("error" in value))) options[other.option.name] = value.value;
    }
    const choices = await this.#host.complete(options, field.option.name).catch(() => []);
    if (asked === this.#asked && document.activeElement === field.input) this.#show(field, choices, false);
  }

  #show(field, choices, mark) {
    const items = choices.map((choice) => ({ title: choice.name, choose: () => this.#pick(field, choice) }));
    const empty = mark ? `Nothing that ${field.option.name} offers fits.` : undefined;
    this.#host.listbox.show(field.input, items, { label: field.option.name, mark, empty });
  }

  #pick(field, choice) {
    field.picked = choice;
    field.error = "";
    field.input.value = choice.name;
    this.#close();
    this.#draw();
    field.input.focus();
  }

  #value({ option, input, picked }) {
    return picked ? { value: picked.value } : valueOf(option, input.value);
  }

  #addOptional(option) {
    const field = this.#add(option);
    this.#draw();
    field.input.focus();
  }

  #draw() {
    for (const field of this.#fields) this.#drawField(field);
    const missing = this.offer.options.filter((option) => !this.#fields.some((field) => field.option === option));
    const errors = this.#fields.filter((field) => field.error);
    render(
      html`<div class="command-line">
          <button type="button" class="command-name" title="Leave the command" @click=${() => this.#leave()}>/${this.offer.name}</button>
          ${this.#fields.map((field) => field.element)}
          ${missing.map((option) => this.#chipTemplate(option))}
        </div>
        ${errors.map(({ error }, index) => html`<p class="command-error" role="alert" id="${this.#host.id}-error-${index}">${error}</p>`)}`,
      this.element,
    );
    errors.forEach((field, index) => field.input.setAttribute("aria-describedby", `${this.#host.id}-error-${index}`));
  }

  #drawField({ option, input, element, error }) {
    input.ariaInvalid = String(Boolean(error));
    input.removeAttribute("aria-describedby");
    element.classList.toggle("wrong", Boolean(error));
    render(html`<span class="command-option-name">${option.name}</span>${input}`, element);
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

function errorOf({ option, input, picked }) {
  if (input.value === "" || input.disabled) {
    if (!option.required) return "";
    return input.disabled ? `${option.name} is required, and isn't built in this playground.` : `${option.name} is required.`;
  }
  return picked ? "" : valueOf(option, input.value).error ?? "";
}
