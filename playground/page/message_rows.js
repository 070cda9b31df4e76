/**
 * The elements of a list of messages, by message id. They stand in chunks, of which those far above the end are skipped by the
 * browser while they are out of sight: five thousand rows then cost a frame no more than a hundred.
 */

const CHUNK = 20;
/** Chunks at the end that are always whole. */
const WHOLE = 3;

/**
 * @typedef {object} Row
 * @property {string} id
 * @property {HTMLElement} element
 * @property {Map<string, {text: string, nodes: Node}>} texts  its Markdown, by where it stands
 * @property {Set<number>} revealed  the spoilers that were opened
 */

export class Rows {
  element = document.createElement("div");
  /** @type {Map<string, Row>} */
  #byId = new Map();

  constructor() {
    this.element.className = "messages";
    this.element.role = "list";
  }

  get size() {
    return this.#byId.size;
  }

  has(id) {
    return this.#byId.has(id);
  }

  get(id) {
    return this.#byId.get(id);
  }

  /** All rows, in no order. */
  all() {
    return this.#byId.values();
  }

  /** The rows' elements, in theirs. */
  elements() {
    return this.element.querySelectorAll(".row");
  }

  get last() {
    return this.element.lastElementChild?.lastElementChild ?? null;
  }

  /** Takes all rows away. */
  clear() {
    this.#byId.clear();
    this.element.replaceChildren();
  }

  /** Adds a row before another one, or at the end. @param {string} id @param {string} [next] */
  add(id, next) {
    const row = this.#make(id);
    if (next !== undefined) this.get(next).element.before(row.element);
    else this.#lastChunk().append(row.element);
    return row;
  }

  /** Adds rows at the beginning. @param {string[]} ids */
  prepend(ids) {
    const chunks = [];
    for (let end = ids.length; end > 0; end -= CHUNK) {
      const chunk = newChunk();
      chunk.append(...ids.slice(Math.max(0, end - CHUNK), end).map((id) => this.#make(id).element));
      chunks.unshift(chunk);
    }
    this.element.prepend(...chunks);
    this.#settle();
  }

  /** Takes a row away; gives the one that is next to it. @param {string} id @returns {HTMLElement | null} */
  remove(id) {
    const { element } = this.get(id);
    const beside = neighbour(element, 1) ?? neighbour(element, -1);
    const chunk = element.parentElement;
    this.#byId.delete(id);
    element.remove();
    if (chunk.childElementCount === 0) chunk.remove();
    return beside;
  }

  /** The first row that is in sight below this height of the window. */
  firstBelow(edge) {
    const isBelow = (element) => element.getBoundingClientRect().bottom > edge;
    const chunk = [...this.element.children].find(isBelow);
    return chunk && [...chunk.children].find(isBelow);
  }

  #make(id) {
    const element = document.createElement("div");
    element.className = "row";
    element.role = "listitem";
    element.tabIndex = -1;
    element.dataset.id = id;
    const row = { id, element, texts: new Map(), revealed: new Set() };
    this.#byId.set(id, row);
    return row;
  }

  #lastChunk() {
    const last = this.element.lastElementChild;
    if (last && last.childElementCount < CHUNK) return last;
    const chunk = newChunk();
    this.element.append(chunk);
    this.#settle();
    return chunk;
  }

  /** Marks the chunks that are no longer at the end. */
  #settle() {
    const chunks = [...this.element.children];
    for (const chunk of chunks.slice(0, -WHOLE)) chunk.classList.add("settled");
  }
}

/** The row after (1) or before (-1) another, whichever chunk it is in. */
export function neighbour(row, step) {
  const beside = step > 0 ? "nextElementSibling" : "previousElementSibling";
  const inside = step > 0 ? "firstElementChild" : "lastElementChild";
  return row[beside] ?? row.parentElement[beside]?.[inside] ?? null;
}

function newChunk() {
  const chunk = document.createElement("div");
  chunk.className = "chunk";
  chunk.role = "presentation";
  return chunk;
}
