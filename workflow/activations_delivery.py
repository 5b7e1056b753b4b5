"""What the delivery of messages means for an activation: anchored, dispatched, failed, minted anew (B2-2, B2-3, B3).

Called by the dispatcher inside the transaction that records an outcome; it never sends.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

from workflow import access, issuing, notices, reminders
from workflow.access import Door
from workflow.activations import FAILED, LINK_MAILS, facts_of, handed_over, latest
from workflow.advance import Move, Tools, advance
from workflow.codes import mint
from workflow.errors import GuardRefused, NotPermitted
from workflow.lifecycles.activation import MINT_STALE_HOURS, State, Trigger, activation
from workflow.model import Activation, Actor, Case, CodeChannel, Role
from workflow.outbox import HANDED_OVER, Channel, Delivery, DeliveryState, MessageKind, QueuedMessage, Settlement
from workflow.ports import UnitOfWork, Value
from workflow.recording import record

M, T = MessageKind, Trigger
CARRIERS = frozenset({M.M1, M.M2, M.M3, M.M8})
REPEAT_WAITS = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6))  # B3: within 24 h
PRINTERS = frozenset(
    {Role.END_USER, Role.SERVICE_DESK}
)  # who hands the code to the applicant; whoever watches does not
WAITING_STATES = frozenset({State.ISSUING, State.AWAITING_CODE, State.LINK_EXPIRED})


def settled(
    uow: UnitOfWork, message: QueuedMessage, settlement: Settlement, *, now: datetime, tools: Tools, repeats: int = 0
) -> None:
    """Let the outcome of one attempt, or a receipt, move the activation it belongs to.

    `repeats` is how often a code that was lost in this way may be sent anew (B3).
    """
    door = Door(uow=uow, actor=Actor.clock(), now=now, tools=tools)
    if message.kind not in CARRIERS and message.kind is not M.M7:
        if settlement.state in FAILED:
            notices.lost(door, message)
        return
    case, detail = uow.cases.activation(message.case_id, now=now)
    if settlement.state in HANDED_OVER:
        if case.state == State.ISSUING and message.kind in CARRIERS:
            _accepted(door, case, detail)
    elif (
        settlement.state in FAILED
        and case.state in WAITING_STATES
        and not _repeated(door, (case, detail), message, repeats=repeats)
    ):
        _failed(door, (case, detail), message)


def _failed(door: Door, loaded: tuple[Case, Activation], message: QueuedMessage) -> None:
    """The desk gets a task; where no mail arrives, no reminder is sent until the address is corrected."""
    case, detail = loaded
    by_mail = message.channel is Channel.EMAIL
    move = Move(
        trigger=T.DISPATCH_FAILED, actor=door.actor, now=door.now, params={M.M10: {"problem": "delivery"}},
        detail={"undeliverable": True} if by_mail else {},
    )  # fmt: skip
    facts = facts_of(detail, now=door.now, tools=door.tools)
    advance(door.uow, case, move, lifecycle=activation, facts=facts, tools=door.tools)


def _repeated(door: Door, loaded: tuple[Case, Activation], message: QueuedMessage, *, repeats: int) -> bool:
    """Owe the SMS once more with the same code, a while later; False where it would not help (B3)."""
    if message.kind is not M.M3 or message.channel is not Channel.SMS or not repeats:
        return False
    case, detail = loaded
    rows = door.uow.outbox.of_case(case.id)
    lost = sum(row.message.kind is M.M3 and row.state is DeliveryState.UNDELIVERED for row in rows)
    newest = latest(rows, (M.M3,))
    code = door.uow.outbox.secret_of(message.id)
    again_at = door.now + REPEAT_WAITS[min(lost, len(REPEAT_WAITS)) - 1]
    limit = message.send_before or detail.link_expires_at
    if code is None or lost > min(repeats, len(REPEAT_WAITS)) or newest is None or newest.message.id != message.id:
        return False
    if again_at >= limit:
        return False
    move = Move(
        trigger=T.REPEAT_CODE, actor=door.actor, now=door.now, language=detail.language, params={M.M3: message.params},
        secrets={M.M3: code}, not_before={M.M3: again_at}, send_before={M.M3: limit},
    )  # fmt: skip
    facts = replace(facts_of(detail, now=door.now, tools=door.tools), code_lost_on_the_way=True)
    advance(door.uow, case, move, lifecycle=activation, facts=facts, tools=door.tools)
    return True


def before_send(uow: UnitOfWork, message: QueuedMessage, *, now: datetime, tools: Tools) -> bool:
    """Whether the row may go out as it is; False when link and code were minted anew first and this row was cancelled (B3)."""
    if message.kind not in CARRIERS:
        return True
    case, detail = uow.cases.activation(message.case_id, now=now)
    stale = now - detail.minted_at > timedelta(hours=MINT_STALE_HOURS)
    if case.state != State.ISSUING or not stale or _anything_accepted(uow.outbox.of_case(case.id)):
        return True
    _mint_anew(Door(uow=uow, actor=Actor.clock(), now=now, tools=tools), case, detail)
    uow.commit()
    return False


def print_letter(door: Door, ref: str) -> str:
    """Hand the paper code to the officer who prints it, once (1.5, B2-2); the code.

    Raises: NotFound, NotPermitted, GuardRefused when it has been printed.
    """
    if PRINTERS.isdisjoint(door.actor.roles):
        raise NotPermitted("print_letter", tuple(sorted(PRINTERS)))
    case, _ = access.activation(door, ref)
    code = _letter_handed_over(door, case)
    if code is None:
        raise GuardRefused("letter_waits", "The letter has been printed already, or this activation has none.")
    return code


def _accepted(door: Door, case: Case, detail: Activation) -> None:
    """The first accepted message anchors the 30 days; mail and code together start the 14 (B2-2, reading 2)."""
    rows = door.uow.outbox.of_case(case.id)
    if detail.first_issued_at is None:
        case, detail = _anchor(door, case, detail)
    over = handed_over(rows, LINK_MAILS), handed_over(rows, (M.M3,))
    if not all(over):
        return
    blocks_at = cast(datetime, detail.blocks_at)
    facts = replace(facts_of(detail, now=door.now, tools=door.tools), link_accepted=True, code_handed_over=True)
    move = Move(
        trigger=T.DISPATCHED, actor=door.actor, now=door.now,
        dues={
            "link_expires_at": detail.link_expires_at, "blocks_at": blocks_at,
            **reminders.of_link(detail.link_issued_at, detail.link_expires_at, policy=door.tools.policy, now=door.now),
            **reminders.of_limit(blocks_at, policy=door.tools.policy, now=door.now),
        },
    )  # fmt: skip
    advance(door.uow, case, move, lifecycle=activation, facts=facts, tools=door.tools)


def _anchor(door: Door, case: Case, detail: Activation) -> tuple[Case, Activation]:
    blocks_at = issuing.limit_of(detail.link_issued_at)
    expires = min(detail.link_expires_at, blocks_at)
    facts = replace(facts_of(detail, now=door.now, tools=door.tools), anything_accepted=True)
    patch: dict[str, Value] = {
        "first_issued_at": detail.link_issued_at,
        "blocks_at": blocks_at,
        "link_expires_at": expires,
    }
    move = Move(trigger=T.ACCEPTED, actor=door.actor, now=door.now, detail=patch, dues={"blocks_at": blocks_at})
    case = advance(door.uow, case, move, lifecycle=activation, facts=facts, tools=door.tools)
    return case, replace(detail, first_issued_at=detail.link_issued_at, blocks_at=blocks_at, link_expires_at=expires)


def _mint_anew(door: Door, case: Case, detail: Activation) -> None:
    """An outage longer than a day ate into the 14 days: link and code start afresh (B3)."""
    minted = mint(case.id, now=door.now, chance=door.tools.chance, secrets=door.tools.secrets)
    patch: dict[str, Value] = {
        "minted_at": minted.at, "link_issued_at": minted.at, "link_expires_at": issuing.link_expiry(minted.at),
        "link_digest": minted.link_digest,
    }  # fmt: skip
    if detail.code_channel is CodeChannel.SMS:
        patch["code_hash"] = minted.code_hash
    fresh = replace(
        detail, minted_at=minted.at, link_issued_at=minted.at, link_expires_at=issuing.link_expiry(minted.at)
    )
    move = issuing.with_letters(Move(trigger=T.REMINT, actor=door.actor, now=door.now, detail=patch), fresh, minted)
    facts = replace(facts_of(detail, now=door.now, tools=door.tools), mint_stale=True)
    advance(door.uow, case, move, lifecycle=activation, facts=facts, tools=door.tools)
    issuing.keep_link(door, case.id, minted.link_digest)


def _anything_accepted(rows: list[Delivery]) -> bool:
    return any(row.message.kind in CARRIERS and row.state in HANDED_OVER for row in rows)


def _letter_handed_over(door: Door, case: Case) -> str | None:
    """The paper code, handed to an officer once: the row counts as accepted; None when there is none to hand over."""
    lease = door.now + timedelta(minutes=1)
    door.uow.cases.hold(case.id)
    claimed = door.uow.outbox.claim(frozenset({Channel.LETTER}), now=door.now, lease_until=lease, limit=100)
    mine = next((row for row in claimed if row.message.case_id == case.id), None)
    for row in claimed:
        if row is not mine:
            door.uow.outbox.settle(row, Settlement(DeliveryState.QUEUED, door.now, counts=False), now=door.now)
    if mine is None:
        return None
    accepted = Settlement(DeliveryState.ACCEPTED, erase_secret=True)
    record(door.uow, mine, accepted, now=door.now)
    settled(door.uow, mine.message, accepted, now=door.now, tools=door.tools)
    return mine.message.secret
