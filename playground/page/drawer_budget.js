/** The drawer's budget: how much of Discord's rate limits the bot has used, the one over all and each route's. */

import { html, nothing } from "./vendor/lit-html.js";

/** @returns {import("./drawer.js").Tab} */
export function budgetTab() {
  return { id: "budget", label: "Budget", topics: ["budget"], template: ({ budget }) => budgetTemplate(budget) };
}

function budgetTemplate(budget) {
  const routes = budget?.routes ?? [];
  return html`
    <p class="hint">Discord takes only so many calls in a while. The bot paces its edits by this.</p>
    ${budget?.over_all ? meterTemplate("All calls together", "", budget.over_all) : unusedTemplate("All calls together")}
    ${routes.length ? nothing : html`<p class="hint">No route is limited at the moment.</p>`}
    ${routes.map((each) => meterTemplate(each.route, each.place, each))}
  `;
}

function unusedTemplate(route) {
  return html`<div class="budget">
    <span class="budget-route">${route}</span>
    <meter min="0" max="1" .value=${0} aria-label=${route}></meter>
    <span class="budget-words">none just now</span>
  </div>`;
}

function meterTemplate(route, place, { used, limit, seconds }) {
  const isFull = used >= limit;
  return html`<div class="budget">
    <span class="budget-route">${route}${place ? html` <small>in ${place}</small>` : nothing}</span>
    <meter
      min="0"
      max=${limit}
      high=${limit * 0.8}
      optimum="0"
      .value=${used}
      aria-label="${route} ${place}"
    ></meter>
    <span class="budget-words ${isFull ? "tone warn" : ""}">${used} of ${limit}, anew in ${seconds} s</span>
  </div>`;
}
