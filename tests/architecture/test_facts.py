"""The ledger of facts holds: every mark names a fact, every fact has a test or a reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.facts import ROOT, TITLES, check_fact_markers, collect, known, render, unproven

ROWS_OF_REQUEST = (*range(1, 28), "2b", "5b", "8b", "12b", "17b", "19b", "21b", "alert")
ROWS_OF_ACTIVATION = (*range(1, 17), "2b", "3b", "3c", "7b", "9b", "11b", "14b", "remint", "freeze")


@dataclass
class Marked:
    """As much of a collected test as the check looks at."""

    nodeid: str
    marks: tuple[pytest.Mark, ...]

    def iter_markers(self, name: str) -> Iterator[pytest.Mark]:
        return (mark for mark in self.marks if mark.name == name)


@pytest.fixture(scope="module")
def tests() -> dict[str, list[str]]:
    return collect(ROOT / "tests")


def test_every_fact_has_a_test_or_a_reason_why_not_yet(tests: dict[str, list[str]]) -> None:
    assert unproven(tests) == []


def test_every_mark_names_a_fact(tests: dict[str, list[str]]) -> None:
    assert sorted(set(tests) - set(known())) == []


def test_every_row_of_both_lifecycles_is_proven(tests: dict[str, list[str]]) -> None:
    rows = [f"B1-{row}" for row in ROWS_OF_REQUEST] + [f"B2-{row}" for row in ROWS_OF_ACTIVATION]

    assert [row for row in rows if not tests.get(row)] == []


def test_the_ledger_is_complete_for_the_manual_and_the_readings() -> None:
    expected = {f"3.{number}" for number in range(1, 41)} | {f"R{number}" for number in range(1, 11)}

    assert expected <= set(known())
    assert {fact.group for fact in known().values()} == set(TITLES)


def test_a_mark_that_names_no_fact_stops_the_collection() -> None:
    strange = Marked("tests/test_it.py::test_it", (pytest.mark.fact("3.36", "3.999").mark,))

    with pytest.raises(pytest.UsageError, match=r"test_it: 3\.999") as refused:
        check_fact_markers([strange])  # type: ignore[list-item]

    assert "3.36" not in str(refused.value)


def test_marks_on_modules_parameters_and_generated_cases_are_collected(tmp_path: Path) -> None:
    (tmp_path / "test_marked.py").write_text(
        "import pytest\n"
        "pytestmark = pytest.mark.fact('R1')\n"
        "@pytest.mark.parametrize('a', [1, pytest.param(2, marks=pytest.mark.fact('3.36', 'B2-7'))])\n"
        "def test_one(a): ...\n",
        encoding="utf-8",
    )

    found = collect(tmp_path)

    assert {name: [test.rpartition("::")[2] for test in tests] for name, tests in found.items()} == {
        "3.36": ["test_one"],
        "B2-7": ["test_one"],
        "R1": ["test_one"],
    }


def test_a_test_file_that_cannot_be_collected_is_told_and_not_taken_for_empty(tmp_path: Path) -> None:
    (tmp_path / "test_broken.py").write_text("import nowhere_to_be_found\n", encoding="utf-8")

    with pytest.raises(RuntimeError, match="nowhere_to_be_found"):
        collect(tmp_path)


def test_a_fact_without_tests_shows_its_reason_and_one_with_many_counts_the_rest() -> None:
    page = render({"3.36": [f"tests/unit/test_it.py::test_{number}" for number in range(9)]})

    assert "`unit/test_it.py test_3`<br>and 5 more" in page
    assert known()["3.15"].not_yet
    assert f"not yet: {known()['3.15'].not_yet}" in page
