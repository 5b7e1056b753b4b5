"""Ways through the real tables, drawn by chance or by hand, and what their picture shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from bisdesk.describe.case_path import CasePath, Hop
from bisdesk.describe.case_picture import ENGLISH, case_path, case_picture
from tests.support.drawn import Drawn
from workflow.lifecycles.activation import activation
from workflow.lifecycles.registration import State as S
from workflow.lifecycles.registration import Trigger as T
from workflow.lifecycles.registration import registration
from workflow.machine import Lifecycle
from workflow.model import NEW, Timer

CASE = UUID(int=1)
# Classes that only tell what stands there: they look as their block does.
PLAIN = {
    "diagram__state",
    "diagram__way--other",
    "diagram__tip--other",
    "diagram__pill--number",
    "diagram__pill-text--number",
}
BOTH: tuple[Lifecycle[Any], ...] = (registration, activation)
TIMERS = {
    "registration": ("draft_idle", "info_deadline", "consultation", "queue_alert"),
    "activation": (
        "link_validity",
        "activation_limit",
        "link_reminder_1",
        "setup_idle",
        "key_validity",
        "holder_purge",
    ),
}
FILED: list[Hop] = [(None, S.DRAFT, T.CREATE), (S.DRAFT, S.SUBMITTED, T.SUBMIT)]
TAKEN: Hop = (S.SUBMITTED, S.IN_REVIEW, T.TAKE)
RETURNED: list[Hop] = [
    (S.IN_REVIEW, S.INFO_REQUESTED, T.REQUEST_INFO),
    (S.INFO_REQUESTED, S.SUBMITTED, T.RESUBMIT),
    TAKEN,
]


@dataclass(frozen=True)
class Walk:
    """A way through a table, and what is open at its end."""

    name: str
    history: list[Hop]
    open_triggers: tuple[str, ...]
    timers: tuple[Timer, ...]

    @property
    def lifecycle(self) -> Lifecycle[Any]:
        """The table."""
        return next(one for one in BOTH if one.name == self.name)

    @property
    def state(self) -> str:
        """Where it ended."""
        return self.history[-1][1]

    @property
    def path(self) -> CasePath:
        """The same as the picture takes it."""
        return case_path(
            self.lifecycle, self.history, state=self.state, open_triggers=self.open_triggers, timers=self.timers
        )


@st.composite
def walks(draw: st.DrawFn, *, only: str = "") -> Walk:
    """Any way along the rows of a real table, loops as they come; then any of what exists in the state it ends in."""
    tables = [one for one in BOTH if only in ("", one.name)]
    table = tables[draw(st.integers(0, len(tables) - 1))]
    history: list[Hop] = []
    state = NEW
    for _ in range(draw(st.integers(1, 40))):
        rows = [row for row in table.rows if state in row.sources]
        if not rows:
            break
        row = rows[draw(st.integers(0, len(rows) - 1))]
        history.append((None if state == NEW else state, row.target(state), str(row.on)))
        state = row.target(state)
    here = [str(row.on) for row in table.rows if state in row.sources]
    timed = [name for name in here if name in TIMERS[table.name]]
    people = [name for name in here if name not in TIMERS[table.name]]
    chosen = draw(st.lists(st.sampled_from(people), unique=True)) if people else []
    armed = draw(st.lists(st.sampled_from(timed), unique=True)) if timed else []
    due = datetime(2026, 12, 9, 23, tzinfo=UTC)
    return Walk(table.name, history, tuple(chosen), tuple(Timer(CASE, name, due) for name in armed))


def picture(history: Sequence[Hop], *triggers: str, timers: tuple[Timer, ...] = ()) -> Drawn:
    """The picture of a request after a history."""
    path = case_path(registration, history, state=history[-1][1], open_triggers=triggers, timers=timers)
    return Drawn.of(case_picture(path, ENGLISH))


def states(drawn: Drawn, mark: str) -> set[str | None]:
    """The states whose boxes carry a mark."""
    return {group.get("data-state") for group in drawn.marked(f"diagram__state--{mark}")}


def pairs(drawn: Drawn, *kinds: str) -> set[tuple[str | None, str | None]]:
    """From where to where arrows of these kinds lead; those of the key are none."""
    found = (way for kind in kinds for way in drawn.marked(f"diagram__way--{kind}"))
    return {(way.get("data-from"), way.get("data-to")) for way in found if way.get("data-to")}
