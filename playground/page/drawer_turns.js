/** The drawer's turns: the way of each message through the bot's journal, and how far its answer has come. */

import { html, nothing } from "./vendor/lit-html.js";
import { createRows } from "./rows.js";
import { clockWithSeconds } from "./time.js";

const OUTCOMES = {
  queued: ["waits in line", "wait"],
  paused: ["paused", "wait"],
  asked: ["asked", "wait"],
  streaming: ["streaming", "wait"],
  completed: ["completed", "good"],
  truncated: ["cut", "warn"],
  stopped: ["stopped", "warn"],
  failed: ["failed", "bad"],
  interrupted: ["interrupted", "warn"],
  removed: ["removed", "wait"],
};
const DELIVERED = {
  pending: ["not sent yet", "wait"],
  sent: ["sent", "wait"],
  unknown: ["unknown whether it arrived", "warn"],
  final: ["final", "good"],
  undeliverable: ["could not be delivered", "bad"],
};

/** @returns {import("./drawer.js").Tab} */
export function turnsTab() {
  let users = {};
  const list = createRows("ol", "li", "turns", { key: ({ id }) => id, template: (turn) => turnTemplate(turn, users) });
  const template = (state) => {
    users = state.users;
    list.update(state.turns);
    return html`${state.turns.length ? nothing : html`<p class="hint">No turn yet: write to the bot.</p>`}${list.element}`;
  };
  return { id: "turns", label: "Turns", topics: ["turns"], template };
}

function turnTemplate(turn, users) {
  const [outcome, tone] = OUTCOMES[turn.state] ?? [turn.state, "wait"];
  const error = turn.error?.replaceAll("_", " ");
  const name = users[turn.person]?.name ?? turn.person;
  return html`<h3 class="turn-title">
      ${name} · session ${turn.session} · <span class="tone ${tone}">${outcome}</span>
      ${error && !error.startsWith(outcome) ? html`<span class="turn-error">${error}</span>` : nothing}
    </h3>
    <ol class="turn-steps" role="list">
      ${turn.steps.map(({ name: step, at }, index) => stepTemplate(step, at, turn.steps[index - 1]?.at))}
    </ol>
    ${turn.parts.length
      ? html`<ul class="turn-parts" role="list">
          ${turn.parts.map(partTemplate)}
        </ul>`
      : nothing}`;
}

function stepTemplate(step, at, before) {
  return html`<li>
    <span>${step}</span>
    <small>${before === undefined ? clockWithSeconds(at) : `+${(at - before).toLocaleString()} ms`}</small>
  </li>`;
}

function partTemplate({ part, kind, state, surface }) {
  const [words, tone] = DELIVERED[state] ?? [state, "wait"];
  return html`<li>Part ${part + 1}, ${surface} ${kind}: <span class="tone ${tone}">${words}</span></li>`;
}
