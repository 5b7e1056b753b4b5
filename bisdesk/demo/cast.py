"""Who else lives in the demonstration: nineteen people beside those of the story, each brought to another place of a lifecycle.

With the story they are 24. Everything is done by the use cases of everybody, on a clock that only goes forward.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bisdesk.demo.stage import ANNA, BART, DIRK, Stage, code_in
from bisdesk.demo.story import WRONG
from registers.caller import call_due
from workflow import activations, filing, freezing, registrations, registrations_desk
from workflow.activations_code import CodeMissed
from workflow.calendar import brussels_date
from workflow.identity_register import Down, IdentityRegister, RegisterAnswer, RegisterPerson
from workflow.intake import parse_submission
from workflow.lifecycles.registration import Trigger
from workflow.model import KeyKind, Reason

LAST_HOUR = timedelta(minutes=55)
OUT_OF_ORDER = "maintenance"  # of the register, as it answers
Play = Callable[[Stage, str], None]


@dataclass(frozen=True, slots=True)
class Part:
    """One person's part: how many days before the end it begins, at which hour of the clock, and what happens."""

    days: int
    hour: int
    person: str
    play: Play


class UnderRepair:
    """The port `IdentityRegister` where nothing is created, and nothing found unless a working register is given to search in."""

    manual = False

    def __init__(self, working: IdentityRegister | None = None) -> None:
        self.working = working

    def search(self, person: RegisterPerson) -> RegisterAnswer:
        """What the working one finds, if it is asked at all."""
        return self.working.search(person) if self.working else Down(OUT_OF_ORDER)

    def create(self, person: RegisterPerson, *, idempotency_key: str, confirmed_distinct: bool) -> RegisterAnswer:
        """Not today."""
        return Down(OUT_OF_ORDER)


def prologue(stage: Stage) -> Iterator[str]:
    """Those whose end needs more than a month: they begin before the story. The name of each, once it is done."""
    for part in PROLOGUE:
        part.play(stage, part.person)
        yield part.person
    stage.arrived()


def cast(stage: Stage, today: datetime) -> Iterator[str]:
    """Most others, in the order of their days before `today`. The name of each, once it is done."""
    for part in CAST:
        at = (today - timedelta(days=part.days)).replace(hour=part.hour, minute=12, second=0, microsecond=0)
        stage.clock.set(max(at, stage.now))
        stage.tick()
        part.play(stage, part.person)
        yield part.person
    stage.tick()


def epilogue(stage: Stage, today: datetime) -> Iterator[str]:
    """Those of the last hour, whom the register owes an answer. The name of each, once it is done."""
    stage.clock.set(today - LAST_HOUR)
    for part in EPILOGUE:
        part.play(stage, part.person)
        yield part.person
    stage.clock.set(today)
    stage.tick()


def _registered(stage: Stage, person: str) -> tuple[str, str]:
    """From the file to link and code; the activation and its code."""
    ref = stage.file(person)
    stage.take(ref)
    stage.approve(ref)
    letters = stage.tick()
    return str(stage.request(ref)["activation"]), code_in(letters)


def _in_review(stage: Stage, person: str, officer: str = BART) -> str:
    ref = stage.file(person)
    stage.take(ref, officer)
    return ref


def _never_looks(stage: Stage, person: str) -> None:
    _registered(stage, person)


def _cancelled(stage: Stage, person: str) -> None:
    activation, _ = _registered(stage, person)
    reason = registrations.reason_for("cancel", "withdrawal", None)
    stage.act(BART, lambda door: activations.cancel(door, activation, reason))
    stage.tick()


def _not_me(stage: Stage, person: str) -> None:
    activation, _ = _registered(stage, person)
    stage.act(None, lambda door: freezing.freeze(door, activation))
    stage.tick()


def _half_typed(stage: Stage, person: str) -> None:
    raw = {**stage.person(person), "document": {}, "identityCheck": {}}
    submission = parse_submission(raw, today=brussels_date(stage.now), complete=False)
    stage.act(ANNA, lambda door: filing.draft(door, submission, ()))


def _profile(stage: Stage, person: str) -> None:
    activation, code = _registered(stage, person)
    stage.pass_time(hours=1)
    stage.enter(activation, code)


def _key_begun(stage: Stage, person: str) -> None:
    activation, code = _registered(stage, person)
    stage.pass_time(hours=1)
    stage.enter(activation, code)
    stage.choose(activation, KeyKind.SMS, person.replace("-", "."))
    stage.tick()


