/**
 * Popups above all else, by the browser's own popovers: placed beside what opened them, closed by Escape or a click elsewhere.
 */

const GAP = 4;
const MARGIN = 8;

/**
 * Shows a popup and gives it the focus that `focus` names; the focus goes back where it was when the popup closes.
 * @param {HTMLElement} popup  an element that isn't in the document yet
 * @param {{anchor: Element, at?: {x: number, y: number}, focus: () => HTMLElement, closed?: () => void}} how
 * @returns {() => void} closes it
 */
export function openPopup(popup, { anchor, at, focus, closed }) {
  const before = document.activeElement;
  popup.popover = "auto";
  popup.classList.add("popup");
  (anchor.closest(".pane, .topbar") ?? document.body).append(popup);
  popup.showPopover();
  place(popup, at ? new DOMRect(at.x, at.y, 0, 0) : anchor.getBoundingClientRect());
  focus().focus({ preventScroll: true });
  popup.addEventListener("toggle", ({ newState }) => {
    if (newState === "open") return;
    popup.remove();
    if (document.activeElement === document.body) (before?.isConnected ? before : anchor).focus({ preventScroll: true });
    closed?.();
  });
  return () => popup.isConnected && popup.hidePopover();
}

/** Puts a popup below what it belongs to, or above where there is more room, and within the window. */
function place(popup, rect) {
  const { offsetWidth: width, offsetHeight: height } = popup;
  const below = innerHeight - rect.bottom - MARGIN;
  const isBelow = height + GAP <= below || below >= rect.top;
  const top = isBelow ? rect.bottom + GAP : rect.top - GAP - height;
  popup.style.setProperty("left", `${clamp(rect.left, MARGIN, innerWidth - width - MARGIN)}px`);
  popup.style.setProperty("top", `${clamp(top, MARGIN, innerHeight - height - MARGIN)}px`);
  popup.style.setProperty("min-width", `${Math.min(rect.width, innerWidth - 2 * MARGIN)}px`);
}

const clamp = (value, low, high) => Math.max(low, Math.min(value, high));
