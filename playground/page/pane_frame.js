/** The fixed elements of a pane, into which its parts are drawn, and the files that are dropped on it. */

import { html, render } from "./vendor/lit-html.js";

/**
 * Builds a pane's elements in `root`, and gives them by name.
 * @param {HTMLElement} root
 * @param {{id: string, setSidebar: (isOpen: boolean) => void}} pane
 * @returns {Record<"client" | "strip" | "sidebar" | "head" | "scroller" | "notes" | "composer" | "typing" | "members" | "live", HTMLElement>}
 */
export function paneFrame(root, { id, setSidebar }) {
  root.className = "pane";
  root.id = id;
  root.hidden = true;
  const keyed = (event) => event.key === "Escape" && setSidebar(false);
  render(
    html`<div class="client" data-part="client" data-members="auto">
      <header class="pane-strip" data-part="strip"></header>
      <div class="pane-sidebar" data-part="sidebar" @keydown=${keyed}></div>
      <div class="pane-veil" @click=${() => setSidebar(false)}></div>
      <div class="pane-main">
        <header class="channel-head" data-part="head"></header>
        <div class="scroller scrolls" data-part="scroller" tabindex="0" role="group"></div>
        <div class="pane-notes" data-part="notes"></div>
        <div class="composer" data-part="composer"></div>
        <p class="typing" data-part="typing"></p>
      </div>
      <div class="pane-members scrolls" data-part="members" role="group" aria-label="Members"></div>
      <div class="visually-hidden" data-part="live" role="status" aria-live="polite"></div>
    </div>`,
    root,
  );
  return Object.fromEntries([...root.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]));
}

/** Takes files that are dropped anywhere on a pane. @param {(files: FileList) => void} attach */
export function takeDrops(root, attach) {
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  root.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    root.classList.add("dropping");
  });
  root.addEventListener("dragleave", (event) => !root.contains(event.relatedTarget) && root.classList.remove("dropping"));
  root.addEventListener("drop", (event) => {
    root.classList.remove("dropping");
    if (!hasFiles(event)) return;
    event.preventDefault();
    attach(event.dataTransfer.files);
  });
}
