"""Rules of the house that no linter holds."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import discord
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PACKAGES = ("agent", "bench", "cogs", "delivery", "documents", "playground", "porting", "storage", "transfer", "watch")
FOLDERS = (*PACKAGES, "docs", "tests", ".ci")
VENDOR = ROOT / "playground/page/vendor"  # others' libraries, unchanged: tests/playground/test_vendor.py looks after them
LOCKS = ("requirements.txt", "requirements-dev.txt")
MOST_LINES = 300
MOST_FUNCTION_LINES = 60
LONG_FUNCTIONS: dict[str, str] = {}  # "file:function" -> why it reads better in one piece


def everything() -> Iterator[Path]:
    """Each file of ours that people read."""
    yield from (path for path in ROOT.iterdir() if path.is_file() and path.name not in {".env", ".git"})
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and path.suffix != ".png" and "__pycache__" not in path.parts and VENDOR not in path.parents:
                yield path


def source() -> list[Path]:
    """Each module that runs in the bot."""
    return [*ROOT.glob("*.py"), *(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def mentions(pattern: str) -> list[str]:
    """Where `pattern` stands, this file excepted."""
    found = re.compile(pattern.encode(), re.IGNORECASE)
    return [name(path) for path in everything() if path != Path(__file__) and found.search(path.read_bytes())]


def locked(lock: str) -> dict[str, str]:
    """Each package of a lock with all that is said about it."""
    blocks = re.split(r"^(?=\w)", (ROOT / lock).read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {canonicalize_name(re.split(r"[=\s]", block)[0]): block for block in blocks if block.strip()}


def test_no_package_host_is_named() -> None:
    assert mentions(r"pypi\.org|pythonhosted|npmjs|(index-url|find-links)[ =]+\S*/") == []


def test_no_path_of_somebodys_machine_is_named() -> None:
    assert mentions(r"(?<![\w.~-])/(home|root|Users|work|opt)/\w|[a-z]:\\Users") == []


def test_nothing_is_left_for_later() -> None:
    assert mentions(r"\b(TODO|FIXME|XXX|HACK)\b") == []


@pytest.mark.parametrize("path", source(), ids=name)
def test_file_is_read_in_one_sitting(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    long = [
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= MOST_FUNCTION_LINES
        and f"{name(path)}:{node.name}" not in LONG_FUNCTIONS
    ]
    assert text.count("\n") <= MOST_LINES
    assert long == []


def test_no_module_prints() -> None:
    """What people see goes through the delivery or the log. The console, the bench and the command line speak by themselves."""
    quiet = [path for path in source() if path.relative_to(ROOT).parts[0] not in {"bench", "bot.py", "playground"}]
    assert [name(path) for path in quiet if re.search(r"^\s*print\(", path.read_text(encoding="utf-8"), re.MULTILINE)] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_pins_and_hashes_everything_and_names_no_index(lock: str) -> None:
    for package, block in locked(lock).items():
        first, *hashes = block.replace("\\\n", "\n").split("\n")
        assert re.match(r"[\w.-]+(\[[\w,]+\])?==\S+", first), package
        assert [line for line in hashes if line.strip()], package
        assert all(re.fullmatch(r"    --hash=sha256:[0-9a-f]{64} ?", line) for line in hashes if line), package


def test_what_runs_is_what_is_tested() -> None:
    tested = locked("requirements-dev.txt")
    assert {package: tested.get(package) for package in locked("requirements.txt")} == locked("requirements.txt")


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_is_not_behind_pyproject(lock: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = project["project"]["dependencies"] + (project["dependency-groups"]["dev"] if "dev" in lock else [])
    blocks = locked(lock)
    for requirement in map(Requirement, wanted):
        version = re.search(r"==(\S+)", blocks[canonicalize_name(requirement.name)])
        assert version, requirement
        assert version[1] in requirement.specifier, f"{requirement}: run `make lock`"


@pytest.mark.parametrize("path", [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")], ids=name)
def test_links_between_pages_lead_somewhere(path: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", path.read_text(encoding="utf-8"))
    assert [target for target in targets if not (path.parent / target).exists()] == []


def test_invite_link_asks_for_what_the_page_lists() -> None:
    asked = discord.Permissions(view_channel=True, send_messages=True, send_messages_in_threads=True)
    page = (ROOT / "docs/hosting.md").read_text(encoding="utf-8")
    assert re.findall(r"[?&]permissions=(\d+)", page) == [str(asked.value)]
    assert sum(int(value) for value in re.findall(r"`1 << \d+` = (\d+)", page)) == asked.value


def test_ci_runs_the_readmes_own_test_command() -> None:
    script = ROOT / ".ci/run"
    assert script.stat().st_mode & 0o111
    assert script.read_text(encoding="utf-8").rstrip().endswith("make test")
    assert "make test" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_version_is_one() -> None:
    """What `--version` says, what pip would say, and the newest entry of the changelog."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    said = re.search(r'^VERSION.* = "(.+)"$', (ROOT / "bot.py").read_text(encoding="utf-8"), re.MULTILINE)
    logged = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert said
    assert logged
    assert said[1] == logged[1] == project
