/** The page's icons, drawn as strokes in the colour of the text around them. They are decoration: labels say what a thing is. */

import { html, svg } from "./vendor/lit-html.js";

const icon = (shapes) => html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${shapes}</svg>`;

export const icons = {
  hash: icon(svg`<path d="M9.5 4 7.5 20M16.5 4l-2 16M4.5 9h16M3.5 15h16" />`),
  chat: icon(svg`<path d="M4 5.5h16v11H9.5L5.5 20v-3.500H4z" />`),
  people: icon(svg`<circle cx="9" cy="8.500" r="3.500" /><path d="M2.500 19.500c.6-3.700 3-5.500 6.500-5.500s5.900 1.800 6.500 5.500M16 5.300a3.500 3.500 0 0 1 0 6.400M18 14.300c2 .8 3.200 2.500 3.500 5.200" />`),
  person: icon(svg`<circle cx="10" cy="8.500" r="3.700" /><path d="M3 20c.6-3.900 3.200-6 7-6M17.500 14v7M14 17.500h7" />`),
  menu: icon(svg`<path d="M4 6.500h16M4 12h16M4 17.500h16" />`),
  more: icon(svg`<path d="M5.500 12h.01M12 12h.01M18.500 12h.01" stroke-width="3" />`),
  close: icon(svg`<path d="m6 6 12 12M18 6 6 18" />`),
  plus: icon(svg`<path d="M12 5v14M5 12h14" />`),
  reply: icon(svg`<path d="M10 6 4.500 11.500 10 17M5 11.500h8c4 0 6 2 6.500 6.500" />`),
  send: icon(svg`<path d="M4.500 12 3.500 4.500 21 12 3.500 19.500zM4.500 12h8" />`),
  down: icon(svg`<path d="M12 5v14M6 13l6 6 6-6" />`),
  chevron: icon(svg`<path d="m7 10 5 5 5-5" />`),
  check: icon(svg`<path d="m5 12.500 4.500 4.500L19 7.500" />`),
  file: icon(svg`<path d="M6 3.500h8l4 4v13H6zM14 3.500v4h4" />`),
  download: icon(svg`<path d="M12 4v11M7 10.500l5 5 5-5M5 20h14" />`),
  eye: icon(svg`<path d="M2.500 12c2-4 5.200-6 9.500-6s7.500 2 9.500 6c-2 4-5.200 6-9.500 6s-7.500-2-9.500-6z" /><circle cx="12" cy="12" r="2.700" />`),
  columns: icon(svg`<rect x="3.500" y="5" width="17" height="14" rx="2" /><path d="M12 5v14" />`),
  phone: icon(svg`<rect x="7" y="3" width="10" height="18" rx="2" /><path d="M11 18h2" />`),
  drawer: icon(svg`<rect x="3.500" y="5" width="17" height="14" rx="2" /><path d="M14.500 5v14" />`),
  guide: icon(svg`<path d="M5 4.500v16M5 5.500h12.500l-2.500 4 2.500 4H5" />`),
  external: icon(svg`<path d="M13.500 4.500h6v6M19 5l-8.500 8.500M10 5H5v14h14v-5" />`),
  warning: icon(svg`<path d="M12 4 2.800 20h18.400zM12 10v4.500M12 17.300v.01" />`),
};
