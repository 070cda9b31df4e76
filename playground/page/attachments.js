/** The files on a message: pictures are shown, others stand with name and size to be downloaded. */

import { html, nothing } from "./vendor/lit-html.js";
import { bytes } from "./format.js";
import { icons } from "./icons.js";

const PICTURES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);

/**
 * The attachments of a message.
 * @param {{id: string, name: string, kind: string, size: number, url: string}[]} attachments
 * @param {string} token  the page's token, without which the server gives no file
 */
export function attachmentsTemplate(attachments, token) {
  if (attachments.length === 0) return nothing;
  return html`<ul class="attachments" aria-label="Attachments">
    ${attachments.map((file) => html`<li>${isPicture(file) ? picture(file, token) : download(file, token)}</li>`)}
  </ul>`;
}

/** Tells whether a file of this kind is shown as a picture. */
export const isPicture = ({ kind }) => PICTURES.has(kind.split(";")[0].trim());

const address = (file, token) => `${file.url}?token=${encodeURIComponent(token)}`;

function picture(file, token) {
  const url = address(file, token);
  return html`<a class="picture" href=${url} target="_blank" rel="noopener noreferrer">
    <img src=${url} alt=${file.name} loading="lazy" />
  </a>`;
}

function download(file, token) {
  return html`<a class="document" href=${address(file, token)} download=${file.name}>
    ${icons.file}
    <span class="document-name">${file.name}</span>
    <span class="document-size">${bytes(file.size)}</span>
    ${icons.download}
    <span class="visually-hidden">Download</span>
  </a>`;
}