def _one_wrong_try(stage: Stage, person: str) -> None:
    activation, _ = _registered(stage, person)
    stage.pass_time(hours=1)
    assert isinstance(stage.enter(activation, f"{WRONG}1"), CodeMissed)


def _asked(stage: Stage, person: str) -> None:
    stage.ask(_in_review(stage, person), ("document.number",), "Het nummer op de scan is niet te lezen.")
    stage.tick()


def _refuted(stage: Stage, person: str) -> None:
    raw = stage.person(person)
    check = dict(_part(raw["identityCheck"]))
    check["steps"] = {**_part(check["steps"]), "photoMatches": False, "authentic": None, "valid": None}
    submission = parse_submission({**raw, "identityCheck": check}, today=brussels_date(stage.now), complete=True)
    stage.act(ANNA, lambda door: filing.file_request(door, submission, stage.papers(raw)))


def _withdrawn(stage: Stage, person: str) -> None:
    ref = stage.file(person)
    reason = registrations.reason_for(Trigger.WITHDRAW, "applicant", None)
    stage.act(ANNA, lambda door: registrations.withdraw(door, ref, reason))


def _rejected(stage: Stage, person: str) -> None:
    ref = _in_review(stage, person)
    reason = Reason("ineligible", "De persoon is ondertussen ingeschreven in een Belgische gemeente.")
    stage.act(BART, lambda door: registrations.reject(door, ref, reason))


def _looks_like(stage: Stage, person: str) -> None:
    stage.approve(_in_review(stage, person))
    stage.tick()


def _waits(stage: Stage, person: str) -> None:
    stage.file(person)


def _suspected(stage: Stage, person: str) -> None:
    ref = _in_review(stage, person, DIRK)
    reason = Reason("document", "Het lettertype van de naam wijkt af van het model op PRADO.")
    stage.act(DIRK, lambda door: registrations_desk.flag_fraud(door, ref, reason))


def _not_found_yet(stage: Stage, person: str) -> None:
    stage.approve(_in_review(stage, person))
    _ask(stage, UnderRepair())


def _not_created_yet(stage: Stage, person: str) -> None:
    stage.approve(_in_review(stage, person))
    _ask(stage, UnderRepair(stage.app.register))


def _ask(stage: Stage, register: IdentityRegister) -> None:
    """Ask a register under repair four times, so that the fifth try lies an hour ahead."""
    for minutes in (0, 2, 6, 16):
        stage.pass_time(minutes=minutes)
        call_due(
            stage.app.unit_of_work, register, now=stage.now, mint=stage.app.mint, answered=stage.app.answered,
            fence=stage.app.fence,
        )  # fmt: skip


def _part(value: object) -> dict[str, object]:
    assert isinstance(value, dict)
    return value


PROLOGUE = (
    Part(45, 9, "noor-de-wit", _never_looks),  # blocked by time on day 30
    Part(45, 9, "etienne-lefevre", _cancelled),  # cancelled at once, erased after a month
)
CAST = (
    Part(26, 9, "sarka-novotna", _not_me),  # frozen
    Part(24, 14, "joao-figueira", _half_typed),  # a draft that lapses in a week
    Part(22, 10, "inigo-aranzabal", _key_begun),  # a key that was not confirmed
    Part(20, 11, "hanne-brandt", _asked),  # lapsed: nobody answered
    Part(17, 9, "piet-hoekzema", _never_looks),  # the link has expired
    Part(16, 15, "ilse-vreugdenhil", _refuted),  # stopped by a check
    Part(15, 10, "anton-kiraly", _withdrawn),
    Part(12, 13, "fatou-diarra", _profile),  # the code was right, no key yet
    Part(10, 9, "bjorn-astrom", _one_wrong_try),
    Part(9, 11, "giulia-passarelli", _rejected),
    Part(8, 10, "mehmet-celik", _cancelled),
    Part(7, 14, "zoe-duboys", _looks_like),  # much like Zoë Dubois, whom the register knows by now
    Part(6, 9, "wietske-boersma", _waits),  # since long
    Part(4, 10, "declan-oreilly", _suspected),
    Part(1, 9, "tove-lindqvist", _waits),
)
EPILOGUE = (
    Part(0, 0, "agnieszka-zurawska", _not_found_yet),
    Part(0, 0, "lucien-marchand", _not_created_yet),
)
PEOPLE = tuple(part.person for part in (*PROLOGUE, *CAST, *EPILOGUE))
