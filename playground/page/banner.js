/** The line above the panes: that the connection is lost, why the bot isn't running, or what couldn't be done with it. */

import { html, nothing } from "./vendor/lit-html.js";

/**
 * What there is to say, if there is anything.
 * @param {object} state  the store's
 * @param {string} problem  what went wrong last, as a sentence
 * @param {() => void} dismiss  forgets the problem
 */
export function bannerTemplate({ link, bot, application }, problem, dismiss) {
  if (link === "lost") return html`<p>Connection to the playground lost; trying again…</p>`;
  if (link === "refused") {
    return html`<p>
      The playground was started anew since this page was loaded.
      <button type="button" class="button" @click=${() => location.reload()}>Reload the page</button>
    </p>`;
  }
  if (problem) return html`<p>${problem} <button type="button" class="button" @click=${dismiss}>Close</button></p>`;
  if (bot.state !== "stopped") return nothing;
  if (bot.words) return html`<p>${application.name} didn't start: ${bot.words}</p>`;
  if (bot.exit > 0) return html`<p>${application.name} ended by itself. Its log, behind the scenes, says why; start it again on top.</p>`;
  return nothing;
}
