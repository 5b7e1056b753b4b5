"""`bisdesk message gates | open | lift`: what holds messages back, and how a person lets them go."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Annotated

import typer

from bisdesk import views
from bisdesk.cli.output import emit
from bisdesk.cli.session import As, Json, begin
from workflow import queue
from workflow.errors import FieldError, InvalidSubmission
from workflow.limits import Gate
from workflow.outbox import Channel
from workflow.ports import UnitOfWork

CHANNELS = (Channel.EMAIL, Channel.SMS)


def gates(json: Json = False) -> None:
    """Show whether mail and SMS may leave, and what holds them back."""
    session = begin()
    emit(session.look(lambda door: [_view(door.uow.gates.of(one), session.now) for one in CHANNELS]), as_json=json)


def open_(
    channel: Annotated[str, typer.Argument(metavar="CHANNEL", help="email or sms.")], as_: As = None, json: Json = False
) -> None:
    """Let messages of a channel leave again at once; the money of the day is counted afresh."""
    wanted = _channel(channel)
    session = begin()
    session.act(as_, lambda door: queue.open_gate(door, wanted))
    emit(session.look(lambda door: _shown(door.uow, wanted, session.now)), as_json=json)


def lift(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="The e-mail address; - reads it from stdin.")],
    as_: As = None,
    json: Json = False,
) -> None:
    """Write to an address again at which mail had come back for good."""
    wanted = sys.stdin.readline().strip() if address == "-" else address
    lifted = begin().act(as_, lambda door: queue.lift(door, wanted))
    emit({"lifted": lifted}, as_json=json)


def _shown(uow: UnitOfWork, channel: Channel, now: datetime) -> views.View:
    return _view(uow.gates.of(channel), now)


def _view(gate: Gate, now: datetime) -> views.View:
    view: views.View = {"channel": str(gate.channel), "open": gate.is_open}
    if gate.is_open:
        return view
    since, until = views.instant(gate.paused_since), views.instant(gate.paused_until)
    return {**view, "closedBy": gate.code, "since": since, "until": until, "triedNext": gate.may_be_tried(now)}


def _channel(text: str) -> Channel:
    if text not in CHANNELS:
        raise InvalidSubmission((FieldError("channel", "not_listed", "Choose email or sms."),))
    return Channel(text)
