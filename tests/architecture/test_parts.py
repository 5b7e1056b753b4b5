"""Nothing is left out in silence: what a machine cannot run is named at the end, and fails where everything must run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

TWO_TESTS = """
import pytest

def test_that_needs_nothing():
    assert 1 + 1 == 2

@pytest.mark.prism
def test_that_needs_node():
    assert 1 + 1 == 2
"""


def test_what_cannot_run_is_named_in_the_last_lines(tmp_path: Path) -> None:
    ran = _suite_without_node(tmp_path, ci=False, workers="2")

    last_lines = "\n".join(ran.stdout.splitlines()[-4:])

    assert "SMS against Twilio's API description: 1 tests, because there is no Node with npm" in last_lines
    assert "1 passed" in last_lines
    assert ran.returncode == 0


@pytest.mark.parametrize("workers", ["0", "2"], ids=["alone", "with-two-workers"])
def test_what_cannot_run_fails_where_everything_must(tmp_path: Path, workers: str) -> None:
    ran = _suite_without_node(tmp_path, ci=True, workers=workers)

    assert "1 passed" in ran.stdout
    assert "this run fails" in ran.stdout
    assert ran.returncode == 1


def test_a_machine_with_everything_leaves_nothing_out(tmp_path: Path) -> None:
    (tmp_path / "test_one.py").write_text("def test_that_needs_nothing():\n    assert 1 + 1 == 2\n", encoding="utf-8")

    ran = _suite(tmp_path, {**os.environ, "CI": "true"})

    assert "left out" not in ran.stdout
    assert ran.returncode == 0


def _suite_without_node(folder: Path, *, ci: bool, workers: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_two.py").write_text(TWO_TESTS, encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if name != "CI" and "XDIST" not in name}
    return _suite(folder, {**environment, "PATH": str(folder), **({"CI": "true"} if ci else {})}, "-n", workers)


def _suite(folder: Path, environment: dict[str, str], *more: str) -> subprocess.CompletedProcess[str]:
    """The real conftest over tests of our own, on a machine whose programs are only those of this PATH."""
    command = [
        sys.executable, "-m", "pytest", "-q", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT),
        "-p", "tests.conftest", "-p", "no:cacheprovider", *more, str(folder),
    ]  # fmt: skip
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
