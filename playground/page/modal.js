/**
 * The forms that the bot opens, as dialogs: text, selects and files under labels, with Discord's limits, each said in a sentence.
 * The browser keeps the focus inside and gives it back.
 */

import { html, nothing, render } from "./vendor/lit-html.js";
import { notBuilt } from "./components.js";
import { showDialog } from "./dialogs.js";
import { icons } from "./icons.js";

const ROW = 1;
const SELECT = 3;
const TEXT_INPUT = 4;
const TEXT = 10;
const LABEL = 18;
const FILES = 19;
const PARAGRAPH = 2;
const LONGEST = 4000;

/**
 * Opens a form.
 * @param {{title: string, components: object[], id: string}} modal
 * @param {object} host
 * @param {string} host.person  whose form it is, by name
 * @param {(text: string) => Node} host.markdown
 * @param {(values: object, files: File[]) => Promise<string>} host.submit  gives a sentence if it was not taken, else nothing
 * @param {() => void} host.closed
 */
export function openModal(modal, host) {
  const dialog = document.createElement("dialog");
  const errors = new Map();
  const fields = fieldsOf(modal.components);
  let problem = "";
  let isBusy = false;

  const draw = () => render(modalTemplate(modal, { host, fields, errors, problem, isBusy, submit, close }), dialog);
  const close = () => dialog.close();
  const submit = async () => {
    if (isBusy) return;
    const values = valuesOf(dialog, fields);
    errors.clear();
    for (const field of fields) {
      const error = errorOf(field, field.type === FILES ? filesOf(dialog, [field]) : values[field.custom_id]);
      if (error) errors.set(field.custom_id, error);
    }
    if (errors.size > 0) {
      draw();
      dialog.querySelector("[aria-invalid=true]")?.focus();
      return;
    }
    isBusy = true;
    problem = "";
    draw();
    problem = await host.submit(values, filesOf(dialog, fields));
    isBusy = false;
    if (problem) draw();
    else close();
  };

  dialog.className = "dialog";
  dialog.setAttribute("aria-labelledby", `modal-${modal.id}`);
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      submit();
    }
    event.stopPropagation();
  });
  draw();
  showDialog(dialog, host.closed);
  dialog.querySelector("input, textarea, select")?.focus();
}

/** The fields of a form, in reading order, each with its label. */
function fieldsOf(components) {
  return components.flatMap((component) => {
    if (component.type === LABEL) return [{ ...component.component, label: component.label, description: component.description }];
    if (component.type === ROW) return component.components;
    return [component];
  }).map((field, index) => ({ ...field, key: `field-${index}` }));
}

function modalTemplate(modal, { host, fields, errors, problem, isBusy, submit, close }) {
  const sent = (event) => {
    event.preventDefault();
    submit();
  };
  return html`<form class="dialog-form" novalidate @submit=${sent}>
    <header class="dialog-head">
      <h2 id="modal-${modal.id}">${modal.title}</h2>
      <button type="button" class="icon-button" aria-label="Close" @click=${close}>${icons.close}</button>
    </header>
    <div class="dialog-body scrolls">
      <p class="dialog-whose">${host.person} fills this in.</p>
      ${fields.map((field) => fieldTemplate(field, errors.get(field.custom_id), host))}
      ${problem ? html`<p class="dialog-problem" role="alert">${problem}</p>` : nothing}
    </div>
    <footer class="dialog-foot">
      <button type="button" class="button" @click=${close}>Cancel</button>
      <button type="submit" class="button primary" aria-disabled=${isBusy}>${isBusy ? "Sending…" : "Submit"}</button>
    </footer>
  </form>`;
}

function fieldTemplate(field, error, host) {
  if (field.type === TEXT) return html`<div class="markdown">${host.markdown(field.content)}</div>`;
  if (!(field.type in TEMPLATES)) return html`<p class="not-built">${notBuilt(field.type)}</p>`;
  const described = [field.description && `${field.key}-about`, error && `${field.key}-error`].filter(Boolean).join(" ");
  return html`<div class="dialog-field">
    <label for=${field.key}>
      ${field.label}${isRequired(field) ? html`<span class="required" aria-hidden="true"> *</span>` : nothing}
    </label>
    ${field.description ? html`<p class="dialog-about" id="${field.key}-about">${field.description}</p>` : nothing}
    ${TEMPLATES[field.type](field, error, described)}
    ${error ? html`<p class="dialog-problem" id="${field.key}-error">${error}</p>` : nothing}
  </div>`;
}

