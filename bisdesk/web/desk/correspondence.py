"""The messages of a case: to whom, how far, what to do, and the text as staff may read it (D19, E18).

Link and code are never in what is read here: the words are written without them, and a sentence stands in their place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from bisdesk.web.desk.call import Call
from bisdesk.web.desk.frame import Desk
from bisdesk.web.desk.menu import READERS
from identity.contact import last_digits, mask_email
from notifications.errors import UnfitMessage
from notifications.preview import Preview, of_row
from notifications.receipts import is_unconfirmed
from workflow import queue
from workflow.access import Door, consultable
from workflow.correspondence import Recipient, recipient_of
from workflow.errors import BisdeskError, GuardRefused, NotFound
from workflow.model import Role, User
from workflow.outbox import Attempt, Channel, Delivery, DeliveryState, KeptReceipt, MessageKind
from workflow.queue import READ_TEXTS, Again, Way

M, S = MessageKind, DeliveryState
LINKS, CODES = frozenset({M.M1, M.M8, M.M11, M.M13}), frozenset({M.M3, M.M15})
SEE_TASKS = READERS - {Role.END_USER}  # M10: what the desk has to do is no message to those who file
SHOWN = frozenset({Channel.EMAIL, Channel.SMS, Channel.LETTER})
LOST = frozenset({S.UNDELIVERED, S.BOUNCED, S.FAILED})
BLOTTED_LINK = re.compile(r"https?://\S*X{43}")
BLOTTED_CODE = re.compile(r"X{5}(?: X{5}){3}|X{20}|\b0{6}\b")


@dataclass(frozen=True, slots=True)
class Letter:
    """One message as a list shows it; the address is the one of now, masked."""

    row: Delivery
    ref: str  # of the case that owes it
    language: str
    address: str = field(repr=False)  # of a mail
    digits: str = field(repr=False)  # of a mobile number: the last two
    unconfirmed: bool
    todo: str  # the name of what to do, if anything
    again: Again


@dataclass(frozen=True, slots=True)
class Opened:
    """One message with its tries and its words; no words once the person is erased."""

    letter: Letter
    tries: tuple[Attempt, ...]
    receipts: tuple[KeptReceipt, ...]
    text: Preview | None = field(repr=False)


def correspondence(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/desk/messages/{message}")
    def show(request: Request, message: str) -> Response:
        """One message as staff read it."""
        call = Call(desk, request)
        user = call.officer(frozenset(READ_TEXTS))
        return _shown(call, user, _id(message))

    @router.post("/desk/messages/{message}/again")
    def again(request: Request, message: str, form: Annotated[str, Form()] = "") -> Response:
        """Let it go out once more, in the way that is open to it."""
        call = Call(desk, request)
        user = call.officer(frozenset(READ_TEXTS))
        call.refuse_strange(form)
        wanted = _id(message)
        try:
            row = desk.act(user, lambda door: _once_more(door, wanted, _cooldown(desk)))
        except BisdeskError as refused:
            if isinstance(refused, NotFound):
                raise
            why = refused.guard if isinstance(refused, GuardRefused) else "message_can_be_repeated"
            return _shown(call, user, wanted, refused=why)
        return call.go(f"/desk/messages/{row.message.id}?done=again")

    return router


def letters(door: Door, cooldown: timedelta, cases: dict[UUID, str]) -> tuple[Letter, ...]:
    """The messages of some cases, whose references are given, the newest first; the desk's own tasks to those at the desk."""
    hidden = {Channel.REGISTER, Channel.TASK} if SEE_TASKS.isdisjoint(door.actor.roles) else {Channel.REGISTER}
    rows = [row for case_id in cases for row in door.uow.outbox.of_case(case_id)]
    mine = [row for row in rows if row.message.channel not in hidden]
    made = [_letter(door, row, cases[row.message.case_id], cooldown) for row in mine]
    return tuple(sorted(made, key=lambda one: (one.row.message.queued_at, one.row.message.id), reverse=True))


def of_case(call: Call, user: User, cases: dict[UUID, str]) -> dict[str, Any]:
    """What the list of messages shows."""
    told = call.desk.look(user, lambda door: letters(door, _cooldown(call.desk), cases))
    return {"letters": told, "reads": not user.roles.isdisjoint(READ_TEXTS), "shown_channels": SHOWN}


