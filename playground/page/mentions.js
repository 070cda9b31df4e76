/** Mentions in a message box: `@Name` while one writes, Discord's `<@id>` when it is sent. */

/**
 * The mention that is being typed before the caret: where it begins and what of the name there is; null if there is none.
 * @param {string} text
 * @param {number} caret
 */
export function mentionAt(text, caret) {
  const match = /(?:^|\s)@([^\s@]{0,32})$/.exec(text.slice(0, caret));
  return match ? { start: caret - match[1].length - 1, query: match[1].toLowerCase() } : null;
}

/** The people among `users` whose names begin with what was typed, then those that hold it. */
export function mentioned(users, query) {
  const rank = ({ name }) => (name.toLowerCase().startsWith(query) ? 0 : name.toLowerCase().includes(query) ? 1 : 2);
  return users.filter((user) => rank(user) < 2).sort((a, b) => rank(a) - rank(b));
}

/** The text as Discord takes it: each `@Name` of these users becomes their mention. */
export function encodeMentions(text, users) {
  const byLength = [...users].sort((a, b) => b.name.length - a.name.length);
  return byLength.reduce((encoded, { id, name }) => {
    const pattern = new RegExp(`(^|[^\\p{L}\\p{N}@<])@${escaped(name)}(?![\\p{L}\\p{N}])`, "giu");
    return encoded.replace(pattern, (_, before) => `${before}<@${id}>`);
  }, text);
}

const escaped = (text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
