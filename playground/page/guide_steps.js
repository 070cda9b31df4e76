/**
 * How far somebody has come in their first minute, told by the messages that they and the bot wrote. Plain data and pure
 * functions; guide.js shows it.
 *
 * @typedef {object} Progress
 * @property {string | null} person  who is followed: whoever told their favorite language last
 * @property {number} done  steps that are done, from the first on
 * @property {string} language  what they told
 * @property {string} session  the number of the session in which they told it
 * @property {boolean} listed  whether they have seen the list of their sessions since
 * @property {string} asked  the id of the message that asked for it
 * @property {string} seen  the id of the newest message that counted
 */

const TOLD = /\bmy favou?rite (?:\w+ )?language is (?!.*\?)\W*(.{1,60})/i;
const ASKED = /\bmy favou?rite (?:\w+ )?language\b/i;
const LABEL = /^-# (\d+) · /m;
const STARTED = /^Session \d+ (?:started|is still empty)/;

export const STEPS = [
  { title: "Tell it something", words: "Say which language you like best.", text: () => "My favorite programming language is Rust" },
  { title: "Start a new session", words: "The one you're in is kept.", text: () => "/new" },
  { title: "Ask about something else", words: "It knows nothing of before.", text: () => "What should I cook tonight?" },
  {
    title: "Go back",
    words: ({ listed }) => (listed ? "Now open the first one." : "List your sessions, then open the first."),
    text: ({ listed, session }) => (listed ? `/open ${session}` : "/sessions"),
  },
  { title: "See that it remembers", words: "Ask what you told it.", text: () => "What's my favorite programming language?" },
];

/** @returns {Progress} */
export function atFirst(seen = "0") {
  return { person: null, done: 0, language: "", session: "1", listed: false, asked: "", seen };
}

/** Whether what is remembered can be of this world: it may have been started afresh. */
export function belongs(progress, state) {
  if (progress.person === null) return true;
  const views = Object.values(state.views[progress.person] ?? {});
  return views.some((view) => view.messages.some((message) => !isAfter(message.id, progress.seen)));
}

/** Whether an id is of a later message than another. */
export function isAfter(id, other) {
  return id.length === other.length ? id > other : id.length > other.length;
}

/**
 * The progress after a message in somebody's view was written or edited; the same object where it changes nothing.
 * @param {Progress} progress
 * @param {string} person  whose view it is in
 * @param {object} message
 */
export function after(progress, person, message) {
  const isOwn = message.author === person;
  if (isOwn && progress.done <= 1) {
    const told = TOLD.exec(message.content);
    if (told) return { ...atFirst(message.id), person, done: 1, language: wordsOf(told[1]) };
  }
  if (person !== progress.person) return progress;
  const next = (isOwn ? afterOwn : afterAnswer)(progress, message);
  return next === progress || isAfter(progress.seen, message.id) ? next : { ...next, seen: message.id };
}

function wordsOf(told) {
  return told.split(/[.,;!\n]/)[0].trim();
}

function afterOwn(progress, { id, content }) {
  if (progress.done === 2 && content && !ASKED.test(content)) return { ...progress, done: 3 };
  if (progress.done === 4 && ASKED.test(content)) return { ...progress, asked: id };
  return progress;
}

function afterAnswer(progress, message) {
  const command = message.command?.user === progress.person ? message.command.name : "";
  switch (progress.done) {
    case 1: {
      const session = LABEL.exec(message.content)?.[1] ?? progress.session;
      if (session === progress.session && !(command === "new" && STARTED.test(message.content))) return progress;
      return command === "new" ? { ...progress, done: 2 } : { ...progress, session };
    }
    case 3: {
      if (isOpened(progress, command, message)) return { ...progress, done: 4 };
      return command === "sessions" && !progress.listed ? { ...progress, listed: true } : progress;
    }
    case 4: {
      const isAnswer = progress.asked !== "" && isAfter(message.id, progress.asked);
      const remembers = isAnswer && message.content.toLowerCase().includes(progress.language.toLowerCase());
      return remembers ? { ...progress, done: 5 } : progress;
    }
    default:
      return progress;
  }
}

/** By the command, or by a press in the list of sessions. */
function isOpened({ listed, session }, command, { content, loading }) {
  if (loading) return false;
  return new RegExp(`\\b${session} · .*\\b(?:opened|is open)\\b`).test(content) && (command === "open" || listed);
}
