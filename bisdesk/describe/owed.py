"""What is wrong with the messages that a table owes: the part of its check that needs the texts.

It must not know any case, store or clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from notifications.catalogue import find
from notifications.lint import lint
from notifications.rendering import Renderer
from workflow.checks import Finding
from workflow.effects import Notify
from workflow.machine import Lifecycle

F = TypeVar("F")


def faults_of_texts(lifecycle: Lifecycle[F], renderer: Renderer) -> Iterator[Finding]:
    """Every message that a row owes has a text of its audience and channel, in all languages, that bears difficult names."""
    owed = dict.fromkeys(effect for row in lifecycle.rows for effect in row.then if isinstance(effect, Notify))
    known = {effect: find(effect.kind, effect.to, effect.by) for effect in owed}
    for effect in (effect for effect, told in known.items() if told is None):
        yield Finding(lifecycle.name, f"No text exists for {effect.kind} by {effect.by} to {effect.to}.")
    types = [told for told in known.values() if told is not None]
    yield from (Finding(lifecycle.name, f"A text: {fault}.") for fault in lint(renderer, types=types))
