"""Every message that a row owes exists, in four languages, in every part that its channel needs."""

from __future__ import annotations

import pytest

from notifications.catalogue import MessageType, find
from tests.architecture.source import ROOT
from workflow.effects import Notify
from workflow.lifecycles.activation import activation
from workflow.lifecycles.registration import registration
from workflow.model import Language
from workflow.outbox import Audience, Channel, MessageKind

CALLS = {MessageKind.SEARCH, MessageKind.CREATE}  # they travel like messages and have no text
OWED = sorted(
    {
        effect
        for rows in (registration.rows, activation.rows)
        for row in rows
        for effect in row.then
        if isinstance(effect, Notify)
    },
    key=str,
)


@pytest.mark.parametrize("owed", OWED, ids=lambda owed: f"{owed.kind}-{owed.to}-{owed.by}")
@pytest.mark.parametrize("language", list(Language))
def test_every_message_that_a_row_owes_has_its_texts(owed: Notify, language: Language) -> None:
    known = find(owed.kind, owed.to, owed.by)

    assert known is not None
    assert [name for name in _files(known, language) if not (ROOT / "templates" / name).is_file()] == []


def test_every_kind_of_message_is_owed_by_a_row_or_known_to_the_catalogue() -> None:
    owed = {effect.kind for effect in OWED}

    unsaid = {
        kind
        for kind in set(MessageKind) - CALLS - owed
        if not any(find(kind, audience, channel) for audience in Audience for channel in Channel)
    }

    assert unsaid == set()


def _files(known: MessageType, language: Language) -> list[str]:
    if known.channel is not Channel.EMAIL:
        return [f"{known.folder}.{language}.txt"]
    return [
        f"{known.folder}/{part}"
        for part in (f"subject.{language}.txt", f"body.{language}.txt", f"body.{language}.mjml")
    ]
