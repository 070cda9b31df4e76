/**
 * What was typed and not sent yet, by person and channel. The text outlives a reload of the page, as the browser's storage for
 * this tab allows; files and the message that is answered don't.
 */

const KEY = "playground-drafts";

/**
 * @typedef {object} Draft
 * @property {string} text
 * @property {import("./uploads.js").Upload[]} files
 * @property {object | null} reply  the message that is answered
 * @property {() => void} keep  call it after a change
 */

/**
 * Makes the drafts of all panes.
 * @param {Storage} storage
 * @returns {(place: {person: string, channel: string}) => Draft}
 */
export function createDrafts(storage) {
  const texts = read(storage);
  const drafts = new Map();

  const keep = () => {
    const written = [...drafts].map(([key, draft]) => [key, draft.text]).filter(([, text]) => text !== "");
    try {
      storage.setItem(KEY, JSON.stringify(Object.fromEntries(written)));
    } catch {
      // Too long for the browser's storage: this draft won't outlive a reload.
    }
  };

  return ({ person, channel }) => {
    const key = `${person}/${channel}`;
    if (!drafts.has(key)) drafts.set(key, { text: texts[key] ?? "", files: [], reply: null, keep });
    return drafts.get(key);
  };
}

function read(storage) {
  try {
    return JSON.parse(storage.getItem(KEY)) ?? {};
  } catch {
    return {}; // somebody else's words under this name
  }
}