function inputTemplate(field, error, described) {
  if (field.style === PARAGRAPH) {
    return html`<textarea
      class="field scrolls"
      id=${field.key}
      rows="5"
      placeholder=${field.placeholder ?? ""}
      aria-required=${isRequired(field)}
      aria-invalid=${Boolean(error)}
      aria-describedby=${described || nothing}
      .defaultValue=${field.value ?? ""}
    ></textarea>`;
  }
  return html`<input
    class="field"
    type="text"
    id=${field.key}
    autocomplete="off"
    placeholder=${field.placeholder ?? ""}
    aria-required=${isRequired(field)}
    aria-invalid=${Boolean(error)}
    aria-describedby=${described || nothing}
    value=${field.value ?? ""}
  />`;
}

function selectTemplate(field, error, described) {
  return html`<select
    class="field"
    id=${field.key}
    ?multiple=${(field.max_values ?? 1) > 1}
    aria-required=${isRequired(field)}
    aria-invalid=${Boolean(error)}
    aria-describedby=${described || nothing}
  >
    ${(field.max_values ?? 1) > 1 ? nothing : html`<option value="">${field.placeholder ?? "Make a selection"}</option>`}
    ${field.options.map((one) => html`<option value=${one.value} ?selected=${one.default ?? false}>${one.label}</option>`)}
  </select>`;
}

function filesTemplate(field, error, described) {
  return html`<input
    class="field"
    type="file"
    id=${field.key}
    ?multiple=${(field.max_values ?? 1) > 1}
    aria-required=${isRequired(field)}
    aria-invalid=${Boolean(error)}
    aria-describedby=${described || nothing}
  />`;
}

const TEMPLATES = { [TEXT_INPUT]: inputTemplate, [SELECT]: selectTemplate, [FILES]: filesTemplate };

const isRequired = (field) => field.required ?? true;

function valuesOf(dialog, fields) {
  const named = fields.filter((field) => field.type === TEXT_INPUT || field.type === SELECT);
  return Object.fromEntries(named.map((field) => [field.custom_id, valueOf(dialog.querySelector(`#${field.key}`))]));
}

/** The files that are chosen in these fields. @returns {File[]} */
function filesOf(dialog, fields) {
  const takers = fields.filter((field) => field.type === FILES);
  return takers.flatMap((field) => [...dialog.querySelector(`#${field.key}`).files]);
}

function valueOf(control) {
  if (control?.tagName !== "SELECT") return control?.value ?? "";
  return [...control.selectedOptions].map((option) => option.value).filter(Boolean);
}

/** What is wrong with a value, as a sentence. */
function errorOf(field, value) {
  if (field.type === FILES) return filesError(field, value.length);
  if (field.type === SELECT) return selectError(field, value.length);
  if (field.type !== TEXT_INPUT) return "";
  const length = [...value].length;
  const [least, most] = [field.min_length ?? 0, field.max_length ?? LONGEST];
  if (length === 0) return isRequired(field) ? "This is required." : "";
  if (length < least) return `This takes at least ${least} characters; it has ${length}.`;
  if (length > most) return `This takes at most ${most.toLocaleString()} characters; it has ${length.toLocaleString()}.`;
  return "";
}

function filesError(field, count) {
  if (count === 0) return isRequired(field) ? "Choose a file." : "";
  if (count < (field.min_values ?? 1)) return `This takes at least ${field.min_values} files.`;
  if (count > (field.max_values ?? 1)) return `This takes at most ${field.max_values ?? 1} files; there are ${count}.`;
  return "";
}

function selectError(field, count) {
  if (count === 0) return isRequired(field) ? "Choose one." : "";
  if (count < (field.min_values ?? 1)) return `Choose at least ${field.min_values}.`;
  if (count > (field.max_values ?? 1)) return `Choose at most ${field.max_values ?? 1}.`;
  return "";
}
