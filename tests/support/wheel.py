"""Builds the wheel in a folder of its own, without a network, and compares what is in it with what should be."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("bisdesk", "identity", "notifications", "registers", "store", "workflow")
TEMPLATES = "notifications/_templates"
SOURCES = "bisdesk/web/assets"  # what the static files are built from stays at home
BUILT = tuple(
    f"bisdesk/web/static/{name}"
    for name in (
        "applicant.css",
        "applicant.js",
        "desk.js",
        "logo.svg",
        "favicon.svg",
        "licences.txt",
        "fonts/public-sans-latin.woff2",
    )
)


def names_in_wheel() -> list[str]:
    """Every path in a freshly built wheel."""
    with tempfile.TemporaryDirectory(prefix="bisdesk-wheel-") as folder:
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
        built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if built.returncode != 0:
            raise SystemExit(f"the wheel does not build:\n{built.stderr}")
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            return archive.namelist()


def problems(names: list[str], root: Path = ROOT) -> list[str]:
    """What is wrong with a wheel that holds these paths, one sentence each."""
    top = {name.split("/")[0] for name in names}
    code = {name for name in top if not name.endswith(".dist-info")}
    found = [f"unexpected at the top: {name}" for name in sorted(code - set(PACKAGES))]
    found += [f"missing at the top: {name}" for name in sorted(set(PACKAGES) - code)]
    found += [f"missing: {name}" for name in sorted(_expected(root) - set(names))]
    found += [f"does not belong in a wheel: {name}" for name in names if name.startswith(f"{SOURCES}/")]
    found += [f"does not belong in a wheel: {name}" for name in names if "__pycache__" in name or name.endswith(".pyc")]
    if not any(name.endswith(".dist-info/licenses/LICENSE") for name in names):
        found.append("missing: the licence")
    return found


def _expected(root: Path) -> set[str]:
    """Every module and data file of the packages, and every template, at its place in the wheel."""
    inside = {
        path.relative_to(root).as_posix()
        for package in PACKAGES
        for path in (root / package).rglob("*")
        if path.is_file()
        and path.suffix not in {".pyc"}
        and "_templates" not in path.parts
        and not path.is_relative_to(root / SOURCES)
    }
    templates = root / "templates"
    return (
        inside
        | set(BUILT)
        | {f"{TEMPLATES}/{path.relative_to(templates).as_posix()}" for path in templates.rglob("*") if path.is_file()}
    )


def main() -> int:
    """Print what is wrong with the wheel; 0 when nothing is."""
    found = problems(names_in_wheel())
    for line in found:
        print(f"wheel: {line}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
