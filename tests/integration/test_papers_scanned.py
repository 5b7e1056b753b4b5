"""The virus scanner: a real one finds and passes, and whatever it does but say yes, nothing is accepted."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from bisdesk.papers.judge import made_safe
from bisdesk.papers.verdict import Code, Refused, Safe
from bisdesk.papers.virus import alive, infection
from tests.support import papers
from tests.support.clamav import Daemon, Odd, daemon, nobody_listens, odd_daemon

LARGE = os.urandom(3_000_000)
STRANGE = [
    b"", b"stream: OK", b"stream: OK\n", b"OK\0", b"stream: \0", b"UNKNOWN COMMAND\0", b"INSTREAM size limit exceeded. ERROR\0",
    b"stream: Cannot allocate memory ERROR\0", b"file: OK\0", b"stream: OKAY\0", b"\xff\0",
    b"x" * 10_000, b"stream: not OK\0", b"Access denied. ERROR\0",
]  # fmt: skip


@pytest.fixture(scope="module")
def clamd_running() -> Iterator[Daemon]:
    """A real daemon that knows one virus."""
    with daemon(papers.EICAR) as running:
        yield running


def test_a_real_scanner_passes_what_is_clean(clamd_running: Daemon) -> None:
    for where in (clamd_running.tcp, clamd_running.unix):
        assert alive(where)
        assert isinstance(made_safe(papers.png(), clamd=where), Safe)
        assert isinstance(made_safe(papers.pdf(), clamd=where), Safe)
        assert infection(LARGE, where) is None


def test_a_real_scanner_finds_what_is_not(clamd_running: Daemon) -> None:
    for where in (clamd_running.tcp, clamd_running.unix):
        assert infection(papers.EICAR, where) is Code.INFECTED
        assert made_safe(papers.jpeg() + papers.EICAR, clamd=where) == Refused(Code.INFECTED)
        assert made_safe(papers.pdf() + papers.EICAR, clamd=where) == Refused(Code.INFECTED)
        assert infection(LARGE + papers.EICAR, where) is Code.INFECTED


def test_where_nobody_listens_nothing_is_accepted() -> None:
    assert made_safe(papers.png(), clamd=nobody_listens()) == Refused(Code.SCANNER_DOWN)
    assert made_safe(papers.png(), clamd="unix:/nowhere/clamd.ctl") == Refused(Code.SCANNER_DOWN)
    assert made_safe(papers.png(), clamd="tcp://no-such-host.invalid") == Refused(Code.SCANNER_DOWN)
    assert not alive(nobody_listens())
    assert alive("off")


@pytest.mark.parametrize("answer", STRANGE)
def test_a_strange_answer_accepts_nothing(answer: bytes) -> None:
    with odd_daemon(Odd(answer)) as odd:
        assert made_safe(papers.png(), clamd=odd.where) == Refused(Code.SCANNER_DOWN)


def test_a_scanner_that_hangs_up_before_it_has_heard_all_accepts_nothing() -> None:
    with odd_daemon(Odd(b"", deaf=True)) as odd:
        assert infection(LARGE, odd.where) is Code.SCANNER_DOWN


@pytest.mark.parametrize(
    "answer", [b"stream: Worm FOUND\0", b"stream: A name with words FOUND\0", b"stream: OK\0stream: Worm FOUND\0"]
)
def test_whatever_is_found_is_an_infection(answer: bytes) -> None:
    with odd_daemon(Odd(answer)) as odd:
        assert made_safe(papers.png(), clamd=odd.where) == Refused(Code.INFECTED)


def test_a_slow_scanner_hears_every_byte() -> None:
    with odd_daemon(Odd(b"stream: OK\0")) as odd:
        assert infection(LARGE, odd.where) is None

    assert odd.heard == [LARGE]


def test_what_is_refused_at_sight_is_not_sent_anywhere() -> None:
    with odd_daemon(Odd(b"stream: OK\0")) as odd:
        assert made_safe(b"<svg/>", clamd=odd.where) == Refused(Code.TYPE, seen="svg")

    assert odd.heard == []


def test_the_scanner_hears_the_original_before_anything_is_cut_off() -> None:
    paper = papers.jpeg(turned=6) + papers.zipped()

    with odd_daemon(Odd(b"stream: OK\0")) as odd:
        assert isinstance(made_safe(paper, clamd=odd.where), Safe)

    assert odd.heard == [paper]
