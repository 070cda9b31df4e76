/**
 * What the page knows, as plain data: the server's snapshot, kept up to date by its events. Nothing here touches the document.
 *
 * `state` is read freely and written by this module alone. Events are applied at once; who subscribes is told once a frame
 * what changed since, so that twenty answers streaming at once cost one round of drawing, and the newest text wins.
 */

import { insertMessage, removeMessage } from "./messages.js";

/** Seconds that somebody counts as typing after they were seen to. */
const TYPING_SECONDS = 9;

/** The parts of the state that an event of the same name replaces as a whole. */
const WHOLE = ["bot", "budget", "board", "turns", "commands"];

/**
 * What changed since the last call of a subscriber.
 * @typedef {object} Change
 * @property {Set<string>} topics  "snapshot", "link", "people", "bot", "calls", "budget", "board", "turns", "refused", "log", "commands"
 * @property {Map<string, ViewChange>} views  by `viewKey(person, channel)`
 *
 * @typedef {object} ViewChange
 * @property {Set<string>} ids  the messages that came, changed or went
 * @property {boolean} whole  whether the view is another altogether
 *
 * @typedef {ReturnType<typeof createStore>} Store
 */

/** The name of one person's view of one channel. */
export const viewKey = (person, channel) => `${person}/${channel}`;

/**
 * Makes a store that knows nothing yet.
 * @param {(draw: () => void) => void} schedule  calls its argument before the next frame
 */
export function createStore(schedule) {
  const state = emptyState();
  const listeners = new Set();
  let pending = null;

  const changed = () => {
    if (pending === null) {
      pending = { topics: new Set(), views: new Map() };
      schedule(tell);
    }
    return pending;
  };

  const tell = () => {
    const change = pending;
    pending = null;
    for (const listener of [...listeners]) listener(change);
  };

  const touch = (topic) => changed().topics.add(topic);

  const touchView = (person, channel, id) => {
    const views = changed().views;
    const key = viewKey(person, channel);
    if (!views.has(key)) views.set(key, { ids: new Set(), whole: false });
    if (id === undefined) views.get(key).whole = true;
    else if (id !== null) views.get(key).ids.add(id);
  };

  const eachView = (event, channel, act) => {
    for (const person of event.viewers) {
      const view = state.views[person]?.[channel];
      if (view !== undefined) act(person, view);
    }
  };

  const handlers = {
    snapshot(event) {
      const before = state.views;
      Object.assign(state, event, { ready: true, skew: event.now - Date.now() });
      for (const [person, channels] of Object.entries(state.views)) adopt(channels, before[person]);
      touch("snapshot");
    },
    resumed() {},
    message({ message, ...event }) {
      eachView(event, message.channel, (person, view) => {
        const isNew = insertMessage(view.messages, message);
        view.typing.delete(message.author);
        if (isNew && message.author !== person) view.unread += 1;
        touchView(person, message.channel, message.id);
      });
    },
    gone(event) {
      eachView(event, event.channel, (person, view) => {
        removeMessage(view.messages, event.message);
        touchView(person, event.channel, event.message);
      });
    },
    typing(event) {
      eachView(event, event.channel, (person, view) => {
        if (event.user === person) return;
        view.typing.set(event.user, Date.now() + TYPING_SECONDS * 1000);
        touchView(person, event.channel, null);
      });
    },
    failed(event) {
      if (event.message === null) handlers.notice(event);
      else {
        state.failed.set(viewKey(event.person, event.message), true);
        touchView(event.person, event.channel, event.message);
      }
    },
    notice({ person, channel, name }) {
      const view = state.views[person]?.[channel];
      if (view === undefined) return;
      const notice = { id: `notice-${(state.notices += 1)}`, notice: true, channel, name, created: Date.now() + state.skew };
      view.messages.push(notice);
      touchView(person, channel, notice.id);
    },
    person({ person, view }) {
      if (!state.people.some((known) => known.id === person.id)) state.people.push(person);
      state.users[person.id] = person;
      handlers.view({ person: person.id, channels: view });
      for (const guild of state.guilds) {
        const joined = Object.values(view).some((channel) => channel.guild === guild.id);
        if (joined && !guild.members.includes(person.id)) guild.members.push(person.id);
      }
      touch("people");
    },
    dms({ person, open }) {
      for (const view of Object.values(state.views[person] ?? {})) {
        if (view.kind !== "dm") continue;
        view.open = open;
        touchView(person, view.id, null);
      }
    },
    view({ person, channels }) {
      adopt(channels, state.views[person]);
      state.views[person] = channels;
      for (const channel of Object.keys(channels)) touchView(person, channel);
    },
    call({ call }) {
      state.calls = [...state.calls.filter((known) => known.number !== call.number), call].slice(-500);
      touch("calls");
    },
    refused({ line }) {
      state.refused = [...state.refused, line];
      touch("refused");
    },
    log({ lines }) {
      state.log = [...state.log, ...lines].slice(-1000);
      touch("log");
    },
  };
  for (const topic of WHOLE) {
    handlers[topic] = (event) => {
      state[topic] = event[topic];
      touch(topic);
    };
  }

  return {
    state,

    /** Takes in a snapshot or an event of the server. What this page doesn't know is passed over. */
    apply(event) {
      handlers[event.type]?.(event);
      if (event.seq !== undefined) state.seq = event.seq;
    },

    /** Calls `listener` with each `Change`, once a frame; gives what ends that. */
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    /** Says how the connection is: "connecting", "open", "lost", or "refused" (the page is of an earlier run). */
    setLink(link) {
      if (state.link === link) return;
      state.link = link;
      touch("link");
    },

    /** Adds older messages, as `older` gave them, to the top of a view. */
    addOlder(person, channel, { messages, more }) {
      const view = state.views[person]?.[channel];
      if (view === undefined) return;
      for (const message of messages) insertMessage(view.messages, message);
      view.more = more;
    },

    /** Forgets a notice that its reader dismissed. */
    dropNotice(person, channel, id) {
      removeMessage(state.views[person]?.[channel]?.messages ?? [], id);
      touchView(person, channel, id);
    },

    /** Tells that a person has a channel in front of them. */
    markRead(person, channel) {
      const view = state.views[person]?.[channel];
      if (view === undefined || view.unread === 0) return;
      view.unread = 0;
      touchView(person, channel, null);
    },

    /** Sets or takes back that a press on this message was not answered. */
    setFailed(person, message, isFailed) {
      if (isFailed) state.failed.set(viewKey(person, message), true);
      else state.failed.delete(viewKey(person, message));
    },
  };
}

/** Gives new views what only this page knows: what is unread, and who is typing. */
function adopt(channels, before) {
  for (const view of Object.values(channels)) {
    const old = before?.[view.id];
    const last = old?.messages.findLast((message) => !message.notice);
    const missed = old && last ? view.messages.length - 1 - view.messages.findLastIndex((m) => m.id === last.id) : 0;
    view.unread = (old?.unread ?? 0) + missed;
    view.typing = new Map();
  }
}

function emptyState() {
  return {
    ready: false,
    link: "connecting",
    run: null,
    seq: 0,
    skew: 0,
    notices: 0,
    failed: new Map(),
    bot: { state: "starting", connected: false, exit: null, words: "" },
    application: null,
    people: [],
    users: {},
    guilds: [],
    commands: [],
    views: {},
    board: { switches: [] },
    calls: [],
    refused: [],
    budget: null,
    turns: [],
    log: [],
    answering: "",
  };
}
