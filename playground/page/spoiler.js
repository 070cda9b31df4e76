/** A spoiler: hidden words that a click, Enter or Space shows. */

/** An element that hides what is put into `inside` until it is pressed. */
export function spoiler() {
  const element = document.createElement("span");
  element.className = "spoiler";
  element.tabIndex = 0;
  element.setAttribute("role", "button");
  element.setAttribute("aria-label", "Spoiler: press to show");
  const inside = document.createElement("span");
  inside.className = "spoiler-words";
  inside.inert = true; // neither read aloud nor reached by the keyboard while hidden
  element.append(inside);
  const pressed = new AbortController();
  const show = (event) => {
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    pressed.abort();
    reveal(element, inside);
  };
  element.addEventListener("click", show, { signal: pressed.signal });
  element.addEventListener("keydown", show, { signal: pressed.signal });
  return { element, inside };
}

function reveal(element, inside) {
  element.classList.add("shown");
  element.removeAttribute("role");
  element.removeAttribute("aria-label");
  inside.inert = false;
  element.tabIndex = -1; // the focus stays where it was
}
