"""A BIS register in this process: it searches and creates like the real one, and misbehaves on request.

It knows requests only as the questions that it is asked; what an answer means is not its business.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from identity.dates import PartialDate, read_partial_date
from identity.matching import compare, search_keys
from identity.numbers import make_bis
from registers.ledger import Ledger, Page
from registers.people import Resident, inhabitants
from workflow.errors import Unavailable
from workflow.identity_register import (
    Created,
    Down,
    Existing,
    Found,
    RegisterAnswer,
    RegisterPerson,
    RegisterRefused,
    TimedOut,
)

ALIKE = 60  # of 100: enough agrees for a human to look
HIGHEST_SEQUENCE = 998


class SearchScript(StrEnum):
    """How a search misbehaves."""

    PLAIN = "plain"
    MATCH = "match"  # somebody just like this person is known already
    TIMEOUT = "timeout"  # no answer, ever


class CreateScript(StrEnum):
    """How a creation misbehaves."""

    PLAIN = "plain"
    LATE = "late"  # created, but the answer never came: the next search finds the person
    TIMEOUT = "timeout"  # no answer and nothing created; the same call works when it is made again
    EXISTS = "exists"  # somebody just like this person turns up at creation time
    INCONSISTENT = "inconsistent"  # the number contradicts the declared data
    REFUSED = "refused"  # nothing created, and a repeat will not help


@dataclass(frozen=True, slots=True)
class Script:
    """What the simulator was told to do."""

    search: SearchScript = SearchScript.PLAIN
    create: CreateScript = CreateScript.PLAIN


class Simulator:
    """The port `IdentityRegister`, remembered across processes under a folder."""

    manual = False

    def __init__(self, home: Path, key: bytes, script: Script | None = None) -> None:
        self._ledger = Ledger(home, key)
        self._script = script or Script()

    def search(self, person: RegisterPerson) -> RegisterAnswer:
        """Look for the person by number, or by sound of the name and year of birth."""
        if self._script.search is SearchScript.TIMEOUT:
            return TimedOut()
        try:
            with self._ledger.open() as page:
                if self._script.search is SearchScript.MATCH:
                    _plant_twin(page, person)
                return Found(tuple(known.candidate for known in _search(page, person)))
        except Unavailable:
            return Down("memory_unreadable")

    def create(self, person: RegisterPerson, *, idempotency_key: str, confirmed_distinct: bool) -> RegisterAnswer:
        """Create the person, once per key; without the confirmation only when nobody alike is known."""
        try:
            with self._ledger.open() as page:
                return self._answer(page, person, idempotency_key, confirmed_distinct=confirmed_distinct)
        except Unavailable:
            return Down("memory_unreadable")
        except LookupError as none_left:
            return RegisterRefused("no_number_left", str(none_left))

    def _answer(self, page: Page, person: RegisterPerson, call: str, *, confirmed_distinct: bool) -> RegisterAnswer:
        made = page.of_call(call)
        if made is not None:
            return _created(made)
        if self._script.create is CreateScript.EXISTS:
            _plant_twin(page, person)
        alike = [] if confirmed_distinct else _search(page, person)
        if alike:
            return Existing(tuple(known.candidate for known in alike))
        return self._create(page, person, call)

    def _create(self, page: Page, person: RegisterPerson, call: str) -> RegisterAnswer:
        match self._script.create:
            case CreateScript.REFUSED:
                return RegisterRefused("address_not_accepted", "The register does not accept the foreign address.")
            case CreateScript.TIMEOUT if page.first_time(call):
                return TimedOut()
            case CreateScript.LATE:
                _register(page, call, person)
                return TimedOut()
            case CreateScript.INCONSISTENT:
                born = read_partial_date(person.birth_date)
                return _created(_register(page, call, person, number_of=replace(born, year=born.year - 1, day=None)))
            case _:
                return _created(_register(page, call, person))


def _search(page: Page, person: RegisterPerson) -> list[Resident]:
    """Everybody who could be this person, the likeliest first."""
    if person.insz is not None:
        known = [one for one in inhabitants() if one.insz == person.insz] or page.of_keys("insz", (person.insz,))
        if known:
            return known
    keys = _sounds(person.family_name, person.birth_date)
    near = [one for one in inhabitants() if not keys.isdisjoint(_sounds(one.family_name, one.birth_date))]
    asked = _as_resident(person, insz="").compared
    scored = [(compare(asked, one.compared).score, one) for one in (*near, *page.of_keys("sound", keys))]
    return [one for score, one in sorted(scored, key=lambda pair: (-pair[0], pair[1].insz)) if score >= ALIKE]


def _plant_twin(page: Page, person: RegisterPerson) -> None:
    """Let the register know somebody just like this person, under one number however often it is asked."""
    call = f"twin of {person.request_id}"
    if page.of_call(call) is None:
        _register(page, call, person)


def _register(page: Page, call: str, person: RegisterPerson, *, number_of: PartialDate | None = None) -> Resident:
    born = number_of or read_partial_date(person.birth_date)
    known = _as_resident(person, insz=_free_number(page, born, person.sex))
    sounds = tuple(sorted(_sounds(person.family_name, person.birth_date)))
    page.remember(call, known, keys={"insz": (known.insz,), "sound": sounds})
    return known


def _free_number(page: Page, born: PartialDate, sex: str) -> str:
    """The first number of this birth date that was never given; with month and day at zero once all are (D1)."""
    inborn = {one.insz for one in inhabitants()}
    for day in (born, PartialDate(born.year)):
        for sequence in range(*_sequences(sex)):
            digits = make_bis(day, sex, sequence).digits
            if digits not in inborn and not page.holds("insz", digits):
                return digits
    raise LookupError("no number is left for this year of birth")


def _sequences(sex: str) -> tuple[int, int, int]:
    """From, to, step: even for women, odd for men, any where the sex is unknown (D1)."""
    return {"F": (2, HIGHEST_SEQUENCE + 1, 2), "M": (1, HIGHEST_SEQUENCE, 2)}.get(sex, (1, HIGHEST_SEQUENCE + 1, 1))


def _as_resident(person: RegisterPerson, *, insz: str) -> Resident:
    return Resident(
        insz=insz,
        given_names=" ".join(person.given_names),
        family_name=person.family_name,
        birth_date=person.birth_date,
        sex=person.sex,
        birth_country=person.birth_country,
        birth_place=person.birth_place,
    )


def _sounds(family_name: str, birth_date: str) -> frozenset[str]:
    return frozenset(search_keys(family_name, read_partial_date(birth_date).year))


def _created(person: Resident) -> Created:
    return Created(person.insz, person.birth_date, person.sex)
