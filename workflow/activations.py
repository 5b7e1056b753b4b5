"""Commands on an activation besides code and keys: renew, send again, correct, issue the code anew, cancel (B2-3b, 3c, 9, 9b, 14).

On the command line the reference stands for the link, so its holder acts as the applicant.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from identity.contact import parse_email
from identity.problems import Problem
from workflow import access, issuing, reminders
from workflow.access import Door
from workflow.advance import Move, Tools, advance
from workflow.calendar import brussels_date
from workflow.codes import new_code
from workflow.errors import FieldError, InvalidSubmission
from workflow.lifecycles.activation import MAX_ATTEMPTS, Trigger, activation
from workflow.lifecycles.activation_guards import Facts
from workflow.model import Activation, Case, Issuer, Reason
from workflow.outbox import HANDED_OVER, Delivery, DeliveryState, MessageKind
from workflow.ports import Value
from workflow.ports_entry import LinkPurpose
from workflow.wording import last_call, link_words

M, T = MessageKind, Trigger
LINK_MAILS = (M.M1, M.M8)
FAILED = frozenset({DeliveryState.FAILED, DeliveryState.BOUNCED, DeliveryState.UNDELIVERED, DeliveryState.PARKED})
RENEWING_ISSUERS = frozenset(
    {Issuer.BISDESK, Issuer.BOSA, Issuer.FEDICT_SERVICEDESK, Issuer.EMBASSY}
)  # B4: municipality none
Loaded = tuple[Case, Activation]


def facts_of(detail: Activation, *, now: datetime, tools: Tools) -> Facts:
    """What is known of an activation at `now`; every limit is strict: at its instant a thing is over."""
    today = brussels_date(now)
    return Facts(
        code_channel=detail.code_channel,
        anchored=detail.first_issued_at is not None,
        reissues_left=detail.code_reissues < tools.policy.max_code_reissues,
        before_limit=detail.blocks_at is None or now < detail.blocks_at,
        before_expiry=now < detail.link_expires_at,
        tries_left=detail.attempts_used < MAX_ATTEMPTS,
        attempts_used=detail.attempts_used,
        holds_token=True,
        renewal_allowed=detail.issuer in RENEWING_ISSUERS,
        renewed_today=detail.renewed_on == today,
        repeated_today=detail.resent_on == today,
        frozen=detail.frozen_at is not None,
    )


def renew_link(door: Door, ref: str) -> Case:
    """A new link after the old one expired; the old one is dead, code and tries stand (B2-9)."""
    case, detail = access.activation(door, ref)
    expires = issuing.link_expiry(door.now, blocks_at=detail.blocks_at)
    renewed: dict[str, Value] = {"renewals": detail.renewals + 1, "renewed_on": door.today, "link_issued_at": door.now}
    words = {"attempts_left": str(MAX_ATTEMPTS - detail.attempts_used)}
    return _send_link(door, (case, detail), T.RENEW_LINK, expires=expires, kind=M.M8, also=renewed, words=words)


def resend_link(door: Door, ref: str) -> Case:
    """The link once more while it is valid: a new token, the same last day (B2-9b)."""
    case, detail = access.activation(door, ref)
    resent: dict[str, Value] = {"resent_on": door.today}
    words = {"again": "again"}
    return _send_link(
        door, (case, detail), T.RESEND_LINK, expires=detail.link_expires_at, kind=M.M1, also=resent, words=words
    )


def correct_email(door: Door, ref: str, *, email: str, confirmed: bool) -> Case:
    """Send a new link to a corrected address after a failure; code and tries stand (B2-3b).

    Raises: InvalidSubmission for an address that is wrong or somebody else's.
    """
    address = _address(email)
    case, detail = access.activation(door, ref)
    holder = issuing.holder_of(door.uow, case.id)
    assert holder is not None
    claims = tuple(claim for claim in (issuing.new_claim(address), issuing.mobile_claim(holder.mobile)) if claim)
    unique = not door.uow.contacts.reserve(case.id, claims, person_key=holder.person_key)
    failed = detail.undeliverable or mail_failed(door.uow.outbox.of_case(case.id))
    expires = issuing.link_expiry(door.now, blocks_at=detail.blocks_at)
    case = _send_link(
        door, (case, detail), T.CORRECT_EMAIL, expires=expires, kind=M.M1, also={"link_issued_at": door.now},
        words={"again": "corrected"}, mail_failed=failed, confirmed_via_officer=confirmed, contact_unique=unique,
    )  # fmt: skip
    issuing.keep_holder(door.uow, case.id, email=address)
    return case


def reissue_code(door: Door, ref: str) -> Case:
    """A new code while the first was never delivered; the old one is dead, tries and anchor stand (B2-3c)."""
    case, detail = access.activation(door, ref)
    code = new_code(door.tools.chance)
    delivered = code_was_delivered(door.uow.outbox.of_case(case.id))
    patch: dict[str, Value] = {
        "code_hash": door.tools.secrets.hash_code(code, case_id=case.id),
        "code_reissues": detail.code_reissues + 1,
    }
    limit = detail.blocks_at or issuing.limit_of(detail.link_issued_at)
    words = link_words(detail.link_expires_at, limit, by=detail.code_channel)
    move = Move(
        trigger=T.REISSUE_CODE, actor=door.actor, now=door.now, detail=patch, language=detail.language, params={M.M3: words},
        secrets={M.M3: code}, send_before={M.M3: last_call(limit, now=door.now)},
    )  # fmt: skip
    facts = replace(facts_of(detail, now=door.now, tools=door.tools), code_delivered=delivered)
    return advance(door.uow, case, move, lifecycle=activation, facts=facts, tools=door.tools)


def cancel(door: Door, ref: str, reason: Reason) -> Case:
    """End an activation for good (B2-14)."""
    case, detail = access.activation(door, ref)
    move = Move(
        trigger=T.CANCEL, actor=door.actor, now=door.now, reason=reason, language=detail.language,
        params={M.M12: {"cancelled_on": door.today.isoformat(), "reason": reason.code}},
    )  # fmt: skip
    return advance(door.uow, case, move, lifecycle=activation, facts=Facts(reason_given=True), tools=door.tools)


def mail_failed(rows: list[Delivery]) -> bool:
    """Whether the newest link mail came to nothing."""
    newest = latest(rows, LINK_MAILS)
    return newest is not None and newest.state in FAILED


def code_was_delivered(rows: list[Delivery]) -> bool:
    """Whether a receipt says that an SMS with a code arrived (B2-3c)."""
    return any(row.message.kind is M.M3 and row.state is DeliveryState.DELIVERED for row in rows)


def latest(rows: list[Delivery], kinds: tuple[MessageKind, ...]) -> Delivery | None:
    """The newest row of these kinds that was not cancelled."""
    wanted = [row for row in rows if row.message.kind in kinds and row.state is not DeliveryState.CANCELLED]
    return max(wanted, key=lambda row: row.message.sequence, default=None)


def handed_over(rows: list[Delivery], kinds: tuple[MessageKind, ...]) -> bool:
    """Whether the newest row of these kinds was accepted by its provider."""
    newest = latest(rows, kinds)
    return newest is not None and newest.state in HANDED_OVER


def _send_link(
    door: Door, loaded: Loaded, trigger: Trigger, *, expires: datetime, kind: MessageKind, also: Mapping[str, Value],
    words: Mapping[str, str], mail_failed: bool = False, confirmed_via_officer: bool = False, contact_unique: bool = False,
) -> Case:  # fmt: skip
    """Mint a token, let the old one die, and owe the mail: all in one move."""
    case, detail = loaded
    token = door.tools.chance.token()
    digest = door.tools.secrets.token_digest(token, purpose=LinkPurpose.ACTIVATION)
    limit = detail.blocks_at or issuing.limit_of(door.now)
    patch: dict[str, Value] = {
        "link_digest": digest,
        "link_expires_at": expires,
        "undeliverable": False,
    }
    move = Move(
        trigger=trigger, actor=door.actor, now=door.now, detail={**patch, **also}, language=detail.language,
        dues={
            "link_expires_at": expires, **issuing.stuck(door.now),
            **reminders.of_link(door.now, expires, policy=door.tools.policy, now=door.now),
        },
        params={kind: link_words(expires, limit, by=detail.code_channel) | dict(words)},
        secrets={kind: token}, send_before={kind: last_call(expires, now=door.now)},
    )  # fmt: skip
    facts = replace(
        facts_of(detail, now=door.now, tools=door.tools),
        mail_failed=mail_failed,
        confirmed_via_officer=confirmed_via_officer,
        contact_unique=contact_unique,
    )
    case = advance(door.uow, case, move, lifecycle=activation, facts=facts, tools=door.tools)
    issuing.keep_link(door, case.id, digest)
    return case


def _address(email: str) -> str:
    try:
        return parse_email(email).address
    except Problem as problem:
        raise InvalidSubmission((FieldError("contact.email", problem.code, problem.message),)) from None
