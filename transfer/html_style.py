"""How an exported page looks: one column, light and dark after the reader's system, and plain on paper."""

from base64 import b64encode
from hashlib import sha256
from typing import Final

STYLE: Final = """
:root { color-scheme: light dark;
  --text: #1f2328; --soft: #59636e; --back: #fff; --box: #f3f4f6; --line: #d1d9e0; --link: #0550ae; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6edf3; --soft: #9da7b1; --back: #14181d; --box: #1f252c; --line: #3d444d; --link: #79b8ff; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 46rem; padding: 2rem 1rem; background: var(--back); color: var(--text);
  font: 1rem/1.6 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0; }
a { color: var(--link); }
header p, .when { color: var(--soft); font-size: .875rem; margin: .25rem 0 0; }
article { margin-top: 1.5rem; padding-top: 1rem; border-top: 1px solid var(--line); }
article h2 { font-size: 1rem; margin: 0; display: inline; }
.when { display: inline; margin-left: .5rem; }
.mark { border: 1px solid var(--soft); border-radius: 1rem; color: var(--soft); font-size: .8rem; padding: 0 .6rem;
  margin-left: .5rem; }
.plain { white-space: pre-wrap; margin: .5rem 0 0; }
.user .plain { background: var(--box); border-radius: .5rem; padding: .75rem 1rem; }
.aside { color: var(--soft); font-size: .9rem; }
.aside .plain { border-left: 3px solid var(--line); padding-left: 1rem; }
pre, code { font-family: ui-monospace, monospace; font-size: .875em; background: var(--box); border-radius: .25rem; }
code { padding: .1em .3em; }
pre { padding: .75rem 1rem; overflow-x: auto; }
pre code { padding: 0; font-size: 1em; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { border: 1px solid var(--line); padding: .3rem .6rem; }
.center { text-align: center; }
.right { text-align: right; }
blockquote { border-left: 3px solid var(--line); color: var(--soft); margin: 1rem 0; padding-left: 1rem; }
@media print {
  :root { --text: #000; --soft: #444; --back: #fff; --box: #fff; --line: #999; --link: #000; }
  body { max-width: none; padding: 0; font-size: 11pt; }
  pre, table { overflow: visible; white-space: pre-wrap; }
  pre, blockquote, tr { break-inside: avoid; }
  article h2 { break-after: avoid; }
}
"""


def style_hash() -> str:
    """The style's checksum, as a Content-Security-Policy names it."""
    return "sha256-" + b64encode(sha256(STYLE.encode()).digest()).decode()
