"""The Makefile keeps `.venv` in step with the locks. Real make, in a folder of its own, whose locks ask for nothing."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAKE = shutil.which("make")

pytestmark = pytest.mark.skipif(MAKE is None, reason="make is not on this machine")


def make(folder: Path, *words: str, python: Path | str = sys.executable) -> subprocess.CompletedProcess[str]:
    """Run make as on a fresh machine: nothing of this process's environment but where its tools are."""
    env = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "PYTHON": str(python)}
    command = [MAKE or "make", *words]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603 - ours


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which `make console` has run once."""
    folder = tmp_path_factory.mktemp("cubby")
    shutil.copy(ROOT / "Makefile", folder)
    for lock in ("requirements.txt", "requirements-dev.txt"):
        (folder / lock).write_text("# asks for nothing\n", encoding="utf-8")
    (folder / "bot.py").write_text("import sys; print('bot', *sys.argv[1:])\n", encoding="utf-8")
    first = make(folder, "console")
    assert (first.returncode, first.stdout) == (0, "bot --console\n"), first.stderr
    return folder


def builds(folder: Path, *words: str) -> bool:
    """Whether these words made the virtual environment anew."""
    mark = folder / ".venv/mark"
    mark.touch()
    done = make(folder, *words)
    assert done.returncode == 0, done.stderr
    return not mark.exists()


def test_touched_lock_makes_nothing_anew(made: Path) -> None:
    (made / "requirements.txt").touch()
    assert not builds(made, "console")


def test_other_lock_makes_all_anew(made: Path) -> None:
    with (made / "requirements.txt").open("a", encoding="utf-8") as lock:
        lock.write("# asks for nothing else\n")
    assert builds(made, "console")
    assert not builds(made, "run")


def test_lost_python_is_found_again(made: Path) -> None:
    (made / ".venv/bin/python").unlink()
    assert builds(made, "console")


def test_arguments_reach_the_bot(made: Path) -> None:
    assert make(made, "console", "ARGS=--as Ann").stdout == "bot --console --as Ann\n"


OLD = "exit 1"
WITHOUT_VENV = 'case "$2" in *venv*) exit 1;; esac'


@pytest.mark.parametrize(
    ("scripts", "told"),
    [
        ([OLD], "Cubby needs Python 3.11 or newer"),
        ([WITHOUT_VENV], "sudo apt-get install python3-venv"),
        ([WITHOUT_VENV, OLD], "sudo apt-get install python3-venv"),
    ],
)
def test_unusable_python_is_told(made: Path, tmp_path: Path, scripts: list[str], told: str) -> None:
    for number, script in enumerate(scripts):
        (tmp_path / f"python{number}").write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (tmp_path / f"python{number}").chmod(0o755)
    done = make(made, "which-python", python=" ".join(map(str, sorted(tmp_path.iterdir()))))
    assert done.returncode != 0
    assert told in done.stderr


def test_each_word_is_listed() -> None:
    listed = make(ROOT, "help").stdout
    assert all(f"\n{word} " in f"\n{listed}" for word in ("console", "run", "test", "check", "fix", "bench", "lock"))
