"""The applicants of the proof: activations issued through the corridor, links renewed, codes typed in as the SMS brought them."""

from __future__ import annotations

import re
from uuid import UUID

from bisdesk.seed import ENTITY
from tests.integration.race_world import ANNA
from tests.proof.journal import Journal
from tests.proof.place import Proven
from workflow import activations, activations_keys, issuing
from workflow.access import Door
from workflow.activations_code import CodeAccepted, submit_code
from workflow.advance import Move, advance
from workflow.codes import mint
from workflow.errors import BisdeskError
from workflow.lifecycles.activation import Trigger, activation
from workflow.lifecycles.activation_guards import Facts
from workflow.model import NEW, Activation, Actor, Case, CodeChannel, Entity, EntityStatus, Issuer, KeyKind, Language
from workflow.ports import UnitOfWork

ENTITIES = tuple(f"OVO{number:06d}" for number in range(3001, 3006))
CODE = re.compile(r"\b(?:[A-Z0-9]{5}[ -]?){4}\b|\b(?:[A-Z0-9]{4}[ -]?){5}\b")
PASSWORD = "correct horse battery staple 7"
LANGUAGES = tuple(Language)


def found_entities(app: Proven) -> None:
    """Five organisations, so that they take turns."""
    with app.unit_of_work() as uow:
        for code in ENTITIES:
            uow.directory.put_entity(Entity(code, f"{ENTITY.name} {code[-1]}", EntityStatus.ACTIVE))
        uow.commit()


def issued(app: Proven, numbers: range, *, entity: str | None = None) -> list[tuple[str, UUID]]:
    """Activations whose link, explanation and code are owed now, in one transaction; their references and ids."""
    with app.unit_of_work() as uow:
        filer = uow.directory.by_email(ANNA).id
        made = [_issued(app, uow, number, filer, entity=entity) for number in numbers]
        uow.commit()
    return [(case.ref, case.id) for case in made]


def _issued(app: Proven, uow: UnitOfWork, number: int, filer: UUID, *, entity: str | None) -> Case:
    now = app.clock.now()
    minted = mint(app.chance.uuid(now), now=now, chance=app.chance, secrets=app.tools.secrets)
    language = LANGUAGES[number % len(LANGUAGES)]
    case = Case(
        id=minted.case_id, ref=f"AC-2026-{number:05d}-00", lifecycle=activation.name,
        definition=activation.definition(app.settings.policy), state=NEW, version=0,
        entity=entity or ENTITIES[number % len(ENTITIES)], assignee=None, opened_at=now, changed_at=now,
    )  # fmt: skip
    detail = Activation(
        case_id=case.id, request_id=None, issuer=Issuer.BISDESK, code_channel=CodeChannel.SMS, language=language,
        minted_at=now, link_issued_at=now, link_expires_at=issuing.link_expiry(now), link_digest=minted.link_digest,
        code_hash=minted.code_hash, filer=filer,
    )  # fmt: skip
    uow.cases.open(case, detail)
    issuing.keep_holder(
        uow, case.id, given_name="Zoë", family_name=f"Müller-{number}", email=f"holder{number}@example.org",
        mobile=f"+32470{number:06d}", insz="85471500280", person_key=case.ref, sex="F", purpose="",
    )  # fmt: skip
    move = Move(trigger=Trigger.ISSUE, actor=Actor.clock(), now=now, dues=issuing.stuck(now))
    facts = Facts(has_insz=True, contact_unique=True, code_channel=CodeChannel.SMS)
    move = issuing.with_letters(move, detail, minted)
    return advance(uow, case, move, lifecycle=activation, facts=facts, tools=app.tools)


def resend(app: Proven, ref: str) -> bool:
    """The applicant asks for the same link once more; False where that is not open."""
    return _tried(app, lambda door: activations.resend_link(door, ref))


def renew(app: Proven, ref: str) -> bool:
    """The applicant asks for a new link; False where that is not open."""
    return _tried(app, lambda door: activations.renew_link(door, ref))


def activate(app: Proven, journal: Journal, ref: str, *, code_of: list[str]) -> bool:
    """The applicant types in the code as an SMS brought it, and chooses a key by SMS; False where no SMS came."""
    texts = [copy.text for name in code_of for copy in journal.copies.get(name, [])]
    found = CODE.search(texts[-1]) if texts else None
    if found is None:
        return False
    with app.unit_of_work() as uow:
        outcome = submit_code(app.door(uow, Actor.applicant(), app.clock.now()), ref, found[0])
    if not isinstance(outcome, CodeAccepted):
        return False
    return _tried(app, lambda door: _chosen(door, ref))


def _chosen(door: Door, ref: str) -> object:
    username = f"zoe.{ref[8:13]}.{door.now.minute}"
    return activations_keys.choose_key(door, ref, KeyKind.SMS, username=username, password=PASSWORD)


def _tried(app: Proven, act: object) -> bool:
    try:
        with app.unit_of_work() as uow:
            act(app.door(uow, Actor.applicant(), app.clock.now()))  # type: ignore[operator]
            uow.commit()
    except BisdeskError:
        return False
    return True
