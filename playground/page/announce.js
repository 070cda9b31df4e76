/**
 * What a screen reader is told of a channel: each message once it is whole, not each of its edits.
 *
 * A bot's answer grows by edits; it counts as whole when none came for a while. What was read out already isn't read again:
 * of an answer that went on after all, only the rest is.
 */

const QUIET_MS = 2500;
const LONGEST = 600;

/**
 * Makes the announcer of one polite live region.
 * @param {HTMLElement} region
 */
export function createAnnouncer(region) {
  const timers = new Map();
  const said = new Map();

  const speak = (id, name, words) => {
    timers.delete(id);
    const text = words();
    const before = said.get(id) ?? "";
    if (text === before) return;
    said.set(id, text);
    const rest = before !== "" && text.startsWith(before) ? text.slice(before.length) : text;
    region.textContent = `${name}: ${rest.slice(0, LONGEST)}`;
  };

  return {
    /** Takes note of a message that came or changed; `words` gives its text when it is read out. */
    message(id, name, words, isGrowing) {
      clearTimeout(timers.get(id));
      if (isGrowing) timers.set(id, setTimeout(speak, QUIET_MS, id, name, words));
      else speak(id, name, words);
    },

    /** Forgets what was waiting: another channel is shown. */
    reset() {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
      said.clear();
    },
  };
}
