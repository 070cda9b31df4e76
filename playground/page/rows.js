/** Rows that are kept by a key, so that each stays the same element (with its focus) wherever new ones come in. */

import { render } from "./vendor/lit-html.js";

/**
 * Makes the rows of one list.
 * @param {string} tag  of the list
 * @param {string} rowTag
 * @param {string} className  of the list
 * @param {{key: (item: any) => unknown, template: (item: any) => unknown}} how
 */
export function createRows(tag, rowTag, className, { key, template }) {
  const element = document.createElement(tag);
  element.className = className;
  element.role = "list";
  const rows = new Map();

  const rowOf = (item) => {
    const known = rows.get(key(item));
    const row = known ?? document.createElement(rowTag);
    rows.set(key(item), row);
    render(template(item), row);
    return row;
  };

  const forget = (items) => {
    const wanted = new Set(items.map(key));
    for (const [name, row] of rows) {
      if (wanted.has(name)) continue;
      row.remove();
      rows.delete(name);
    }
  };

  return {
    element,

    /** Shows these items, in this order. */
    update(items) {
      forget(items);
      let next = element.firstChild;
      for (const item of items) {
        const row = rowOf(item);
        if (row === next) next = row.nextSibling;
        else element.insertBefore(row, next);
      }
    },
  };
}
