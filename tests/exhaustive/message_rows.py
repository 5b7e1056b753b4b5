"""What the handbook says of one message (domain B3, B4, D9), row by row."""

from __future__ import annotations

from tests.exhaustive.table import Expected, need, yes_no
from workflow.model import NEW, Role

SYS, PROVIDER = (Role.SYSTEM,), (Role.PROVIDER,)
OFFICERS = (Role.SERVICE_DESK, Role.TEAM_LEAD, Role.OPERATOR)
STATES = (
    NEW, "queued", "sending", "accepted", "unknown", "delivered", "undelivered", "bounced", "failed", "parked",
    "cancelled",
)  # fmt: skip
OPEN = ("queued", "sending", "unknown")
OUT = (*OPEN, "accepted")

TRUE = need("message_is_still_true", yes_no("is what it says still true?", still_true=True))
SAME = need("copies_are_identical", yes_no("is its text the same?", identical=True))
KEPT = need("secret_is_kept", yes_no("is its secret kept?", secret_kept=True))
NEWEST = need("receipt_is_of_the_last_attempt", yes_no("is it of the newest attempt?", of_last_attempt=True))
EARLIER = yes_no("may an earlier attempt have left?", may_have_left=True)
ARRIVED, LOST = "tell the case: accepted", "tell the case: dispatch_failed"
ERASED = "erase its secret"

ROWS = (
    Expected(row="B3-owe", on="owe", source=(NEW,), to="queued", by=SYS),
    Expected(row="B3-begin", on="begin", source=("queued", "unknown"), to="sending", by=SYS, needs=(TRUE, SAME)),
    Expected(row="B3-accept", on="accept", source=OPEN, to="accepted", by=SYS, then=frozenset({ARRIVED})),
    Expected(
        row="B3-accept", on="accept", source=("queued", "unknown"), to="accepted", by=PROVIDER,
        then=frozenset({ARRIVED}),
    ),
    Expected(
        row="B3-postpone", on="postpone", source=("sending",), to="unknown", by=SYS,
        needs=(need("earlier_attempt_may_have_left", EARLIER),),
    ),
    Expected(row="B3-postpone", on="postpone", source=("queued", "sending"), to="queued", by=SYS, where={EARLIER: "no"}),
    Expected(row="B3-postpone", on="postpone", source=("unknown",), to=None, by=SYS),
    Expected(row="B3-lose", on="lose", source=("sending", "unknown"), to="unknown", by=SYS),
    Expected(row="B3-refuse", on="refuse", source=OPEN, to="failed", by=SYS, then=frozenset({ERASED, LOST})),
    Expected(row="B3-park", on="park", source=OPEN, to="parked", by=SYS, then=frozenset({LOST})),
    Expected(row="B3-cancel", on="cancel", source=(*OPEN, "parked"), to="cancelled", by=SYS, then=frozenset({ERASED})),
    Expected(row="B3-expire", on="expire", source=OPEN, to="cancelled", by=SYS, then=frozenset({ERASED})),
    Expected(
        row="B3-deliver", on="deliver", source=(*OUT, "parked", "failed"), to="delivered", by=PROVIDER,
        then=frozenset({ERASED, ARRIVED}),
    ),
    Expected(
        row="B3-miss", on="miss", source=OUT, to="undelivered", by=PROVIDER, needs=(NEWEST,), then=frozenset({LOST})
    ),
    Expected(
        row="B3-bounce", on="bounce", source=OUT, to="bounced", by=PROVIDER, needs=(NEWEST,), then=frozenset({LOST})
    ),
    Expected(
        row="B3-retry", on="retry", source=("parked", "failed"), to="queued", by=OFFICERS, needs=(TRUE, SAME, KEPT)
    ),
)  # fmt: skip
