/**
 * The bot's commands as a client offers them: which apply where, which one a text names, and whether an option's value is one.
 * Pure functions over Discord's command objects.
 */

/** Option types by Discord's numbers. */
export const STRING = 3;
export const INTEGER = 4;
export const BOOLEAN = 5;
export const NUMBER = 10;
export const FILE = 11;
const SUBCOMMAND = 1;
const GROUP = 2;
const BUILT = new Set([STRING, INTEGER, BOOLEAN, NUMBER, FILE]);

const SLASH = 1;
const MESSAGE = 3;
const CONTEXTS = { text: 0, dm: 1 };
const LONGEST_TEXT = 6000;

/**
 * A slash command with its subcommand, as one picks it.
 * @typedef {{name: string, description: string, options: object[]}} Offer
 */

/**
 * The slash commands offered in a channel of this kind, by name.
 * @param {object[]} commands  Discord's
 * @param {"dm" | "text"} kind
 * @returns {Offer[]}
 */
export function slashCommands(commands, kind) {
  const fitting = commands.filter((command) => (command.type ?? SLASH) === SLASH && applies(command, kind));
  return fitting.flatMap((command) => flattened(command, command.name)).sort((a, b) => a.name.localeCompare(b.name));
}

/** The names of the message commands offered in a channel of this kind. */
export function messageCommands(commands, kind) {
  return commands.filter((command) => command.type === MESSAGE && applies(command, kind)).map((command) => command.name);
}

function applies(command, kind) {
  if (command.contexts != null) return command.contexts.includes(CONTEXTS[kind]);
  return kind === "text" || (command.dm_permission ?? true);
}

function flattened(command, name) {
  const options = command.options ?? [];
  const inner = options.filter((option) => option.type === SUBCOMMAND || option.type === GROUP);
  if (inner.length === 0) return [{ name, description: command.description ?? "", options }];
  return inner.flatMap((option) => flattened(option, `${name} ${option.name}`));
}

/** The commands that fit what was typed after the slash: that name first, then those that begin so, then those that hold it. */
export function fitting(offers, typed) {
  const wanted = typed.toLowerCase();
  const rank = ({ name }) => (name === wanted ? 0 : name.startsWith(wanted) ? 1 : name.includes(wanted) ? 2 : 3);
  return offers.filter((offer) => rank(offer) < 3).sort((a, b) => rank(a) - rank(b));
}

/**
 * The command that a text names in full, with what follows it ("/open 1": open, "1"); null if it names none, or if a longer
 * name could follow.
 * @param {string} text
 * @param {Offer[]} offers
 */
export function named(text, offers) {
  const byLength = [...offers].sort((a, b) => b.name.length - a.name.length);
  const offer = byLength.find(({ name }) => text === `/${name}` || text.startsWith(`/${name} `));
  return offer ? { offer, rest: text.slice(offer.name.length + 2), isSpaced: text.length > offer.name.length + 1 } : null;
}

/** Whether the playground has built options of this type. */
export const isBuilt = (option) => BUILT.has(option.type);

/** The values among which one has to choose; none where one writes freely. */
export function choicesOf(option) {
  if (option.type !== BOOLEAN) return option.choices ?? [];
  return [
    { name: "True", value: true },
    { name: "False", value: false },
  ];
}

/**
 * What was typed into an option as its value.
 * @returns {{value: any} | {error: string}} the error is a sentence
 */
export function valueOf(option, text) {
  const choices = choicesOf(option);
  if (choices.length > 0) {
    const chosen = choices.find((choice) => choice.name.toLowerCase() === text.trim().toLowerCase());
    return chosen ? { value: chosen.value } : { error: `Choose one of what ${option.name} offers.` };
  }
  if (option.type === STRING) return checkedText(option, text);
  const isNumber = option.type === INTEGER ? /^[+-]?\d+$/ : /^[+-]?(\d+\.?\d*|\.\d+)$/;
  if (!isNumber.test(text.trim())) {
    return { error: `${option.name} takes a ${option.type === INTEGER ? "whole number" : "number"}.` };
  }
  return checkedNumber(option, Number(text));
}

function checkedText(option, text) {
  const length = [...text].length;
  const most = option.max_length ?? LONGEST_TEXT;
  if (length > most) return { error: `${option.name} takes at most ${most} characters; this is ${length}.` };
  if (length < (option.min_length ?? 0)) return { error: `${option.name} takes at least ${option.min_length} characters.` };
  return { value: text };
}

function checkedNumber(option, value) {
  if (value < (option.min_value ?? -Infinity)) return { error: `${option.name} is at least ${option.min_value}.` };
  if (value > (option.max_value ?? Infinity)) return { error: `${option.name} is at most ${option.max_value}.` };
  return { value };
}
