"""The page's libraries are the packages' own files: listed, unchanged, with their licences, in one place."""

import hashlib
import tomllib
from pathlib import Path

import pytest

PAGE = Path(__file__).parent.parent.parent / "playground/page"
VENDOR = PAGE / "vendor"
LIST = "vendor.toml"
LISTED: dict[str, list[dict[str, str]]] = tomllib.loads((VENDOR / LIST).read_text(encoding="utf-8"))
LIBRARIES, BUNDLED = LISTED["library"], LISTED["bundled"]
LICENCES = {"MIT", "BSD-2-Clause", "BSD-3-Clause"}


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_nothing_else_is_there() -> None:
    files = {library["file"] for library in LIBRARIES}
    licences = {library["licence_file"] for library in LIBRARIES + BUNDLED}
    assert {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*")} == {LIST, *files, *licences}
    assert {library["file"] for library in BUNDLED} <= files


def test_no_library_is_elsewhere_in_the_page() -> None:
    known = {library["sha256"] for library in LIBRARIES}
    ours = [path for path in PAGE.rglob("*") if path.is_file() and VENDOR not in path.parents]
    assert [path.name for path in ours if digest(path) in known or ".min." in path.name] == []


@pytest.mark.parametrize("library", LIBRARIES, ids=lambda library: library["package"])
def test_library_is_as_its_package_has_it(library: dict[str, str]) -> None:
    assert library.keys() == {"package", "version", "from", "file", "sha256", "licence", "licence_file", "for"}
    assert all(library.values())
    assert digest(VENDOR / library["file"]) == library["sha256"]


@pytest.mark.parametrize("library", LIBRARIES + BUNDLED, ids=lambda library: library["package"])
def test_licence_lies_beside_it(library: dict[str, str]) -> None:
    assert library["licence"] in LICENCES
    assert "Copyright" in (VENDOR / library["licence_file"]).read_text(encoding="utf-8")
