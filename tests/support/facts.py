"""The ledger of facts: which sentence of the source each test proves, and why some have no test yet.

A test carries `@pytest.mark.fact("3.36", "B2-7")`; the sentences stand in facts.toml. What is collected is what pytest itself
collects, so marks on parameters and generated cases count.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SENTENCES = Path(__file__).with_name("facts.toml")
SHOWN = 4  # tests named for one fact; the others are counted
TITLES = {
    "R": "Readings: how what is ambiguous was decided",
    "3": "The Bisdesk manual",
    "AM3": "Ambiguities of the Bisdesk manual",
    "B1": "Rows of the registration request",
    "B2": "Rows of the activation",
    "B3": "The life of a message",
    "B3b": "Deadlines and limits",
    "1": "Digital keys for non-Belgians",
    "0": "The personal OVAM code",
    "AM0": "Ambiguities of the OVAM guide",
    "2": "A user right in Gebruikersbeheer",
    "AM2": "Ambiguities of that guide",
    "4": "The inventory of risk locations",
    "AM4": "Ambiguities of that inventory",
}
INTRODUCTION = """\
<!-- Generated from tests/support/facts.toml and the marks of the tests; write it again with `make docs`. -->

# Facts, and the tests that prove them

What the sources say about registrations at the Bisdesk, one sentence each, and the tests that prove it. Names such as `B1-4`
and `3.36` stand in the code beside what they explain. A sentence without a test says why; a sentence with both has a part
that is still to come.
"""


@dataclass(frozen=True, slots=True)
class Fact:
    """One sentence of the source, and the reason if no test proves all of it yet."""

    id: str
    sentence: str
    not_yet: str | None = None

    @property
    def group(self) -> str:
        """The part of the source it stands in: `B1`, `3`, `AM3`, `R`."""
        return "R" if self.id.startswith("R") else self.id.replace(".", "-", 1).split("-")[0]


@cache
def known() -> Mapping[str, Fact]:
    """Every fact by its name. Raises: ValueError for a reason that names no fact, or names one twice."""
    table = tomllib.loads(SENTENCES.read_text(encoding="utf-8"))
    sentences: dict[str, str] = table["sentences"]
    reasons: dict[str, str] = {}
    for entry in table["not_yet"]:
        for name in entry["facts"]:
            if name not in sentences or name in reasons:
                raise ValueError(f"facts.toml: the reason for {name} belongs to no fact, or is its second one")
            reasons[name] = entry["reason"]
    return {name: Fact(name, sentence, reasons.get(name)) for name, sentence in sentences.items()}


def check_fact_markers(items: Iterable[pytest.Item]) -> None:
    """Refuse marks that name no fact, at collection. Raises: pytest.UsageError naming each."""
    strange = sorted({f"{item.nodeid}: {name}" for item in items for name in facts_of(item) if name not in known()})
    if strange:
        raise pytest.UsageError("marks that name no fact of tests/support/facts.toml:\n" + "\n".join(strange))


def facts_of(item: pytest.Item) -> tuple[str, ...]:
    """The facts that a test is marked with, on itself, its parameters, its class or its module."""
    return tuple(dict.fromkeys(str(name) for mark in item.iter_markers("fact") for name in mark.args))


def collect(path: Path) -> dict[str, list[str]]:
    """The tests under a path, without their parameters, by the fact they are marked with.

    Raises: RuntimeError when pytest cannot collect them.
    """
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder) / "facts.json"
        words = [sys.executable, "-m", "tests.support.facts", str(path), str(found)]
        done = subprocess.run(words, cwd=ROOT, env=_quiet(), capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"pytest could not collect {path}:\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
        tests: dict[str, list[str]] = json.loads(found.read_text(encoding="utf-8"))
    return tests


def unproven(tests: Mapping[str, list[str]]) -> list[str]:
    """The facts that have neither a test nor a reason."""
    return [fact.id for fact in known().values() if fact.id not in tests and not fact.not_yet]


def render(tests: Mapping[str, list[str]]) -> str:
    """The ledger as a page of Markdown."""
    groups: dict[str, list[Fact]] = defaultdict(list)
    for fact in known().values():
        groups[fact.group].append(fact)
    proven = sum(fact.id in tests for fact in known().values())
    count = f"{proven} of {len(known())} facts are proven by a test."
    sections = [_section(TITLES[group], facts, tests) for group, facts in groups.items()]
    return "\n".join([INTRODUCTION, count, *sections])


def render_ledger(root: Path) -> str:
    """The page docs/facts.md of the project at this root."""
    return render(collect(root / "tests"))


def _section(title: str, facts: list[Fact], tests: Mapping[str, list[str]]) -> str:
    rows = [f"| {fact.id} | {fact.sentence} | {_proof(fact, tests.get(fact.id, []))} |" for fact in facts]
    return "\n".join([f"\n## {title}\n", "| Fact | What it says | Proven by |", "|---|---|---|", *rows])


def _proof(fact: Fact, tests: list[str]) -> str:
    shown = [f"`{_short(test)}`" for test in tests[:SHOWN]]
    if len(tests) > SHOWN:
        shown.append(f"and {len(tests) - SHOWN} more")
    return "<br>".join([*shown, *([f"not yet: {fact.not_yet}"] if fact.not_yet else [])])


def _short(test: str) -> str:
    return test.removeprefix("tests/").replace("::", " ", 1)


def _quiet() -> dict[str, str]:
    """The environment without what would make a nested pytest follow the one that runs it, or miss a part: it runs nothing."""
    kept = ((name, value) for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_")))
    return {name: value for name, value in kept if name != "CI"}


class _Marks:
    """A pytest plugin that notes the marks of every test before anything is left out."""

    def __init__(self) -> None:
        self.tests: dict[str, set[str]] = defaultdict(set)

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        for name in facts_of(item):
            self.tests[name].add(item.nodeid.split("[")[0])


def _main(path: str, found: str) -> int:
    marks = _Marks()
    words = ["--collect-only", "-qq", "-p", "no:cacheprovider", "-c", str(ROOT / "pyproject.toml"), path]
    outcome = pytest.main(words, plugins=[marks])
    told = {name: sorted(tests) for name, tests in sorted(marks.tests.items())}
    Path(found).write_text(json.dumps(told), encoding="utf-8")
    return 0 if outcome in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED) else 1


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:3]))
