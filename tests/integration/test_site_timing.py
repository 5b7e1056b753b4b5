"""What an answer must not tell by its size, it must not tell by its time either: Welch's t, taken in turns (trust 2.3, 6).

No absolute time is judged, so that a slow machine fails nothing; a difference has to show in each of three measurements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from math import sqrt
from pathlib import Path
from queue import SimpleQueue
from statistics import fmean, quantiles, variance
from threading import Thread
from time import perf_counter

import pytest

from tests.support.site import OpenSite, Person, issued_site

TELLS = 4.5  # of dudect: what lies below is noise
AGAIN = 3
WRONG = ("ABCDE" * 4, "BBCDE" * 4, "CBCDE" * 4)
PROXIED = {"BISDESK_TRUSTED_PROXIES": "127.0.0.1"}
Sample = Callable[[], float]


def welch(one: Sequence[float], other: Sequence[float]) -> float:
    """How many standard errors two means lie apart, the slowest tenth of all left out: that is the machine, not the secret."""
    most = quantiles([*one, *other], n=10)[-1]
    left, right = ([value for value in values if value <= most] for values in (one, other))
    error = sqrt(variance(left) / len(left) + variance(right) / len(right))
    return (fmean(left) - fmean(right)) / error


def measured(kinds: Mapping[str, Sample], rounds: int, *, hands: int = 1) -> dict[str, float]:
    """The t of each kind against the first, all taken in turns."""
    times: dict[str, list[float]] = {kind: [] for kind in kinds}
    waiting: SimpleQueue[str] = SimpleQueue()
    for _ in range(rounds):
        for kind in kinds:
            waiting.put(kind)

    def work() -> None:
        while not waiting.empty():
            kind = waiting.get()
            times[kind].append(kinds[kind]())

    helpers = [Thread(target=work) for _ in range(hands)]
    for helper in helpers:
        helper.start()
    for helper in helpers:
        helper.join()
    first, *others = times
    return {kind: welch(times[kind], times[first]) for kind in others}


def tell(kinds: Mapping[str, Sample], rounds: int, *, hands: int = 1) -> dict[str, float]:
    """The kinds that can be told from the first by their time, every time that it is tried."""
    told: dict[str, float] = {}
    for number in range(AGAIN):
        found = measured(kinds, rounds, hands=hands)
        print(f"t of {rounds} each: " + ", ".join(f"{kind} {t:+.2f}" for kind, t in found.items()))
        alike = {kind for kind, t in found.items() if abs(t) < TELLS}
        told = {kind: t for kind, t in found.items() if kind not in alike and (number == 0 or kind in told)}
        if not told:
            break
    return told


@pytest.fixture
def site(tmp_path: Path) -> Iterator[OpenSite]:
    """Link and code went out to Siobhán."""
    with issued_site(tmp_path / "home", "siobhan-kelly", settings=PROXIED, alike_s=0.2) as opened:
        yield opened


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """A neighbourhood that nobody asked from yet."""
    return (f"{10 + number // 65536}.{number // 256 % 256}.{number % 256}.1" for number in count())


def blocked(site: OpenSite) -> None:
    """The person of the newest link enters three wrong codes."""
    person = site.person().opens(site.link())
    for code in WRONG:
        person.enters(code)


def test_a_difference_of_a_fiftieth_would_be_seen() -> None:
    one = [100 + number % 10 for number in range(400)]

    assert abs(welch(one, [value + 2 for value in one])) > TELLS
    assert abs(welch(one, list(reversed(one)))) < TELLS


@pytest.mark.slow
def test_following_a_link_takes_as_long_whatever_the_token_is_worth(site: OpenSite, elsewhere: Iterator[str]) -> None:
    dead = site.link()
    blocked(site)
    site.issued("luc-vanderberg")
    client = site.person().client

    def follow(token: str) -> Sample:
        def once() -> float:
            headers = {"X-Forwarded-For": next(elsewhere)}
            began = perf_counter()
            client.get(f"/a/{token}", headers=headers)
            return perf_counter() - began

        return once

    kinds = {
        "unknown": follow("u" * 43),
        "live": follow(site.link()),
        "blocked": follow(dead),
        "malformed": follow("~" * 43),
    }

    assert tell(kinds, 400) == {}


@pytest.mark.slow
def test_asking_by_reference_takes_as_long_whether_it_exists_or_not(site: OpenSite, elsewhere: Iterator[str]) -> None:
    gone = site.ref
    blocked(site)
    known = site.issued("luc-vanderberg")

    def ask(ref: str) -> Sample:
        def once() -> float:
            person = _ready(site, next(elsewhere), "/activate/reference")
            began = perf_counter()
            person.sends("/activate/reference", reference=ref)
            return perf_counter() - began

        return once

    assert tell({"unknown": ask("AC-2026-99999-ZZ"), "known": ask(known), "blocked": ask(gone)}, 40, hands=4) == {}


@pytest.mark.slow
def test_signing_in_takes_as_long_whether_the_name_exists_or_not(site: OpenSite, elsewhere: Iterator[str]) -> None:
    site.person().activates(site)
    known = count()

    def sign_in(name: Callable[[], str]) -> Sample:
        def once() -> float:
            person = _ready(site, next(elsewhere), "/keys/sign-in")
            began = perf_counter()
            person.sends("/keys/sign-in", username=name(), password="not the right one")
            return perf_counter() - began

        return once

    def zoe() -> str:
        if next(known) % 4 == 3:
            site.stage.pass_time(hours=25)  # before it is locked
        return "zoe.dubois"

    unknown = (f"nobody.{number}" for number in count())
    assert tell({"unknown": sign_in(lambda: next(unknown)), "known": sign_in(zoe)}, 25) == {}


def _ready(site: OpenSite, address: str, path: str) -> Person:
    person = site.person(**{"X-Forwarded-For": address})
    person.get(path)
    return person
