/** The drawer's log: the bot's own lines; and what the bot asked for that this playground has not built. */

import { html, nothing } from "./vendor/lit-html.js";

const NEAR_END = 40; // px

/** @returns {import("./drawer.js").Tab} */
export function logTab() {
  let isAtEnd = true;
  const scrolled = ({ target }) => {
    isAtEnd = target.scrollHeight - target.scrollTop - target.clientHeight < NEAR_END;
  };
  const template = ({ log }) =>
    log.length
      ? html`<pre class="bot-log scrolls" tabindex="0" role="group" aria-label="The bot's log" @scroll=${scrolled}>
${log.join("\n")}</pre
        >`
      : html`<p class="hint">The bot has written nothing to its log yet.</p>`;
  const drawn = (panel) => {
    const lines = panel.querySelector(".bot-log");
    if (lines && isAtEnd) lines.scrollTop = lines.scrollHeight;
  };
  return { id: "log", label: "Log", topics: ["log"], template, drawn };
}

/** @returns {import("./drawer.js").Tab} */
export function refusedTab() {
  const template = ({ refused }) => html`
    <p class="hint">
      ${refused.length
        ? "The bot asked for these, and this playground doesn't have them. Nothing is swallowed: the bot was told."
        : "Everything that the bot asked for so far is built."}
    </p>
    ${refused.length
      ? html`<ul class="refused" role="list">
          ${refused.map((line) => html`<li>${line}</li>`)}
        </ul>`
      : nothing}
  `;
  return { id: "refused", label: "Not built", topics: ["refused"], template, count: ({ refused }) => refused.length };
}
