/** What a message is drawn with: how it stands, what can be done with it, and its text as nodes that are kept while it is the same. */

import { viewKey } from "./store.js";

/**
 * Makes the frame of one message in one pane.
 * @param {object} message
 * @param {import("./message_rows.js").Row} row
 * @param {object} pane
 * @param {object} pane.state  the store's
 * @param {string} pane.self  whose client it is
 * @param {string} pane.token
 * @param {import("./actions.js").Actions} pane.actions
 * @param {(text: string) => Node} pane.markdown
 * @param {(id: string) => void} pane.redraw
 * @param {(id: string) => void} pane.jump
 * @returns {import("./message.js").MessageFrame}
 */
export function messageFrame(message, row, { state, self, token, actions, markdown, redraw, jump }) {
  return {
    state,
    self,
    token,
    jump,
    busy: actions.busyOn(message),
    failed: state.failed.has(viewKey(self, message.id)),
    revealed: row.revealed,
    text: (slot, text) => keptText(row, slot, text, markdown),
    redraw: () => redraw(message.id),
    press: (customId) => actions.press(message, customId),
    choose: (customId, values) => actions.choose(message, customId, values),
    dismiss: () => actions.dismiss(message),
    menu: (anchor) => actions.menu(message, anchor),
  };
}

/** The same nodes as long as the text stays the same, so that what was opened or selected in it stays so. */
function keptText(row, slot, text, markdown) {
  const kept = row.texts.get(slot);
  if (kept?.text === text) return kept.nodes;
  const nodes = markdown(text);
  row.texts.set(slot, { text, nodes });
  return nodes;
}
