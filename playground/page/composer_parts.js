/** What stands around the text in a message box, as templates: its buttons, what is answered, the files, the count of characters. */

import { html, nothing } from "./vendor/lit-html.js";
import { bytes, nameOf } from "./format.js";
import { icons } from "./icons.js";

/** Characters that a message takes. */
export const LONGEST = 2000;
/** From here on the characters that are left are shown. */
const COUNTED = 1800;

/**
 * The row in which one writes.
 * @param {{fields: unknown[], isCommand: boolean, pick: () => void, send: () => void}} row
 */
export function composerRow({ fields, isCommand, pick, send }) {
  const label = isCommand ? "Run the command" : "Send";
  return html`<div class="composer-row">
    <button type="button" class="icon-button" aria-label="Attach files" title="Attach files" ?hidden=${isCommand} @click=${pick}>
      ${icons.plus}
    </button>
    ${fields}
    <button type="button" class="icon-button composer-send" aria-label=${label} title=${label} @click=${send}>${icons.send}</button>
  </div>`;
}

/** The bar that says which message is answered. */
export function replyBar(reply, users, cancel) {
  if (reply === null) return nothing;
  return html`<div class="composer-reply">
    ${icons.reply}<span>Replying to <b>${nameOf(users, reply.author)}</b></span>
    <button type="button" class="icon-button" aria-label="Don't reply" title="Don't reply" @click=${cancel}>${icons.close}</button>
  </div>`;
}

/**
 * The files that go along, each with what became of it.
 * @param {import("./uploads.js").Uploads} uploads
 * @param {(item: import("./uploads.js").Upload) => void} remove
 */
export function fileChips({ items, refusal }, remove) {
  if (items.length === 0 && !refusal) return nothing;
  return html`<ul class="composer-files" aria-label="Files to send">
      ${items.map((item) => fileChip(item, () => remove(item)))}
    </ul>
    ${refusal ? html`<p class="composer-problem" role="alert">${refusal}</p>` : nothing}`;
}

function fileChip(item, remove) {
  const state = item.error || (item.isDone ? bytes(item.size) : "Uploading…");
  return html`<li class="composer-file ${item.error ? "wrong" : ""}">
    ${icons.file}
    <span class="composer-file-words"><b>${item.name}</b> <small>${state}</small></span>
    <button type="button" class="icon-button" aria-label="Remove ${item.name}" title="Remove" @click=${remove}>${icons.close}</button>
  </li>`;
}

/**
 * How many characters are left, or are too many.
 * @param {string} text  as it would be sent
 * @param {() => void} sendAsFile
 */
export function characterCount(text, sendAsFile) {
  if (text.length < COUNTED) return nothing;
  const length = [...text].length;
  if (length < COUNTED) return nothing;
  if (length <= LONGEST) return html`<p class="composer-count">${LONGEST - length} characters left</p>`;
  return html`<p class="composer-problem" role="alert">
    <span>A message takes 2,000 characters; this is ${(length - LONGEST).toLocaleString()} more.</span>
    <button type="button" class="button" @click=${sendAsFile}>Send as text file</button>
  </p>`;
}
