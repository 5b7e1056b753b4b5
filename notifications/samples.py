"""Invented rows and people for every message and every turn its text can take: for previews and for the lint.

Every name, number and token here is made up; nothing reads a store.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import product
from uuid import UUID

from notifications.catalogue import MessageType
from notifications.vocabulary import CANCEL_REASONS, Again, DeskProblem, KeyChange, Origin, OtpPurpose, Outcome, Rule
from workflow.correspondence import Recipient
from workflow.model import CodeChannel, KeyKind, Language
from workflow.outbox import Audience, MessageKind, QueuedMessage
from workflow.registrations import REASONS

M = MessageKind
TOKEN = "x8Qk3vT_0pLr-7ZbN2mWc5YdJ4hGfA9sEuR1tVoKiXe"
CODE = "7K3MX90QTRV5H2WBJ8CD"
OTP = "482913"
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
LINK_ENDS = {  # of the messages that carry a link in some turns only
    M.M11: datetime(2026, 12, 31, 10, 0, tzinfo=UTC),
    M.M13: datetime(2026, 11, 25, 13, 5, tzinfo=UTC),
}
LINK_UNTIL, BLOCK_ON, ANSWER_BY, ANSWER_UNTIL, SHOWN_UNTIL = (
    "2026-12-08",
    "2026-12-24",
    "2026-11-26",
    "2026-12-09",
    "2027-01-01",
)
LINK_OVER, LAST_DAY = "2026-11-10", "2026-11-26"  # a reminder shortly before the thirtieth day
BLOCKED_ON, CHANGED_ON, FINISH_UNTIL, EXPIRES_ON = "2026-12-25", "2026-12-01", "2027-02-22", "2036-12-01"
REQUEST, ACTIVATION = "BR-2026-00042-7Q", "AC-2026-00042-X3"
Params = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sample:
    """One row that a message can have, named by the turn it takes."""

    name: str
    message: QueuedMessage


@dataclass(frozen=True, slots=True)
class SamplePerson:
    """Somebody whom the texts must bear."""

    name: str
    given_name: str = field(repr=False)
    family_name: str = field(repr=False)
    purpose: str = field(default="Toegang tot Vlimpers", repr=False)
    entity_name: str = "Agentschap Voorbeeld"


ORDINARY = SamplePerson("ordinary", "Zoë", "Dubois")
DIFFICULT = (
    SamplePerson(
        "long", "Hubert Blaine", "Wolfeschlegelsteinhausenbergerdorff" * 5, "Zeer lange reden " * 30, "Vlaams " * 40
    ),
    SamplePerson("right_to_left", "محمد", "بن سلمان", "מטרה", "هيئة"),
    SamplePerson("apostrophes", "Seán", "O'Brien-d’Œuvre", "toegang \"A\" & 'B'", "L'Œuvre & Fils"),
    SamplePerson("markup", "<script>alert(1)</script>", "{{ 7 * 7 }}", "<b>x</b> {% raw %}", '"><img src=x>'),
    SamplePerson("nameless", "", "", "", "Š"),
)


def samples(told: MessageType) -> tuple[Sample, ...]:
    """A row for every turn that the text of this message can take, the most ordinary first."""
    return tuple(_sample(told, name, params) for name, params in _turns(told.kind))


def recipient(told: MessageType, language: Language, person: SamplePerson = ORDINARY) -> Recipient:
    """The invented recipient of a message: the applicant, the officer who filed, or the service desk."""
    about_activation = told.audience is Audience.APPLICANT
    return Recipient(
        reference=ACTIVATION if about_activation else REQUEST,
        entity_name=person.entity_name,
        language=language,
        name=f"{person.given_name} {person.family_name}".strip() if about_activation else "Anna Peeters",
        given_name=person.given_name,
        family_name=person.family_name,
        email="zoe.dubois@example.org" if about_activation else "anna@entity.example",
        mobile="+32470000000" if about_activation else None,
        purpose=person.purpose,
        remarks=("person.birthDate", "scan") if told.kind is M.M5 else (),
        remark_reasons={"person.birthDate": "Op de scan staat een andere dag."} if told.kind is M.M5 else {},
        remark_text="De geboortedatum op de scan is niet dezelfde.\nVoeg een leesbare scan toe."
        if told.kind is M.M5
        else "",
    )


def _sample(told: MessageType, name: str, params: Params) -> Sample:
    secret = _secret(told, params)
    kept = {key: value for key, value in params.items() if key != "with_link"}
    message = QueuedMessage(
        id=UUID("01930f00-0000-7000-8000-000000000000"),
        case_id=UUID("01930f00-0000-7000-8000-000000000001"),
        kind=told.kind,
        audience=told.audience,
        channel=told.channel,
        sequence=1,
        queued_at=NOW,
        not_before=NOW,
        send_before=LINK_ENDS.get(told.kind) if secret else None,
        params=kept,
        secret=secret,
    )
    return Sample(name, message)


def _secret(told: MessageType, params: Params) -> str | None:
    if told.kind in LINK_ENDS:
        return TOKEN if params.get("with_link") else None
    return {M.M1: TOKEN, M.M8: TOKEN, M.M3: CODE, M.M15: OTP}.get(told.kind)


def _turns(kind: MessageKind) -> Sequence[tuple[str, Params]]:
    """Names and parameters of every turn of a kind."""
    match kind:
        case M.M1 | M.M2 | M.M3 | M.M7 | M.M8:
            return _link_turns(kind)
        case M.M4:
            pairs = product(Origin, ("yes", "no"))
            return [
                (f"{one} {shown}", {"origin": one, "number_shown": shown, "shown_until": SHOWN_UNTIL})
                for one, shown in pairs
            ]
        case M.M6:
            return _end_turns()
        case M.M9:
            days = {Rule.ATTEMPTS: CHANGED_ON, Rule.TIME: BLOCKED_ON}
            return [(str(rule), {"rule": rule, "blocked_on": day}) for rule, day in days.items()]
        case M.M10:
            return [(str(problem), {"problem": problem}) for problem in DeskProblem]
        case M.M11:
            return _key_turns()
        case M.M12:
            day = {"cancelled_on": CHANGED_ON}
            return [("plain", day), *((reason, day | {"reason": reason}) for reason in sorted(CANCEL_REASONS))]
        case M.M13:
            day = {"finish_until": FINISH_UNTIL}
            paper = day | {"code_by": str(CodeChannel.PAPER)}
            return [("with link", day | {"with_link": "yes"}), ("without link", day), ("code on paper", paper)]
        case M.M14:
            return [(str(key), {"key_kind": key, "expires_on": EXPIRES_ON}) for key in KeyKind]
        case M.M15:
            return [(str(purpose), {"purpose": purpose, "minutes": "10"}) for purpose in OtpPurpose]
        case M.M0:
            return [("plain", {"answer_by": ANSWER_BY})]
        case M.M5:
            return [("plain", {"answer_until": ANSWER_UNTIL})]
        case M.SEARCH | M.CREATE:
            return []


def _link_turns(kind: MessageKind) -> Sequence[tuple[str, Params]]:
    days = {"link_until": LINK_UNTIL, "block_on": BLOCK_ON}
    if kind is M.M1:
        return [(f"{again} {by}", days | {"again": again, "code_by": by}) for again, by in product(Again, CodeChannel)]
    if kind is M.M8:
        left = product(("3", "2", "1", "0"), CodeChannel)
        return [
            (f"{tries} left {by}", days | {"again": "first", "attempts_left": tries, "code_by": by})
            for tries, by in left
        ]
    if kind in (M.M2, M.M3):  # an explanation goes out with a code by SMS only (1.5)
        return [("plain", days | {"again": "first"})]
    ways = [(str(by), days | {"again": "first", "code_by": by}) for by in CodeChannel]
    if kind is M.M7:
        over = {"link_until": LINK_OVER, "block_on": LAST_DAY, "again": "first"}
        ways += [(f"link over {by}", over | {"code_by": by}) for by in CodeChannel]
    return ways


def _key_turns() -> Sequence[tuple[str, Params]]:
    keys = product((KeyChange.ADDED, KeyChange.REMOVED), KeyKind)
    named = [(f"{one} {key}", {"change": one, "key_kind": key, "changed_on": CHANGED_ON}) for one, key in keys]
    named.append((str(KeyChange.GUESSED), {"change": KeyChange.GUESSED, "changed_on": CHANGED_ON}))
    blocked = [(str(one), {"change": one, "changed_on": CHANGED_ON}) for one in (KeyChange.FROZEN, KeyChange.UNFROZEN)]
    linked = [(f"{name} with link", params | {"with_link": "yes"}) for name, params in named]
    return [*linked, *((f"{name} without link", params) for name, params in named), *blocked]


def _end_turns() -> Sequence[tuple[str, Params]]:
    turns = [("lapsed", {"outcome": str(Outcome.LAPSED), "recreate": "no"})]
    lists: tuple[tuple[Outcome, tuple[str, ...], str], ...] = (
        (Outcome.STOPPED, REASONS["check_failed"], "no"),
        (Outcome.REJECTED, (*REASONS["reject"], "resident"), "no"),
        (Outcome.REJECTED, REASONS["require_recreate"], "yes"),
        (Outcome.WITHDRAWN, REASONS["withdraw"], "no"),
    )
    for outcome, reasons, recreate in lists:
        anew = " to be made anew" if recreate == "yes" else ""
        turns += [
            (f"{outcome}{anew} {reason}", {"outcome": outcome, "reason": reason, "recreate": recreate})
            for reason in reasons
        ]
    return turns
