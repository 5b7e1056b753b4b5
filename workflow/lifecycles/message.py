"""The life of one message (`bericht`): domain B3, after the retry and receipt rules of B4 and D9.

A state table and nothing else. A message is no case: its row lies in the queue, and what matters of it is told to its case.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from workflow.effects import EraseSecret, TellCase
from workflow.machine import Lifecycle, Row, guard
from workflow.model import NEW, Role
from workflow.outbox import DeliveryState


class Trigger(StrEnum):
    """What can happen to a message."""

    OWE = "owe"
    BEGIN = "begin"
    ACCEPT = "accept"
    POSTPONE = "postpone"
    LOSE = "lose"
    REFUSE = "refuse"
    PARK = "park"
    CANCEL = "cancel"
    EXPIRE = "expire"
    DELIVER = "deliver"
    MISS = "miss"
    BOUNCE = "bounce"
    RETRY = "retry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the guards look at."""

    still_true: bool = True
    may_have_left: bool = False  # an earlier attempt began and has no outcome
    identical: bool = True
    secret_kept: bool = True
    of_last_attempt: bool = True


@guard("What the message says is over; it is not sent any more.")
def message_is_still_true(facts: Facts) -> bool:
    return facts.still_true


@guard("No earlier attempt is open.")
def earlier_attempt_may_have_left(facts: Facts) -> bool:
    return facts.may_have_left


@guard("Its text changed after the first attempt; two versions are never sent.")
def copies_are_identical(facts: Facts) -> bool:
    return facts.identical


@guard(
    "The link or code of this message was erased when it failed. Send a new one: correct_email, reissue_code or resend."
)
def secret_is_kept(facts: Facts) -> bool:
    return facts.secret_kept


@guard("The receipt speaks of an earlier attempt; a newer one is under way.")
def receipt_is_of_the_last_attempt(facts: Facts) -> bool:
    return facts.of_last_attempt


S, T = DeliveryState, Trigger
SYS, PROVIDER = Role.SYSTEM, Role.PROVIDER
KEEPERS = (Role.SERVICE_DESK, Role.TEAM_LEAD, Role.OPERATOR)
ARRIVED, LOST = TellCase("accepted"), TellCase("dispatch_failed")
BEFORE_THE_END = (S.QUEUED, S.SENDING, S.UNKNOWN, S.ACCEPTED)
FINAL = (S.DELIVERED, S.UNDELIVERED, S.BOUNCED, S.CANCELLED)

# fmt: off
ROWS: tuple[Row[Facts], ...] = (
    #   on          from                                  to             by          when                                      then
    Row(T.OWE,      NEW,                                  S.QUEUED,      (SYS,),     (),                                       (), "B3-owe"),
    Row(T.BEGIN,    (S.QUEUED, S.UNKNOWN),                S.SENDING,     (SYS,),     (message_is_still_true, copies_are_identical), (), "B3-begin"),
    Row(T.ACCEPT,   BEFORE_THE_END[:3],                   S.ACCEPTED,    (SYS,),     (),                                       (ARRIVED,), "B3-accept"),
    Row(T.ACCEPT,   (S.QUEUED, S.UNKNOWN),                S.ACCEPTED,    (PROVIDER,), (),                                      (ARRIVED,), "B3-accept"),
    Row(T.POSTPONE, S.SENDING,                            S.UNKNOWN,     (SYS,),     (earlier_attempt_may_have_left,),         (), "B3-postpone"),
    Row(T.POSTPONE, (S.QUEUED, S.SENDING),                S.QUEUED,      (SYS,),     (),                                       (), "B3-postpone"),
    Row(T.POSTPONE, S.UNKNOWN,                            None,          (SYS,),     (),                                       (), "B3-postpone"),
    Row(T.LOSE,     (S.SENDING, S.UNKNOWN),               S.UNKNOWN,     (SYS,),     (),                                       (), "B3-lose"),
    Row(T.REFUSE,   BEFORE_THE_END[:3],                   S.FAILED,      (SYS,),     (),                                       (EraseSecret(), LOST), "B3-refuse"),
    Row(T.PARK,     BEFORE_THE_END[:3],                   S.PARKED,      (SYS,),     (),                                       (LOST,), "B3-park"),
    Row(T.CANCEL,   (*BEFORE_THE_END[:3], S.PARKED),      S.CANCELLED,   (SYS,),     (),                                       (EraseSecret(),), "B3-cancel"),
    Row(T.EXPIRE,   BEFORE_THE_END[:3],                   S.CANCELLED,   (SYS,),     (),                                       (EraseSecret(),), "B3-expire"),
    Row(T.DELIVER,  (*BEFORE_THE_END, S.PARKED, S.FAILED),
                                                          S.DELIVERED,   (PROVIDER,), (),                                      (EraseSecret(), ARRIVED), "B3-deliver"),
    Row(T.MISS,     BEFORE_THE_END,                       S.UNDELIVERED, (PROVIDER,), (receipt_is_of_the_last_attempt,),       (LOST,), "B3-miss"),
    Row(T.BOUNCE,   BEFORE_THE_END,                       S.BOUNCED,     (PROVIDER,), (receipt_is_of_the_last_attempt,),       (LOST,), "B3-bounce"),
    Row(T.RETRY,    (S.PARKED, S.FAILED),                 S.QUEUED,      KEEPERS,    (message_is_still_true, copies_are_identical, secret_is_kept), (), "B3-retry"),
)
# fmt: on

EVENTS: dict[str, str | dict[str, str]] = {
    T.OWE: "message.owed",
    T.BEGIN: "message.attempt_started",
    T.ACCEPT: "message.accepted",
    T.POSTPONE: "message.postponed",
    T.LOSE: "message.outcome_lost",
    T.REFUSE: "message.failed",
    T.PARK: "message.parked",
    T.CANCEL: "message.cancelled",
    T.EXPIRE: "message.expired",
    T.DELIVER: "message.delivered",
    T.MISS: "message.undelivered",
    T.BOUNCE: "message.bounced",
    T.RETRY: "message.retried",
}

message: Lifecycle[Facts] = Lifecycle(
    name="message",
    states=DeliveryState,
    final=frozenset(FINAL),
    closed=frozenset({*FINAL, S.FAILED, S.PARKED}),
    may_wait=frozenset({S.FAILED, S.PARKED}),
    events=EVENTS,
    rows=ROWS,
    waits_days=0,
)


def erasing() -> frozenset[DeliveryState]:
    """The states in which a message holds no secret any more."""
    return frozenset(DeliveryState(row.to) for row in ROWS if EraseSecret() in row.then and row.to)


def sources(*triggers: Trigger) -> frozenset[DeliveryState]:
    """The states in which one of these can happen: what statements over many rows select."""
    return frozenset(
        DeliveryState(source) for row in ROWS if row.on in triggers for source in row.sources if source != NEW
    )
