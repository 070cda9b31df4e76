/** Dialogs: shown above all else and inert behind, as the browser does it, with the focus given back where it was. */

/**
 * Shows a dialog until it is closed.
 * @param {HTMLDialogElement} dialog  an element that isn't in the document yet, filled already
 * @param {() => void} [closed]
 */
export function showDialog(dialog, closed) {
  const before = document.activeElement;
  dialog.addEventListener("close", () => {
    dialog.remove();
    const isNowhereElse = [before, document.body].includes(document.activeElement);
    if (isNowhereElse && before?.isConnected) giveBack(before);
    closed?.();
  });
  document.body.append(dialog);
  dialog.showModal();
}

/** Focuses an element anew. Chromium by itself gives the focus back to a text field without a caret, so that typing does nothing. */
export function giveBack(element) {
  element.blur();
  element.focus({ preventScroll: true });
}
