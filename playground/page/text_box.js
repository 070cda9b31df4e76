/** The elements of a message box that take something: the text that grows with its lines, and the picker of files. */

/** Makes the text field. */
export function createTextBox() {
  const box = document.createElement("textarea");
  box.className = "composer-text scrolls";
  box.rows = 1;
  box.autocomplete = "off";
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-haspopup", "listbox");
  return box;
}

/** Lets the text field be as high as its text, where the browser doesn't by itself. */
export function fitHeight(box) {
  if (CSS.supports("field-sizing", "content")) return;
  box.style.setProperty("height", "auto");
  box.style.setProperty("height", `${box.scrollHeight}px`);
}

/** Makes the picker of files. @param {(files: FileList) => void} picked */
export function createPicker(picked) {
  const picker = document.createElement("input");
  picker.type = "file";
  picker.multiple = true;
  picker.hidden = true;
  picker.addEventListener("change", () => {
    picked(picker.files);
    picker.value = "";
  });
  return picker;
}
