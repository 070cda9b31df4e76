/**
 * One option of a slash command as a field: text that is checked as the option's type wants it, a choice, or a file. What types the
 * playground hasn't built is shown and can't be filled in.
 */

import { html, render } from "./vendor/lit-html.js";
import { FILE, INTEGER, NUMBER, choicesOf, isBuilt, valueOf } from "./commands.js";

export class CommandField {
  element = document.createElement("label");
  input = document.createElement("input");
  /** What is wrong with it, as a sentence. */
  error = "";
  #picked = null;

  /**
   * @param {object} option  Discord's
   * @param {(file: File) => import("./uploads.js").Upload} upload
   */
  constructor(option, upload) {
    const { input } = this;
    this.option = option;
    this.upload = null;
    this.element.className = "command-option";
    input.type = option.type === FILE ? "file" : "text";
    input.name = option.name;
    input.autocomplete = "off";
    input.spellcheck = false;
    input.enterKeyHint = "send";
    input.disabled = !isBuilt(option);
    input.placeholder = isBuilt(option) ? option.description ?? "" : `Options of type ${option.type} aren't built in this playground`;
    if (option.type === INTEGER || option.type === NUMBER) input.inputMode = option.type === INTEGER ? "numeric" : "decimal";
    if (option.autocomplete || choicesOf(option).length > 0) {
      input.role = "combobox";
      input.ariaAutoComplete = "list";
      input.ariaExpanded = "false";
    }
    input.addEventListener("change", () => input.files && this.#attach(input.files[0], upload));
  }

  get isEmpty() {
    return this.input.value === "";
  }

  /** Takes a choice or a completion, whose name then stands in the field. @param {{name: string, value: any}} choice */
  pick(choice) {
    this.#picked = choice;
    this.error = "";
    this.input.value = choice.name;
  }

  /** Takes in that something else was typed. */
  typed() {
    this.#picked = null;
    this.error = "";
  }

  /** What is wrong with what is filled in, as a sentence; nothing if it can be sent. */
  check() {
    const { option } = this;
    if (this.isEmpty || this.input.disabled) {
      if (!option.required) return "";
      return this.input.disabled ? `${option.name} is required, and isn't built in this playground.` : `${option.name} is required.`;
    }
    if (option.type === FILE) return this.upload?.error ?? "";
    return this.#picked ? "" : valueOf(option, this.input.value).error ?? "";
  }

  /** The option's value; of a file, a promise of what stands for it, or of null if it couldn't be taken. */
  get value() {
    if (this.option.type === FILE) return this.upload.done.then((id) => id && { file: id });
    return this.#picked ? this.#picked.value : valueOf(this.option, this.input.value).value;
  }

  /** Draws the field; `errorId` is where its error stands. */
  draw(errorId) {
    const { input } = this;
    input.ariaInvalid = String(this.error !== "");
    if (this.error) input.setAttribute("aria-describedby", errorId);
    else input.removeAttribute("aria-describedby");
    this.element.classList.toggle("wrong", this.error !== "");
    render(html`<span class="command-option-name">${this.option.name}</span>${input}`, this.element);
  }

  #attach(file, upload) {
    this.error = "";
    this.upload = file ? upload(file) : null;
  }
}
