/** How what was written leaves a message box: once its files are at the server, and to where it was written, wherever one is by then. */

import { NotDone } from "./connection.js";

const TYPING_MS = 8000;
const NO_FILE = "A file could not be attached. Attach it again, and send again.";

/**
 * Sends a message. Rejects with a sentence if it could not be sent.
 * @param {(act: string, fields: object) => Promise<any>} ask
 * @param {{place: {person: string, channel: string}, text: string, files: Promise<string | null>[], reply: object | null}} message
 */
export async function sendMessage(ask, { place, text, files, reply }) {
  const ids = await Promise.all(files);
  if (ids.includes(null)) throw new NotDone(NO_FILE);
  await ask("say", { ...place, text, files: ids, reply_to: reply?.id });
}

/** The options of a command once its files are at the server. Rejects with a sentence if one could not be taken. */
export async function sentOptions(options) {
  const values = await Promise.all(Object.values(options));
  if (values.includes(null)) throw new NotDone(NO_FILE);
  return Object.fromEntries(Object.keys(options).map((name, at) => [name, values[at]]));
}

/** Tells the others that somebody writes: not at every key. @param {(act: string, fields: object) => Promise<any>} ask */
export function createTypingTeller(ask) {
  let last = 0;
  return {
    typed(text) {
      const now = Date.now();
      if (text.trim() === "" || text.startsWith("/") || now - last < TYPING_MS) return;
      last = now;
      ask("typing", {}).catch(() => {}); // nobody misses it
    },
    sent() {
      last = 0;
    },
  };
}
