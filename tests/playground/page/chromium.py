"""Which browser the page is tried in: a Chromium that the system brings, named by CHROMIUM or found by its usual names.

Where there is none the tests are skipped, loudly; with REQUIRE_BROWSER=1, as in `.ci/run`, they fail instead.
"""

import os
import shutil
from collections.abc import Mapping
from typing import Final

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
NONE_FOUND: Final = "no Chromium found: install one, e.g. apt-get install chromium, or set CHROMIUM=/path"
FLAGS: Final = (
    "--no-sandbox",  # root, in a container, can't have one
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features=LocalNetworkAccessChecks",  # of this browser's; the server's own guards are to be seen
)


def find_chromium(environ: Mapping[str, str] = os.environ) -> str | None:
    """Where the browser is, if there is one."""
    if named := environ.get("CHROMIUM"):
        return shutil.which(named)
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def is_required(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a missing browser is a failure."""
    return environ.get("REQUIRE_BROWSER") == "1"


def notice(skipped: int) -> str:
    """What a run says at its end that had to leave out `skipped` tests."""
    return f"SKIPPED: {skipped} browser tests, {NONE_FOUND}"
