/** The page's beginning: makes its parts, brings them together, and draws what stands around the panes. */

import { render } from "./vendor/lit-html.js";
import { bannerTemplate } from "./banner.js";
import { createConnection } from "./connection.js";
import { createDrafts } from "./drafts.js";
import { createDrawer } from "./drawer.js";
import { createGuide } from "./guide.js";
import { askName } from "./name_dialog.js";
import { createStore } from "./store.js";
import { createTicker } from "./time.js";
import { renderTopbar } from "./topbar.js";
import { Workspace } from "./workspace.js";

const NARROW = "(max-width: 639px)";
/** A page in the background draws no frames, but goes on keeping up. */
const HIDDEN_MS = 250;

start();

function start() {
  const at = (id) => document.getElementById(id);
  const token = document.querySelector("meta[name=playground-token]").content;
  const store = createStore((draw) => (document.hidden ? setTimeout(draw, HIDDEN_MS) : requestAnimationFrame(draw)));
  const connection = createConnection(`ws://${location.host}/live`, token, store);
  const shared = { store, connection, drafts: createDrafts(sessionStorage) };
  const bar = () => renderTopbar(at("topbar"), store.state, host);
  const workspace = new Workspace(at("workspace"), shared, { storage: sessionStorage, narrow: matchMedia(NARROW), changed: bar });
  const banner = (problem = "") => render(bannerTemplate(store.state, problem, () => banner()), at("banner"));
  const drawer = createDrawer(at("drawer"), store, connection);
  const fill = (person, text, where) => workspace.fill(person, text, where);
  const guide = createGuide(at("guide"), store, { fill, focus: () => workspace.focus() });
  const host = topbarHost({ connection, workspace, drawer, guide, complain: banner });

  store.subscribe((change) => {
    workspace.update(change);
    bar();
    if (["link", "bot", "snapshot"].some((topic) => change.topics.has(topic))) banner();
  });
  at("drawer").addEventListener("toggle", bar);
  at("guide").addEventListener("toggle", bar);
  createTicker();
  bar();
}

function topbarHost({ connection, workspace, drawer, guide, complain }) {
  return {
    bot: (what) => connection.ask("bot", { do: what }).catch((error) => complain(error.message)),
    addPerson: () =>
      askName(
        async (name) => (await connection.ask("add_person", { name })).person,
        (person) => workspace.openPerson(person),
      ),
    layout: () => workspace.layout,
    toggleLayout: () => workspace.setLayout(workspace.layout === "phone" ? "columns" : "phone"),
    isGuideShown: guide.isShown,
    showGuide: guide.show,
    isDrawerOpen: drawer.isOpen,
    toggleDrawer: drawer.toggle,
  };
}
