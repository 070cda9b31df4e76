/** The drawer's calls: what the bot asked of Discord, newest first, each with what was sent and answered. */

import { html, nothing } from "./vendor/lit-html.js";
import { createRows } from "./rows.js";
import { clockWithSeconds } from "./time.js";

const MEANINGS = {
  0: "cut off",
  200: "done",
  201: "created",
  202: "accepted",
  204: "done",
  400: "not understood",
  401: "not logged in",
  403: "not allowed",
  404: "not there",
  405: "not that way",
  409: "in conflict",
  413: "too large",
  429: "rate limited",
  500: "Discord failed",
  501: "not built here",
  502: "Discord failed",
  503: "Discord is away",
};

/** @returns {import("./drawer.js").Tab} */
export function callsTab({ ask, redraw }) {
  let filter = "";
  const opened = new Map(); // a call's number -> what is known of its contents

  const toggle = async ({ number }) => {
    if (opened.delete(number)) return redraw();
    opened.set(number, { words: "Fetching…" });
    redraw();
    try {
      const { request, response } = await ask("call", { number });
      if (opened.has(number)) opened.set(number, { request, response });
    } catch (error) {
      if (opened.has(number)) opened.set(number, { words: error.message });
    }
    return redraw();
  };

  const list = createRows("ol", "li", "calls", {
    key: ({ number }) => number,
    template: (call) => callTemplate(call, opened.get(call.number), toggle),
  });

  const template = ({ calls }) => {
    const wanted = calls.filter((call) => fits(call, filter)).reverse();
    list.update(wanted);
    return html`
      <label class="drawer-filter">
        <span class="visually-hidden">Show only calls with these words</span>
        <input
          class="field"
          type="search"
          placeholder="Filter: PATCH, messages, 429, failed…"
          .value=${filter}
          @input=${({ target }) => {
            filter = target.value;
            redraw();
          }}
        />
      </label>
      ${wanted.length ? nothing : html`<p class="hint">${calls.length ? "No call fits these words." : "No call yet."}</p>`}
      ${list.element}
    `;
  };
  return { id: "calls", label: "Calls", topics: ["calls"], template };
}

/** What a status means. */
export function meaning(status) {
  return MEANINGS[status] ?? (status < 400 ? "done" : status < 500 ? "refused" : "Discord failed");
}

function toneOf(status) {
  if (status === 429) return "warn";
  return status >= 200 && status < 400 ? "good" : "bad";
}

function fits(call, filter) {
  const isFailed = toneOf(call.status) !== "good" ? "failed" : "";
  const text = `${call.method} ${call.route} ${call.status} ${meaning(call.status)} ${isFailed}`.toLowerCase();
  return filter.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

function callTemplate(call, contents, toggle) {
  return html`<button
      type="button"
      class="call"
      aria-expanded=${contents ? "true" : "false"}
      @click=${() => toggle(call)}
    >
      <span class="call-time">${clockWithSeconds(call.at)}</span>
      <span class="call-route"><b>${call.method}</b> ${call.route}</span>
      <span class="call-status ${toneOf(call.status)}">${call.status || ""} ${meaning(call.status)}</span>
      <span class="call-ms">${Math.round(call.ms)} ms</span>
    </button>
    ${contents ? contentsTemplate(contents) : nothing}`;
}

function contentsTemplate({ words, request, response }) {
  if (words) return html`<p class="hint">${words}</p>`;
  return html`<div class="call-contents">${jsonTemplate("Sent", request)} ${jsonTemplate("Answered", response)}</div>`;
}

function jsonTemplate(title, value) {
  const isNothing = value === null || value === undefined || value === "";
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return html`<h3>${title}</h3>
    ${isNothing
      ? html`<p class="hint">Nothing</p>`
      : html`<pre class="scrolls" tabindex="0" role="group" aria-label=${title}>${text}</pre>`}`;
}