def redacted(call: Call, kind: MessageKind, text: str) -> str:
    """The words of a message with a sentence in the place of its link and code."""
    link, code = call.say("redacted.link"), call.say("redacted.code")
    if kind in LINKS:
        text = BLOTTED_LINK.sub(lambda _: f"[{link}]", text)
    if kind in CODES:
        text = BLOTTED_CODE.sub(lambda _: f"[{code}]", text)
    return text


def _shown(call: Call, user: User, message: UUID, *, refused: str = "") -> Response:
    opened = call.desk.look(user, lambda door: _opened(call.desk, door, message))
    text = opened.text
    return call.page(
        "message", status=409 if refused else 200, opened=opened, letter=opened.letter, refused=refused, waits=_waits(call, opened),
        subject=redacted(call, opened.letter.row.message.kind, text.subject or "") if text else "",
        words=redacted(call, opened.letter.row.message.kind, text.text) if text else "",
        secret=opened.letter.row.message.kind in LINKS | CODES, done=call.request.query_params.get("done") == "again",
    )  # fmt: skip


def _waits(call: Call, opened: Opened) -> bool:
    """Whether the same message was owed a moment ago, so that it is too early for another one."""
    again = opened.letter.again
    return again.at is not None and call.now < again.at


def _opened(desk: Desk, door: Door, message: UUID) -> Opened:
    row = queue.read_by(door, message)
    if row.message.channel is Channel.REGISTER:
        raise NotFound("message", str(message))
    letter = _letter(door, row, _ref(door, row.message.case_id), _cooldown(desk))
    tries, receipts = door.uow.outbox.attempts_of(message), door.uow.receipts.of_message(message)
    return Opened(letter, tuple(tries), tuple(receipts), _text(desk, door, row))


def _text(desk: Desk, door: Door, row: Delivery) -> Preview | None:
    to = _recipient(door, row)
    if to is None or row.message.channel not in SHOWN:
        return None
    try:
        return of_row(desk.app.renderer, row.message, to)
    except UnfitMessage:
        return None


def _once_more(door: Door, message: UUID, cooldown: timedelta) -> Delivery:
    row = queue.read_by(door, message)
    if queue.again(door, row, cooldown=cooldown).way is Way.RETRY:
        return queue.retry(door, message)
    return queue.resend(door, message, cooldown=cooldown)


def _letter(door: Door, row: Delivery, ref: str, cooldown: timedelta) -> Letter:
    to = _recipient(door, row)
    by_mail, by_sms = row.message.channel is Channel.EMAIL, row.message.channel is Channel.SMS
    return Letter(
        row, ref, row.message.language or (str(to.language) if to and row.message.channel in SHOWN else ""),
        address=mask_email(to.email) if by_mail and to and to.email else "",
        digits=last_digits(to.mobile) if by_sms and to and to.mobile else "",
        unconfirmed=is_unconfirmed(row), todo=_todo(row), again=queue.again(door, row, cooldown=cooldown),
    )  # fmt: skip


def _recipient(door: Door, row: Delivery) -> Recipient | None:
    if not consultable(door, row.message.case_id):
        return None
    return recipient_of(door.uow, row.message, door.now)


def _todo(row: Delivery) -> str:
    """What helps where a message did not arrive."""
    if row.state in (S.PARKED, S.UNKNOWN):
        return str(row.state)
    if row.state not in LOST:
        return ""
    if row.message.kind in (M.M1, M.M8):
        return "link"
    if row.message.kind is M.M3:
        return "code"
    return "by_applicant" if row.message.kind in queue.WITH_SECRET else "once_more"


def _ref(door: Door, case_id: UUID) -> str:
    try:
        return door.uow.cases.request(case_id, now=door.now)[0].ref
    except NotFound:
        return door.uow.cases.activation(case_id, now=door.now)[0].ref


def _cooldown(desk: Desk) -> timedelta:
    return timedelta(seconds=desk.app.settings.resend_cooldown_s)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("message", "of this identifier") from None
