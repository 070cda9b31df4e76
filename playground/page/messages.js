/**
 * The order of messages in a channel, and what follows from it: where a new one goes, and whether one carries on the last.
 *
 * Ids are snowflakes, decimal numbers too long for a JavaScript number, so that they are compared as text. A notice (the page's
 * own "The application did not respond") has no such id and stays where it was put.
 */

/** Messages of one author within this time stand under one name. */
const GROUP_MS = 5 * 60 * 1000;

/** Tells which of two snowflakes is newer: below zero if `a` is older. */
export function compareIds(a, b) {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Puts a message into its place, or in place of what it was; tells whether it is new. */
export function insertMessage(messages, message) {
  const at = messages.findLastIndex((known) => !known.notice && compareIds(known.id, message.id) <= 0);
  if (at >= 0 && messages[at].id === message.id) {
    messages[at] = message;
    return false;
  }
  // What is newer than all goes to the end, after notices too.
  const isNewest = !messages.some((known, index) => index > at && !known.notice);
  messages.splice(isNewest ? messages.length : at + 1, 0, message);
  return true;
}

/** Takes a message out, if it is there. */
export function removeMessage(messages, id) {
  const at = messages.findLastIndex((known) => known.id === id);
  if (at >= 0) messages.splice(at, 1);
}

/** Tells whether a message begins a day, after the one before it. */
export function beginsDay(message, previous) {
  return previous === undefined || new Date(message.created).toDateString() !== new Date(previous.created).toDateString();
}

/** Tells whether a message stands under the author's name that the one before it shows. */
export function continues(message, previous) {
  return (
    previous !== undefined &&
    !message.notice &&
    !previous.notice &&
    message.author === previous.author &&
    message.reply === null &&
    message.command === null &&
    message.ephemeral === previous.ephemeral &&
    message.created - previous.created < GROUP_MS &&
    !beginsDay(message, previous)
  );
}
