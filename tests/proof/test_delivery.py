"""The proof of delivery with ten thousand messages, and the proof of the proof: what is spoiled in the journals is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.proof.journal import Copy
from tests.proof.judge import Evidence, judged
from tests.proof.reading import Database
from tests.proof.run import missing, run
from tests.proof.shard import Order, Part, part

Copies = dict[str, list[Copy]]


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.fact("B3-owe", "B3-begin", "B3-lose", "B3-expire")
def test_ten_thousand_messages_through_faulty_providers_are_neither_lost_nor_doubled_without_a_reason() -> None:
    found = run(10_000)

    assert found.problems() == {}
    assert missing(found) == []
    assert found.messages >= 9_500


@pytest.fixture(scope="module")
def small_run() -> Iterator[tuple[Part, Database]]:
    """A few messages, sent without a fault."""
    with part(Order("small", 40, share=0.0)) as running:
        running.run()
        yield running, running.database


def _lost(copies: Copies, name: str) -> None:
    del copies[name]


def _doubled(copies: Copies, name: str) -> None:
    copies[name] = [*copies[name], *copies[name]]


def _changed(copies: Copies, name: str) -> None:
    copies[name] = [*copies[name], replace(copies[name][0], digest="0" * 64)]


def _late(copies: Copies, name: str) -> None:
    copies[name] = [replace(copies[name][0], at=copies[name][0].at + timedelta(days=400))]


def _strange(copies: Copies, name: str) -> None:
    copies["01900000-0000-7000-8000-000000000000"] = copies[name]


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [(_lost, "lost"), (_doubled, "unexplained"), (_changed, "different"), (_late, "too_late"), (_strange, "strangers")],
)
def test_the_proof_finds_what_is_spoiled(
    small_run: tuple[Part, Database], spoil: Callable[[Copies, str], None], problem: str
) -> None:
    running, database = small_run
    fates = running.sms.told_of()
    copies = dict(running.journal.copies)
    link = next(str(row.id) for row in database.messages() if row.kind == "M1" and row.state == "accepted")
    assert judged(database, Evidence(copies, frozenset(), fates)).problems() == {}

    spoil(copies, link)

    assert problem in judged(database, Evidence(copies, frozenset(), fates)).problems()


def test_the_proof_finds_a_state_that_the_provider_contradicts(small_run: tuple[Part, Database]) -> None:
    running, database = small_run

    found = judged(database, Evidence(running.journal.copies, frozenset(), {}))

    assert found.untrue
