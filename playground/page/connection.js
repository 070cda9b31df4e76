/**
 * The WebSocket to the playground's server: events go to the store, acts are asked and answered.
 *
 * A lost connection is tried again, at growing intervals, with the run and number of the last event, so that the server sends
 * only what was missed. The store's `link` says how it stands.
 */

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5000;

/** The code with which the server closes when the page's token is not (or no longer) its own. */
const WRONG_TOKEN = 4401;

export const LOST = "The connection to the playground was lost. Try again when it's back.";

/** An act that the server refused, or that could not reach it; the message is a sentence for people. */
export class NotDone extends Error {}

/** @typedef {ReturnType<typeof createConnection>} Connection */

/**
 * Connects, and stays connected until the page goes.
 * @param {string} url  the WebSocket's address
 * @param {string} token  the page's token
 * @param {import("./store.js").Store} store
 */
export function createConnection(url, token, store) {
  const waiting = new Map();
  let socket = null;
  let asked = 0;
  let wait = FIRST_WAIT_MS;

  const open = () => {
    socket = new WebSocket(url);
    socket.addEventListener("open", greet);
    socket.addEventListener("message", ({ data }) => take(JSON.parse(data)));
    socket.addEventListener("close", closed);
  };

  const greet = () => {
    const { ready, run, seq } = store.state;
    socket.send(JSON.stringify({ token, resume: ready ? { run, seq } : null }));
  };

  const take = (message) => {
    if (message.type === "answer") {
      settle(message);
      return;
    }
    if (message.type === "snapshot" || message.type === "resumed") {
      wait = FIRST_WAIT_MS;
      store.setLink("open");
    }
    store.apply(message);
  };

  const settle = (answer) => {
    const { resolve, reject } = waiting.get(answer.n) ?? {};
    waiting.delete(answer.n);
    if (answer.ok) resolve?.(answer);
    else reject?.(new NotDone(answer.error));
  };

  const closed = ({ code }) => {
    for (const { reject } of waiting.values()) reject(new NotDone(LOST));
    waiting.clear();
    if (code === WRONG_TOKEN) {
      store.setLink("refused");
      return;
    }
    store.setLink("lost");
    setTimeout(open, wait);
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  };

  open();

  return {
    token,

    /**
     * Asks the server to do something. Rejects with `NotDone` if it didn't.
     * @param {string} act  the act's name, as in the contract
     * @param {object} [fields]  what it takes
     * @returns {Promise<any>} the answer
     */
    ask(act, fields = {}) {
      if (socket.readyState !== WebSocket.OPEN || store.state.link !== "open") return Promise.reject(new NotDone(LOST));
      const n = (asked += 1);
      const answer = new Promise((resolve, reject) => waiting.set(n, { resolve, reject }));
      socket.send(JSON.stringify({ n, act, ...fields }));
      return answer;
    },
  };
}
