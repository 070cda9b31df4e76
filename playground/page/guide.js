/**
 * "Your first minute": five steps that tick themselves off as somebody takes them (guide_steps.js), each with a button that
 * types it for them. How far they came, and that the card was put away, is remembered by the browser.
 */

import { html, nothing, render } from "./vendor/lit-html.js";
import { STEPS, after, atFirst, belongs, isAfter } from "./guide_steps.js";
import { icons } from "./icons.js";

const KEY = "playground-guide";

/**
 * Makes the card in `root`. It sends an event `toggle` from `root` whenever it was shown or put away.
 * @param {HTMLElement} root
 * @param {import("./store.js").Store} store
 * @param {{fill: (person: string, text: string, where: {channel?: string}) => void, focus?: () => void}} composer
 *   puts a text into somebody's message box; `focus` is where the focus goes when the card is put away
 * @param {Storage} storage
 */
export function createGuide(root, store, composer, storage = localStorage) {
  let { isHidden, progress } = recall(storage);

  const keep = () => {
    try {
      storage.setItem(KEY, JSON.stringify({ isHidden, progress }));
    } catch {
      // A browser that keeps nothing shows the card anew next time.
    }
  };

  const draw = () => {
    const isShown = !isHidden && store.state.ready;
    root.hidden = !isShown;
    render(isShown ? cardTemplate(progress ?? atFirst(), { type, hide, again }) : nothing, root);
  };

  const advance = (next) => {
    if (next === progress) return;
    progress = next;
    keep();
    draw();
  };

  const type = (text) => {
    const person = progress?.person ?? store.state.people[0]?.id;
    if (person) composer.fill(person, text, {});
  };

  const setHidden = (value) => {
    if (isHidden === value) return;
    isHidden = value;
    keep();
    draw();
    root.dispatchEvent(new Event("toggle"));
  };

  const hide = () => {
    const hadFocus = root.contains(document.activeElement);
    setHidden(true);
    if (hadFocus) composer.focus?.();
  };

  const again = () => advance(atFirst(newest(store.state)));

  const show = () => {
    if (progress?.done === STEPS.length) again();
    setHidden(false);
  };

  store.subscribe((change) => {
    const { state } = store;
    if (change.topics.has("snapshot")) {
      const isKnown = progress !== null && belongs(progress, state);
      advance(missed(isKnown ? progress : atFirst(newest(state)), state));
      draw();
    }
    if (progress !== null && progress.done < STEPS.length) advance(changed(progress, change, state));
  });
  draw();

  return { element: root, show, hide, isShown: () => !isHidden };
}

function recall(storage) {
  try {
    const { isHidden, progress } = JSON.parse(storage.getItem(KEY));
    return { isHidden: isHidden === true, progress: progress && { ...atFirst(), ...progress } };
  } catch {
    return { isHidden: false, progress: null }; // the first visit, or a browser that keeps nothing
  }
}

/** The id of the newest message of all. */
function newest(state) {
  const ids = eachMessage(state).map(({ message }) => message.id);
  return ids.reduce((last, id) => (isAfter(id, last) ? id : last), "0");
}

function eachMessage(state) {
  return Object.entries(state.views).flatMap(([person, channels]) =>
    Object.values(channels).flatMap(({ messages }) =>
      messages.filter((message) => !message.notice).map((message) => ({ person, message })),
    ),
  );
}

/** The progress with what happened while the page was away. */
function missed(progress, state) {
  return eachMessage(state)
    .filter(({ message }) => isAfter(message.id, progress.seen))
    .sort((one, other) => (isAfter(one.message.id, other.message.id) ? 1 : -1))
    .reduce((reached, { person, message }) => after(reached, person, message), progress);
}

function changed(progress, change, state) {
  for (const [key, { ids }] of change.views) {
    const [person, channel] = key.split("/");
    for (const id of ids) {
      const message = state.views[person]?.[channel]?.messages.findLast((one) => one.id === id);
      if (message && !message.notice) progress = after(progress, person, message);
    }
  }
  return progress;
}

function cardTemplate(progress, { type, hide, again }) {
  const isDone = progress.done === STEPS.length;
  return html`<div class="guide ${isDone ? "done" : ""}">
    <header class="guide-header">
      <h2>${isDone ? "That was your first minute" : "Your first minute"}</h2>
      <p class="guide-count" role="status">${isDone ? "All five steps done" : `${progress.done} of ${STEPS.length} done`}</p>
      <button type="button" class="icon-button" aria-label="Put the guide away" title="Put the guide away" @click=${hide}>
        ${icons.close}
      </button>
    </header>
    ${isDone ? endTemplate(progress, again) : stepsTemplate(progress, type)}
  </div>`;
}

function stepsTemplate(progress, type) {
  return html`<ol class="guide-steps" role="list">
    ${STEPS.map((step, index) => stepTemplate(step, index, progress, type))}
  </ol>`;
}

function stepTemplate(step, index, progress, type) {
  const state = index < progress.done ? "done" : index === progress.done ? "next" : "later";
  const words = typeof step.words === "function" ? step.words(progress) : step.words;
  const text = step.text(progress);
  return html`<li class="guide-step ${state}" aria-current=${state === "next" ? "step" : nothing}>
    <span class="guide-mark" aria-hidden="true">${state === "done" ? icons.check : index + 1}</span>
    <div class="guide-words">
      <b>${step.title}</b>${state === "done" ? html`<span class="visually-hidden"> (done)</span>` : nothing}
      <p>${words}</p>
      ${state === "next"
        ? html`<code>${text}</code>
            <button type="button" class="button primary" @click=${() => type(text)}>Type it for me</button>`
        : nothing}
    </div>
  </li>`;
}

function endTemplate({ language }, again) {
  return html`<div class="guide-end">
    <p>
      It knew that you like ${language}: each session keeps its own memory, and nothing in it is lost. Two more things to see with your
      own eyes:
    </p>
    <ul>
      <li><b>Look at the other person's side.</b> None of this shows there. Sessions are private, in servers too.</li>
      <li>
        <b>Kill the bot while it writes.</b> Ask it to “count to 100”, press <i>Kill now</i> in the bot's menu on top, then
        <i>Start</i>: the message mends itself.
      </li>
    </ul>
    <button type="button" class="button" @click=${again}>Start over</button>
  </div>`;
}
