"""The moves that are timed: eleven transitions of one activation, from its issue to a working key, through the real corridor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bisdesk.chance import SystemChance
from store.hashing import Hasher
from store.keyring import Keyring
from store.otp import Totp
from workflow.advance import Move, Tools, advance, after, plan
from workflow.codes import mint
from workflow.issuing import limit_of, link_expiry
from workflow.lifecycles.activation import Trigger, activation
from workflow.lifecycles.activation_guards import Facts
from workflow.model import (
    NEW,
    Activation,
    Actor,
    Case,
    CodeChannel,
    Issuer,
    KeyKind,
    Language,
    Reason,
    Role,
    patched,
)  # fmt: skip
from workflow.outbox import MessageKind
from workflow.policy import DEFAULT
from workflow.ports import Change, UnitOfWork, UnitOfWorkFactory
from workflow.ports_entry import LinkPurpose

T, M = Trigger, MessageKind
KEYRING = Keyring(b"a secret key of the benchmark, 32 B", b"a data key of the benchmark, 32 byt")
START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DATES = {"link_until": "2026-12-07", "block_on": "2026-12-23", "again": "first"}
APPLICANT, ENGINE, DESK = Actor.applicant(), Actor.clock(), Actor("desk", frozenset({Role.SERVICE_DESK}))
HOLDS = Facts(
    has_insz=True, contact_unique=True, anchored=True, anything_accepted=True, link_accepted=True, code_handed_over=True,
    before_limit=True, before_expiry=True, tries_left=True, try_number=1, code_matches=True, holds_token=True,
    renewal_allowed=True, has_mobile=True, account_ok=True, otp_ok=True, reason_given=True,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One transition: what is pulled, by whom, what the guards see."""

    trigger: Trigger
    actor: Actor
    facts: Facts = HOLDS
    sends: MessageKind | None = None  # with a secret
    timer: bool = False


STEPS = (
    Step(T.DISPATCHED, ENGINE),
    Step(T.OPEN_LINK, APPLICANT),
    Step(T.RESEND_LINK, APPLICANT, sends=M.M1),
    Step(T.T14, ENGINE, timer=True),
    Step(T.RENEW_LINK, APPLICANT, sends=M.M8),
    Step(T.DISPATCH_FAILED, ENGINE),
    Step(T.SUBMIT_CODE, APPLICANT),
    Step(T.CHOOSE_KEY, APPLICANT, replace(HOLDS, key_kind=KeyKind.SMS), sends=M.M15),
    Step(T.ASK_RESUME, APPLICANT, sends=M.M13),
    Step(T.SETUP_REMINDER, ENGINE, timer=True),
    Step(T.CONFIRM_KEY, APPLICANT),
)


def tools() -> Tools:
    """Real chance, hashes and one-time codes; the code's slow hash is not on this way."""
    return Tools(SystemChance(), Hasher(KEYRING, cheap=True), Totp(), DEFAULT)


def opened(uow: UnitOfWork, using: Tools) -> Case:
    """An activation whose messages are on their way, with its person sealed; not timed."""
    case_id = using.chance.uuid(START)
    minted = mint(case_id, now=START, chance=using.chance, secrets=using.secrets)
    case = Case(
        id=case_id, ref=f"AC-2026-{case_id.int % 10**14:014d}", lifecycle="activation", definition="0" * 16, state=NEW,
        version=0, entity="OVO002949", assignee=None, opened_at=START, changed_at=START,
    )  # fmt: skip
    detail = Activation(
        case_id=case_id, request_id=None, issuer=Issuer.BISDESK, code_channel=CodeChannel.SMS, language=Language.FR,
        minted_at=START, link_issued_at=START, link_expires_at=link_expiry(START), first_issued_at=START,
        blocks_at=limit_of(START), link_digest=minted.link_digest, code_hash=minted.code_hash,
    )  # fmt: skip
    uow.cases.open(case, detail)
    uow.people.put(case_id, {"holder.email": '"applicant@example.org"', "holder.family_name": '"Dubois"'})
    issue = Move(
        trigger=T.ISSUE, actor=ENGINE, now=START, language=Language.FR, dues={"stuck_at": START + timedelta(days=1)},
        params=dict.fromkeys((M.M1, M.M2, M.M3), DATES), secrets={M.M1: minted.token, M.M3: minted.code},
    )  # fmt: skip
    case = advance(uow, case, issue, lifecycle=activation, facts=HOLDS, tools=using)
    uow.commit()
    return case


def walk(factory: UnitOfWorkFactory, case: Case, using: Tools) -> Iterator[None]:
    """The product's side: one command each, from load to commit; stops after each transition, so that it can be timed."""
    for number, step in enumerate(STEPS):
        now = _instant(number)
        with factory() as uow:
            loaded, detail = uow.cases.activation(case.id, now=now)
            advance(uow, loaded, _move(step, detail, now, using), lifecycle=activation, facts=step.facts, tools=using)
            uow.commit()
        yield


def planned(case: Case, detail: Activation, using: Tools) -> list[Change]:
    """What the same walk writes, decided beforehand, for the hand-written side."""
    changes: list[Change] = []
    for number, step in enumerate(STEPS):
        now = _instant(number)
        move = _move(step, detail, now, using)
        changes.append(plan(case, move, lifecycle=activation, facts=step.facts, tools=using))
        case = after(changes[-1], now=now)
        detail = patched(detail, changes[-1].detail)
    return changes


def _instant(number: int) -> datetime:
    return START + timedelta(hours=number + 1)


def _move(step: Step, detail: Activation, now: datetime, using: Tools) -> Move:
    patch: dict[str, object] = {}
    token = using.chance.token() if step.sends else ""
    if step.sends in (M.M1, M.M8):
        expires = link_expiry(now, blocks_at=detail.blocks_at)
        digest = using.secrets.token_digest(token, purpose=LinkPurpose.ACTIVATION)
        patch = {"link_digest": digest, "link_expires_at": expires, "link_issued_at": now}
    return Move(
        trigger=step.trigger, actor=step.actor, now=now, timer=str(step.trigger) if step.timer else None,
        language=detail.language, detail=patch, reason=Reason("other"),  # type: ignore[arg-type]  # values of the detail
        dues={
            "link_expires_at": link_expiry(now), "blocks_at": limit_of(START), "key_reminder_at": now + timedelta(3600),
            "reminder_1_at": now + timedelta(7), "reminder_2_at": now + timedelta(12), "limit_reminder_at": START + timedelta(27),
            "keys_expire_at": now + timedelta(3650),
        },
        params=dict.fromkeys((M.M1, M.M8, M.M10, M.M11, M.M13, M.M15), DATES),
        secrets={step.sends: token} if step.sends else {},
    )  # fmt: skip
