/** The drawer's switches: the bot's life, and everything that the server lets go wrong. */

import { html, nothing } from "./vendor/lit-html.js";

const BOT_ACTS = [
  { act: "kill", label: "Kill the bot now", className: "danger", when: ["starting", "running", "stopping"] },
  { act: "start", label: "Start it again", className: "primary", when: ["stopped"] },
  { act: "restart", label: "Restart gracefully", className: "", when: ["running"] },
];
const STATES = { stopped: "Stopped", starting: "Starting", running: "Running", stopping: "Stopping" };

/** @returns {import("./drawer.js").Tab} */
export function switchesTab({ ask, redraw }) {
  let problem = "";
  const attempt = async (act, fields) => {
    try {
      await ask(act, fields);
      problem = "";
    } catch (error) {
      problem = error.message;
    }
    redraw();
    return problem === "";
  };

  const choose = async (item, select) => {
    const isDone = await attempt("switch", { switch: item.id, value: select.value });
    if (!isDone) select.value = select.dataset.holds;
  };

  const template = ({ bot, board }) => html`
    ${problem ? html`<p class="drawer-problem" role="alert">${problem}</p>` : nothing}
    ${botTemplate(bot, (act) => attempt("bot", { do: act }))}
    ${[...Map.groupBy(board.switches, (item) => item.group)].map(
      ([group, items]) => html`<section class="switch-group" role="group" aria-label=${group}>
        <h3>${group}</h3>
        ${items.map((item) => switchTemplate(item, { choose, turn: (value) => attempt("switch", { switch: item.id, value }) }))}
      </section>`,
    )}
  `;
  return { id: "switches", label: "Switches", topics: ["bot", "board"], template };
}

function botTemplate(bot, run) {
  return html`<section class="bot-card" role="group" aria-label="The bot">
    <p class="bot-state" role="status">
      <span class="bot-dot ${bot.state}" aria-hidden="true"></span>
      <b>${STATES[bot.state] ?? bot.state}</b> <span>${bot.words}</span>
    </p>
    <div class="bot-acts">
      ${BOT_ACTS.map(({ act, label, className, when }) => {
        const isOff = !when.includes(bot.state);
        return html`<button
          type="button"
          class="button large ${className}"
          aria-disabled=${isOff ? "true" : nothing}
          @click=${() => isOff || run(act)}
        >
          ${label}
        </button>`;
      })}
    </div>
    <p class="hint">Press Kill while an answer streams, then start the bot: the message mends itself.</p>
  </section>`;
}

function switchTemplate(item, { choose, turn }) {
  const id = `switch-${item.id}`;
  const about = `${id}-about`;
  return html`<div class="switch ${item.available ? "" : "off"}">
    <div class="switch-words">
      ${item.kind === "action" ? html`<b>${item.label}</b>` : html`<label for=${id}>${item.label}</label>`}
      <p id=${about}>${item.about}${item.available ? nothing : html` <span class="why">${item.why}</span>`}</p>
    </div>
    ${controls[item.kind]?.(item, { id, about, choose, turn }) ?? nothing}
  </div>`;
}

const controls = {
  choice: (item, { id, about, choose }) => html`<select
    class="field"
    id=${id}
    aria-describedby=${about}
    ?disabled=${!item.available}
    data-holds=${item.value}
    @change=${({ target }) => choose(item, target)}
  >
    ${item.options.map(
      ({ value, label }) => html`<option value=${value} .selected=${value === item.value}>${label}</option>`,
    )}
  </select>`,

  toggle: (item, { id, about, turn }) => html`<button
    type="button"
    class="toggle"
    role="switch"
    id=${id}
    aria-describedby=${about}
    aria-checked=${item.value ? "true" : "false"}
    aria-disabled=${item.available ? nothing : "true"}
    @click=${() => item.available && turn(!item.value)}
  ></button>`,

  action: (item, { id, about, turn }) => html`<button
    type="button"
    class="button"
    id=${id}
    aria-describedby=${about}
    aria-label="Do it: ${item.label}"
    aria-disabled=${item.available ? nothing : "true"}
    @click=${() => item.available && turn(true)}
  >
    Do it
  </button>`,
};
