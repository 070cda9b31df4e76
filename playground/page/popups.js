/**
 * Popups above all else, by the browser's own popovers: placed beside what opened them, closed by Escape or a click elsewhere.
 */

import { giveBack } from "./dialogs.js";

const GAP = 4;
const MARGIN = 8;

/**
 * Shows a popup and gives it the focus that `focus` names; the focus goes back where it was when the popup closes.
 * @param {HTMLElement} popup  an element that isn't in the document yet
 * @param {{anchor: Element, at?: {x: number, y: number}, isAsWide?: boolean, focus: () => HTMLElement, closed?: () => void}} how
 * @returns {() => void} closes it
 */
export function openPopup(popup, { anchor, at, isAsWide = false, focus, closed }) {
  const before = document.activeElement;
  popup.popover = "auto";
  popup.classList.add("popup");
  (anchor.closest(".pane, .topbar") ?? document.body).append(popup);
  popup.showPopover();
  if (isAsWide) popup.style.setProperty("min-width", `${anchor.getBoundingClientRect().width}px`);
  place(popup, at ? new DOMRect(at.x, at.y, 0, 0) : anchor.getBoundingClientRect());
  focus().focus({ preventScroll: true });
  popup.addEventListener("toggle", ({ newState }) => {
    if (newState === "open") return;
    popup.remove();
    const isLost = [document.body, before].includes(document.activeElement);
    if (isLost) giveBack(before?.isConnected && before !== document.body ? before : anchor);
    closed?.();
  });
  return () => popup.isConnected && popup.hidePopover();
}

/** Puts a popup below what it belongs to, or above where there is more room, and within the pane if it belongs to one. */
function place(popup, rect) {
  const { offsetWidth: width, offsetHeight: height } = popup;
  const { left, right } = (popup.closest(".pane") ?? document.body).getBoundingClientRect();
  const below = innerHeight - rect.bottom - MARGIN;
  const isBelow = height + GAP <= below || below >= rect.top;
  const top = isBelow ? rect.bottom + GAP : rect.top - GAP - height;
  popup.style.setProperty("left", `${clamp(rect.left, left + MARGIN, right - width - MARGIN)}px`);
  popup.style.setProperty("top", `${clamp(top, MARGIN, innerHeight - height - MARGIN)}px`);
}

const clamp = (value, low, high) => Math.max(low, Math.min(value, high));
