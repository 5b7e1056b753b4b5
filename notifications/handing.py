"""Hands one composed message to its transport; a transport that breaks is an outcome like any other."""

from __future__ import annotations

import asyncio
import logging
from typing import cast

from notifications.composing import Composed
from notifications.envelopes import Mail, MailSession, Sms, SmsTransport
from notifications.outcome import Outcome, Unknown
from workflow.outbox import Delivery

log = logging.getLogger(__name__)


async def mailed(session: MailSession, ready: Composed) -> Outcome:
    """Hand a mail over."""
    try:
        return await session.send(cast(Mail, ready.envelope))
    except Exception as error:  # noqa: BLE001  # a fault in a transport must not stop the other rows
        return Unknown(fault_of(ready.delivery, error))


async def texted(transport: SmsTransport, ready: Composed) -> Outcome:
    """Hand an SMS over, from a thread."""
    try:
        return await asyncio.to_thread(transport.send, cast(Sms, ready.envelope))
    except Exception as error:  # noqa: BLE001  # a fault in a transport must not stop the other rows
        return Unknown(fault_of(ready.delivery, error))


def fault_of(row: Delivery, error: Exception) -> str:
    """The code of a transport that broke; what it said is not told (I6)."""
    log.error("message %s: the transport failed (%s)", row.message.id, type(error).__name__)
    return "transport_fault"
