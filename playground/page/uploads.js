/** Files that a person attaches: each goes to the server at once and waits there until its message is sent. */

import { bytes } from "./format.js";

const MOST = 10;
const LARGEST = 10 * 1024 * 1024;

/**
 * @typedef {object} Upload
 * @property {string} name
 * @property {number} size
 * @property {string} error  a sentence, or nothing
 * @property {Promise<string | null>} done  the server's id of it, or null if it could not be taken
 * @property {boolean} isDone
 */

export class Uploads {
  #token;
  #changed;
  /** @type {Upload[]} */
  items = [];
  /** What was refused, as a sentence. */
  refusal = "";

  /** @param {string} token  the page's @param {() => void} changed  called when a chip or the refusal is another */
  constructor(token, changed) {
    this.#token = token;
    this.#changed = changed;
  }

  /** Takes files from the picker, the clipboard or a drop. @param {Iterable<File>} files */
  add(files) {
    this.refusal = "";
    for (const file of files) {
      if (this.items.length >= MOST) {
        this.refusal = `A message takes ${MOST} files. Send these first, then the rest.`;
      } else if (file.size > LARGEST) {
        this.refusal = tooLarge(file);
      } else {
        this.items.push(this.begin(file));
      }
    }
    this.#changed();
  }

  /** Leaves a file out after all. @param {Upload} item */
  remove(item) {
    this.items = this.items.filter((one) => one !== item);
    this.refusal = "";
    this.#changed();
  }

  /** Sends a text as a file of its own. @param {string} text @returns {Promise<string | null>} */
  sendText(text) {
    return this.#send(new File([text], "message.txt", { type: "text/plain;charset=utf-8" }), {});
  }

  /** Takes one file by itself, for an option of a command or a form. @param {File} file @returns {Upload} */
  begin(file) {
    const item = { name: file.name, size: file.size, error: "", isDone: false, done: null };
    if (file.size > LARGEST) {
      item.error = tooLarge(file);
      item.isDone = true;
      item.done = Promise.resolve(null);
    } else {
      item.done = this.#send(file, item);
    }
    return item;
  }

  async #send(file, item) {
    try {
      const response = await fetch(`/files?name=${encodeURIComponent(file.name)}`, {
        method: "POST",
        headers: { "X-Playground-Token": this.#token, "Content-Type": file.type || "application/octet-stream" },
        body: file,
      });
      if (!response.ok) throw new Error((await response.text()).trim());
      return (await response.json()).file;
    } catch (error) {
      const why = error instanceof TypeError ? "The playground can't be reached." : error.message;
      item.error = `${why} Remove the file and attach it again.`;
      return null;
    } finally {
      item.isDone = true;
      this.#changed();
    }
  }
}

const tooLarge = (file) => `${file.name} is ${bytes(file.size)}; a file may have 10 MiB. Send a smaller one.`;
