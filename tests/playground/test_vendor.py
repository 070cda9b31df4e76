"""The page's libraries are the packages' own files: listed, unchanged, with their licences, in one place."""

import hashlib
import tomllib
from pathlib import Path

import pytest

PAGE = Path(__file__).parent.parent.parent / "playground/page"
VENDOR = PAGE / "vendor"
LIST = "vendor.toml"
LIBRARIES: list[dict[str, str]] = tomllib.loads((VENDOR / LIST).read_text(encoding="utf-8"))["library"]
KEYS = {"package", "version", "from", "file", "sha256", "licence", "licence_file", "for"}
LICENCES = {"MIT", "BSD-3-Clause"}


def test_nothing_else_is_there() -> None:
    listed = {library[key] for library in LIBRARIES for key in ("file", "licence_file")}
    assert {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*")} == {LIST, *listed}


def test_no_library_is_elsewhere_in_the_page() -> None:
    known = {library["sha256"] for library in LIBRARIES}
    ours = [path for path in PAGE.rglob("*") if path.is_file() and VENDOR not in path.parents]
    assert [path.name for path in ours if hashlib.sha256(path.read_bytes()).hexdigest() in known or ".min." in path.name] == []


@pytest.mark.parametrize("library", LIBRARIES, ids=lambda library: library["file"])
def test_library_is_as_its_package_has_it(library: dict[str, str]) -> None:
    assert library.keys() == KEYS
    assert all(library.values())
    assert hashlib.sha256((VENDOR / library["file"]).read_bytes()).hexdigest() == library["sha256"]


@pytest.mark.parametrize("library", LIBRARIES, ids=lambda library: library["file"])
def test_licence_lies_beside_it(library: dict[str, str]) -> None:
    assert library["licence"] in LICENCES
    assert "Copyright" in (VENDOR / library["licence_file"]).read_text(encoding="utf-8")
