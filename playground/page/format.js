/** Times, sizes and names as people read them. */

const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const WHOLE = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
const HUES = 8n;
/** The low bits of a snowflake, which only count. */
const COUNTER = 22n;

/** The time of day. */
export const clockTime = (ms) => TIME.format(ms);

/** The day, as a divider between messages names it. */
export const dayName = (ms) => DAY.format(ms);

/** Day and time in full. */
export const wholeTime = (ms) => WHOLE.format(ms);

/** A size in bytes, KiB or MiB. */
export function bytes(size) {
  if (size < 1024) return `${size} ${size === 1 ? "byte" : "bytes"}`;
  const [value, unit] = size < 1024 ** 2 ? [size / 1024, "KiB"] : [size / 1024 ** 2, "MiB"];
  return `${value.toFixed(value < 10 ? 1 : 0)} ${unit}`;
}

/** Somebody's name, whether or not they are known. */
export const nameOf = (users, id) => users[id]?.name ?? "Somebody";

/** The first letter of a name. */
export const initial = (name) => [...name.trim()][0]?.toLocaleUpperCase() ?? "?";

/** The class that colours somebody's avatar: always the same for the same id. */
export const hueClass = (user) => (user?.bot ? "hue-bot" : `hue-${(BigInt(user?.id ?? 0) >> COUNTER) % HUES}`);

/** Several names as one reads them out: "Ann, Bob and Cy". */
export function together(names) {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
