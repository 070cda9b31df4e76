/**
 * The keyboard, the mouse's right button and long presses in a list of messages: arrows move from message to message, Enter and the
 * others open a message's menu. And the focus, which must not slip to another control when a row is drawn anew.
 */

import { neighbour } from "./message_rows.js";

const LONG_PRESS_MS = 550;

/**
 * Listens to what is done in the list.
 * @param {HTMLElement} scroller
 * @param {() => HTMLElement | null} last  the newest message's row
 * @param {(id: string, anchor: Element, at?: {x: number, y: number}) => void} openMenu
 */
export function listenToList(scroller, last, openMenu) {
  scroller.addEventListener("keydown", (event) => keyed(event, scroller, last, openMenu));
  scroller.addEventListener("contextmenu", (event) => {
    const row = event.target.closest(".row");
    const isPlain = !event.target.closest("a, img, input") && getSelection().isCollapsed;
    if (!row || !isPlain) return;
    event.preventDefault();
    openMenu(row.dataset.id, besides(row), event.button === 2 ? { x: event.clientX, y: event.clientY } : undefined);
  });
  listenToTouch(scroller, openMenu);
}

/** What a menu opens beside, where no pointer says where. */
const besides = (row) => row.querySelector(".message-more") ?? row;

function keyed(event, scroller, last, openMenu) {
  const focused = document.activeElement;
  const row = focused.closest(".row");
  if (focused !== row && focused !== scroller) return;
  const to = {
    ArrowUp: () => (row ? neighbour(row, -1) : last()),
    ArrowDown: () => row && neighbour(row, 1),
    End: last,
  }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    to()?.focus();
  } else if (row && (event.key === "Enter" || event.key === " ")) {
    event.preventDefault();
    openMenu(row.dataset.id, besides(row));
  }
}

/**
 * A long press opens the menu where the browser doesn't make a right click of it: once the finger is lifted, which would close it
 * again otherwise.
 */
function listenToTouch(scroller, openMenu) {
  let pressed = null;
  scroller.addEventListener("pointerdown", (event) => {
    const row = event.target.closest(".row");
    const isPlain = event.pointerType === "touch" && row && !event.target.closest("a, button");
    pressed = isPlain ? { row, since: event.timeStamp, at: { x: event.clientX, y: event.clientY } } : null;
  });
  scroller.addEventListener("pointerup", ({ timeStamp }) => {
    const isLong = pressed && timeStamp - pressed.since >= LONG_PRESS_MS && getSelection().isCollapsed;
    if (isLong) setTimeout(openMenu, 0, pressed.row.dataset.id, besides(pressed.row), pressed.at);
    pressed = null;
  });
  for (const type of ["pointercancel", "contextmenu", "scroll"]) {
    scroller.addEventListener(type, () => (pressed = null), { passive: true });
  }
}

/**
 * Remembers which control of a row has the focus, and gives it back after the row was drawn: to the same control if it is still
 * there, else to the row, never to another control that took its place.
 */
export function keepFocus(element) {
  const focused = document.activeElement;
  if (focused === element || !element.contains(focused)) return () => {};
  const key = focused.dataset.key;
  return () => {
    if (element.contains(document.activeElement) && document.activeElement.dataset.key === key) return;
    const same = key && element.querySelector(`[data-key="${CSS.escape(key)}"]`);
    (same || element).focus({ preventScroll: true });
  };
}
