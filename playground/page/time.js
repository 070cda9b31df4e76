/** Times as people read them, in the words of their browser's language. */

const UNITS = [
  ["year", 31_556_952],
  ["month", 2_629_746],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

const relativeWords = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const formats = {
  t: new Intl.DateTimeFormat(undefined, { timeStyle: "short" }),
  T: new Intl.DateTimeFormat(undefined, { timeStyle: "medium" }),
  d: new Intl.DateTimeFormat(undefined, { year: "numeric", month: "2-digit", day: "2-digit" }),
  D: new Intl.DateTimeFormat(undefined, { dateStyle: "long" }),
  f: new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "short" }),
  F: new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" }),
};

/** The time of day: `14:05`. */
export function clock(ms) {
  return formats.t.format(ms);
}

/** The time of day with seconds. */
export function clockWithSeconds(ms) {
  return formats.T.format(ms);
}

/** The whole date with the weekday and the time of day. */
export function fullDate(ms) {
  return formats.F.format(ms);
}

/** How far away a time is: `in 3 minutes`, `2 hours ago`. */
export function relative(ms, now = Date.now()) {
  const seconds = Math.round((ms - now) / 1000);
  const [unit, size] = UNITS.find(([, least]) => Math.abs(seconds) >= least) ?? UNITS.at(-1);
  return relativeWords.format(Math.trunc(seconds / size), unit);
}

/** A time in one of Discord's styles: t, T, d, D, f, F, or R for how far away it is. */
export function inStyle(ms, style, now = Date.now()) {
  return style === "R" ? relative(ms, now) : (formats[style] ?? formats.f).format(ms);
}

/** A `<time>` in one of Discord's styles, with the whole date as its title; a ticker keeps those of style R up to date. */
export function timeElement(ms, style) {
  const element = document.createElement("time");
  element.dateTime = new Date(ms).toISOString();
  element.title = fullDate(ms);
  element.textContent = inStyle(ms, style);
  if (style === "R") element.dataset.relative = String(ms);
  return element;
}

/**
 * Keep every relative time in `root` up to date, once a second, while the page is seen.
 * Whoever creates it owns it: `stop()` ends it.
 */
export function createTicker(root = document) {
  const tick = () => {
    if (document.hidden) return;
    const now = Date.now();
    for (const element of root.querySelectorAll("time[data-relative]")) {
      const words = relative(Number(element.dataset.relative), now);
      if (element.textContent !== words) element.textContent = words;
    }
  };
  const timer = setInterval(tick, 1000);
  return { tick, stop: () => clearInterval(timer) };
}
