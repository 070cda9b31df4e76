/** The dialog that asks for a new person's name. */

import { html, nothing, render } from "./vendor/lit-html.js";
import { showDialog } from "./dialogs.js";

/**
 * Asks for a name.
 * @param {(name: string) => Promise<string>} add  gives the person's id; rejects with a sentence if that name can't be
 * @param {(person: string) => void} added  called once the dialog has given the focus back
 */
export function askName(add, added) {
  const dialog = document.createElement("dialog");
  let problem = "";

  const submit = async (event) => {
    event.preventDefault();
    try {
      const person = await add(dialog.querySelector("input").value.trim());
      dialog.close();
      added(person);
    } catch (error) {
      problem = error.message;
      draw();
      dialog.querySelector("input").focus();
    }
  };
  const draw = () => render(nameTemplate(problem, submit, () => dialog.close()), dialog);

  dialog.className = "dialog small";
  dialog.setAttribute("aria-labelledby", "name-title");
  draw();
  showDialog(dialog);
}

function nameTemplate(problem, submit, close) {
  return html`<form class="dialog-form" novalidate @submit=${submit}>
    <header class="dialog-head"><h2 id="name-title">Add a person</h2></header>
    <div class="dialog-body">
      <div class="dialog-field">
        <label for="name-field">Their name</label>
        <input
          class="field"
          id="name-field"
          type="text"
          maxlength="32"
          autocomplete="off"
          placeholder="Cleo"
          aria-invalid=${Boolean(problem)}
          aria-describedby=${problem ? "name-problem" : nothing}
          autofocus
        />
        ${problem ? html`<p class="dialog-problem" id="name-problem" role="alert">${problem}</p>` : nothing}
      </div>
    </div>
    <footer class="dialog-foot">
      <button type="button" class="button" @click=${close}>Cancel</button>
      <button type="submit" class="button primary">Add</button>
    </footer>
  </form>`;
}
