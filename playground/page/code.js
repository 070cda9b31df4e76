/** Code blocks: highlighted, with their language's name, a button to copy, and a scroll area that the keyboard reaches. */

import highlighter from "./vendor/highlight.js";

const MOST_HIGHLIGHTED = 20_000; // characters; beyond it the words matter more than their colors
const COPIED_FOR = 2_000; // ms

/**
 * Builds nodes while highlight.js parses, where its own emitter would build HTML.
 * highlight.js calls the way to set one private; its version is pinned (vendor/vendor.toml).
 */
class NodeEmitter {
  constructor() {
    this.root = document.createDocumentFragment();
    this.top = this.root;
  }

  addText(text) {
    if (text) this.top.append(text);
  }

  startScope(scope) {
    const span = document.createElement("span");
    span.className = classesOf(scope);
    this.top.append(span);
    this.top = span;
  }

  endScope() {
    this.top = this.top.parentNode ?? this.root;
  }

  openNode(scope) {
    this.startScope(scope);
  }

  closeNode() {
    this.endScope();
  }

  __addSublanguage(emitter) {
    this.top.append(emitter.root);
  }

  finalize() {
    this.top = this.root;
  }

  toHTML() {
    return "";
  }
}

function classesOf(scope) {
  const [first, ...others] = String(scope).split(".");
  return [`hl-${first}`, ...others.map((other) => `${other}_`)].join(" ");
}

highlighter.configure({ __emitter: NodeEmitter });

/** The code as nodes, highlighted where its language is known. */
export function highlight(code, language) {
  const plain = document.createDocumentFragment();
  plain.append(code);
  if (code.length > MOST_HIGHLIGHTED || !highlighter.getLanguage(language)) return plain;
  const result = highlighter.highlight(code, { language, ignoreIllegals: true });
  return result.errorRaised ? plain : result._emitter.root;
}

/** A code block as people see it. */
export function codeBlock(code, language = "") {
  const name = highlighter.getLanguage(language)?.name ?? language;
  const block = element("div", "code-block");
  const header = element("div", "code-header");
  const label = element("span", "code-language");
  label.textContent = name;
  header.append(label, ...copyButton(code));
  const scroll = element("pre", "code-scroll");
  scroll.tabIndex = 0;
  scroll.setAttribute("role", "group"); // a region each would be a landmark each
  scroll.setAttribute("aria-label", name ? `Code, ${name}` : "Code");
  const inner = document.createElement("code");
  inner.append(highlight(code, language));
  scroll.append(inner);
  block.append(header, scroll);
  return block;
}

function element(tag, className) {
  const made = document.createElement(tag);
  made.className = className;
  return made;
}

function copyButton(code) {
  const button = element("button", "code-copy");
  button.type = "button";
  button.textContent = "Copy";
  button.setAttribute("aria-label", "Copy code");
  const said = element("span", "visually-hidden");
  said.setAttribute("role", "status");
  const tell = (words) => {
    button.textContent = words;
    said.textContent = words;
    setTimeout(() => {
      button.textContent = "Copy";
      said.textContent = "";
    }, COPIED_FOR);
  };
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code);
      tell("Copied");
    } catch {
      tell("Not copied: select the code and press Ctrl+C");
    }
  });
  return [button, said];
}
