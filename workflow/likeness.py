"""Whether somebody whom the register found is the person of a request: both side by side, judged by the rules of matching (D15).

It decides nothing: a human does, and sees here what agrees, what differs, and what one side does not know.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from identity.dates import PartialDate, read_partial_date
from identity.matching import Match, PersonData, compare
from identity.problems import Problem
from identity.transliteration import folded
from workflow import dossier, registrations_register
from workflow.access import Door
from workflow.explain import explain_request
from workflow.lifecycles.registration import State
from workflow.submission import Submission

BY = ("request.number_inconsistent", "request.existing_persons_found", "request.search_needs_review")


class Verdict(StrEnum):
    """What a comparison says of one field."""

    SAME = "same"  # whatever accents and capitals it is written with
    ALIKE = "alike"  # written in another way, and the rules take it for the same: it sounds so, or says less
    DIFFERENT = "different"
    UNKNOWN = "unknown"  # one side does not tell


@dataclass(frozen=True, slots=True)
class Line:
    """One field of both."""

    path: str
    ours: str = field(repr=False)
    theirs: str = field(repr=False)
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Likeness:
    """One candidate beside the person of the request; the number is masked but for its end (B1-13)."""

    place: int
    number: str = field(repr=False)
    lines: tuple[Line, ...] = field(repr=False)
    active_resident: bool

    @property
    def same(self) -> tuple[str, ...]:
        """The fields that agree: why the two were thought to be one."""
        return tuple(line.path for line in self.lines if line.verdict in (Verdict.SAME, Verdict.ALIKE))

    @property
    def different(self) -> tuple[str, ...]:
        """The fields that differ."""
        return tuple(line.path for line in self.lines if line.verdict is Verdict.DIFFERENT)


@dataclass(frozen=True, slots=True)
class Likenesses:
    """All candidates of a request, and the event by which they were found."""

    found_by: str
    candidates: tuple[Likeness, ...]


def likenesses(door: Door, ref: str) -> Likenesses | None:
    """Whom the register found, beside the request; None where nobody waits to be judged. Raises: NotFound, NotPermitted."""
    case = explain_request(door, ref).case
    if case.state != State.MATCH_REVIEW:
        return None
    ours = dossier.stored(door.uow, case.id)
    found = registrations_register.candidates(door, case.ref)
    told = (event.event for event in reversed(door.uow.cases.history(case.id)))
    return Likenesses(
        next((event for event in told if event in BY), BY[-1]),
        tuple(_likeness(ours, one, place) for place, one in enumerate(found, 1)),
    )


def _likeness(ours: Submission, theirs: dict[str, object], place: int) -> Likeness:
    told = {name: str(value) if isinstance(value, str) else "" for name, value in theirs.items()}
    match = compare(_asked(ours), _found(told))
    person = ours.person
    given = " ".join((person.given_name or "", *(person.other_given_names or ()))).strip()
    pairs = (
        ("person.familyName", "family_name", person.family_name or "", told["familyName"]),
        ("person.givenName", "given_names", given, told["givenNames"]),
        ("person.birthDate", "birth_date", str(person.birth_date or ""), told["birthDate"]),
        ("person.sex", "sex", person.sex or "", told["sex"]),
        ("person.birthPlace", "birth_place", person.birth_place or "", told.get("birthPlace", "")),
    )
    lines = tuple(Line(path, mine, their, _verdict(match, name, mine, their)) for path, name, mine, their in pairs)
    number = _number(person.insz, told["insz"])
    return Likeness(place, _masked(told["insz"]), (*lines, *number), bool(theirs.get("activeResident")))


def _number(ours: str | None, theirs: str) -> tuple[Line, ...]:
    """The number that the filer knew, where they knew one: it decides more than any name."""
    if not ours:
        return ()
    return (Line("person.insz", _masked(ours), _masked(theirs), Verdict.SAME if ours == theirs else Verdict.DIFFERENT),)


def _masked(number: str) -> str:
    return f"*********{number[-2:]}"


def _asked(ours: Submission) -> PersonData:
    person = ours.person
    assert person.birth_date is not None
    return PersonData(
        family_name=person.family_name or "",
        given_names=" ".join((person.given_name or "", *(person.other_given_names or ()))),
        birth_date=person.birth_date,
        sex=person.sex or "unknown",
        birth_place=person.birth_place,
    )


def _found(told: dict[str, str]) -> PersonData:
    return PersonData(
        family_name=told["familyName"],
        given_names=told["givenNames"],
        birth_date=_day(told["birthDate"]) or PartialDate(1),
        sex=told["sex"],
        birth_place=told.get("birthPlace") or None,
    )


def _verdict(match: Match, name: str, ours: str, theirs: str) -> Verdict:
    if not ours or not theirs or (name == "birth_date" and _day(theirs) is None):
        return Verdict.UNKNOWN
    if name in match.same:
        return Verdict.SAME if folded(ours) == folded(theirs) else Verdict.ALIKE
    return Verdict.DIFFERENT if name in match.differing else Verdict.UNKNOWN


def _day(text: str) -> PartialDate | None:
    try:
        return read_partial_date(text)
    except Problem:
        return None
