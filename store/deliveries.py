"""Rows of the outbox as the workflow knows them."""

from __future__ import annotations

import json

from sqlalchemy import RowMapping

from workflow.outbox import Audience, Channel, Delivery, DeliveryState, MessageKind, QueuedMessage


def delivery_of(row: RowMapping, *, secret: str | None, fence: int) -> Delivery:
    """One row, with the secret that the caller has opened, or none."""
    return Delivery(
        message=_message(row, secret),
        state=DeliveryState(row["state"]),
        attempts=row["attempts"],
        fence=fence,
        template=row["template"],
        body_digest=row["body_digest"],
        provider_ref=row["provider_ref"],
        error=row["error"],
        first_attempt_at=row["first_attempt_at"],
        last_attempt_at=row["last_attempt_at"],
        polls=row["polls"],
    )


def _message(row: RowMapping, secret: str | None) -> QueuedMessage:
    return QueuedMessage(
        id=row["id"],
        case_id=row["case_id"],
        kind=MessageKind(row["kind"]),
        audience=Audience(row["audience"]),
        channel=Channel(row["channel"]),
        sequence=row["sequence"],
        queued_at=row["queued_at"],
        not_before=row["not_before"],
        send_before=row["send_before"],
        language=row["language"],
        params=json.loads(row["params"]),
        secret=secret,
    )
