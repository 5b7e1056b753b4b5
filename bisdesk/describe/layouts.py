"""Where states and arrows stand in the pictures, laid by hand; what is drawn comes from the rows alone.

A move without a route, or a state without a spot, is refused: a picture never leaves out a part of its table.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from workflow.lifecycles.activation import State as A
from workflow.lifecycles.registration import State as R
from workflow.model import NEW
from workflow.outbox import DeliveryState as D

Point = tuple[int, int]
LEFT, MIDDLE, PANEL = 20, 312, 706
BOX_WIDTH, BOX_HEIGHT, CARD_WIDTH = 180, 46, 252
FIRST, STEP = 112, 92
SPINE = MIDDLE + BOX_WIDTH // 2  # the main path runs here
BACK = SPINE + 48  # what goes back up runs here
LEFT_SPINE = LEFT + BOX_WIDTH // 2
EDGE = MIDDLE + BOX_WIDTH  # right edge of the boxes of the spine
LANE = MIDDLE + BOX_WIDTH + 88  # right of the boxes, for what goes back over more than one


@dataclass(frozen=True, slots=True)
class Route:
    """One arrow: its corners from border to border, where its label stands, and a hint that tells branches apart."""

    points: tuple[Point, ...]
    label: Point
    anchor: str = "start"
    note: str = ""
    below: bool = False  # the label hangs under the arrow instead of standing on it


@dataclass(frozen=True, slots=True)
class Layout:
    """One picture. Ends off the main path are cards, stacked on the right, that name every way to them."""

    height: int
    spots: dict[str, Point]  # left upper corner
    cards: tuple[str, ...]
    cards_from: int  # upper edge of the first card
    routes: dict[tuple[str, str], Route]
    main: tuple[str, ...]
    later: dict[str, Route] = field(default_factory=dict)  # where all the cards go in the end: from under the last one


def _top(row: int) -> int:
    return FIRST + row * STEP


def _bottom(row: int) -> int:
    return _top(row) + BOX_HEIGHT


def _centre(row: int) -> int:
    return _top(row) + BOX_HEIGHT // 2


def _down(row: int, note: str = "") -> Route:
    """From the box in a row of the spine to the one below it."""
    return Route(((SPINE, _bottom(row)), (SPINE, _top(row + 1))), (SPINE - 9, _bottom(row) + 26), "end", note)


def _back_up(row: int) -> Route:
    """From the box in a row of the spine to the one above it."""
    return Route(((BACK, _top(row)), (BACK, _bottom(row - 1))), (BACK + 9, _top(row) - 18))


def _to_left(row: int, note: str = "") -> Route:
    """From the spine to the box on its left, over the arrow that comes back."""
    y = _centre(row) - 9
    return Route(((MIDDLE, y), (LEFT + BOX_WIDTH, y)), ((MIDDLE + LEFT + BOX_WIDTH) // 2, y - 7), "middle", note)


def _to_right(row: int) -> Route:
    """From the box on the left back to the spine."""
    y = _centre(row) + 9
    return Route(((LEFT + BOX_WIDTH, y), (MIDDLE, y)), ((MIDDLE + LEFT + BOX_WIDTH) // 2, y + 17), "middle", below=True)


def _over(row: int, above: int) -> Route:
    """From the top of the box on the left up, and to the spine."""
    y = _centre(above)
    return Route(((LEFT_SPINE, _top(row)), (LEFT_SPINE, y), (MIDDLE, y)), (LEFT_SPINE + 10, y - 7))


START = Route(((SPINE, FIRST - 40), (SPINE, FIRST)), (SPINE + 12, FIRST - 24))

LAYOUTS: dict[str, Layout] = {
    "registration": Layout(
        height=FIRST + 7 * STEP + BOX_HEIGHT + 76,
        spots={
            R.DRAFT: (MIDDLE, _top(0)),
            R.SUBMITTED: (MIDDLE, _top(1)),
            R.IN_REVIEW: (MIDDLE, _top(2)),
            R.INFO_REQUESTED: (LEFT, _top(2)),
            R.APPROVED: (MIDDLE, _top(3)),
            R.REGISTERING: (MIDDLE, _top(4)),
            R.MATCH_REVIEW: (LEFT, _top(4)),
            R.REGISTERED: (MIDDLE, _top(5)),
            R.COMPLETED: (MIDDLE, _top(6)),
            R.PURGED: (MIDDLE, _top(7)),
        },
        cards=(R.STOPPED, R.LAPSED, R.REJECTED, R.WITHDRAWN),
        cards_from=_top(0),
        routes={
            (NEW, R.DRAFT): START,
            (R.DRAFT, R.SUBMITTED): _down(0),
            (R.SUBMITTED, R.IN_REVIEW): _down(1),
            (R.IN_REVIEW, R.SUBMITTED): _back_up(2),
            (R.IN_REVIEW, R.INFO_REQUESTED): Route(
                ((MIDDLE, _centre(2)), (LEFT + BOX_WIDTH, _centre(2))), ((MIDDLE + LEFT + BOX_WIDTH) // 2, _centre(2) - 7), "middle"
            ),
            (R.INFO_REQUESTED, R.SUBMITTED): _over(2, 1),
            (R.IN_REVIEW, R.APPROVED): _down(2),
            (R.APPROVED, R.IN_REVIEW): _back_up(3),
            (R.APPROVED, R.REGISTERING): _down(3, "nobody found"),
            (R.REGISTERING, R.APPROVED): _back_up(4),
            (R.REGISTERING, R.IN_REVIEW): Route(
                ((MIDDLE + BOX_WIDTH, _centre(4)), (LANE, _centre(4)), (LANE, _centre(2)), (MIDDLE + BOX_WIDTH, _centre(2))),
                (LANE + 8, _centre(3) + 4),
            ),
            (R.APPROVED, R.MATCH_REVIEW): Route(
                ((MIDDLE, _centre(3)), (LEFT_SPINE, _centre(3)), (LEFT_SPINE, _top(4))),
                (LEFT_SPINE + 10, _centre(3) - 7), "start", "somebody found",
            ),
            (R.REGISTERING, R.MATCH_REVIEW): _to_left(4),
            (R.MATCH_REVIEW, R.REGISTERING): _to_right(4),
            (R.MATCH_REVIEW, R.REGISTERED): Route(
                ((LEFT_SPINE, _bottom(4)), (LEFT_SPINE, _centre(5)), (MIDDLE, _centre(5))), (LEFT_SPINE + 10, _centre(5) - 7)
            ),
            (R.REGISTERING, R.REGISTERED): _down(4),
            (R.REGISTERED, R.COMPLETED): _down(5),
            (R.COMPLETED, R.PURGED): _down(6),
        },
        main=(R.DRAFT, R.SUBMITTED, R.IN_REVIEW, R.APPROVED, R.REGISTERING, R.REGISTERED, R.COMPLETED),
        later={
            R.PURGED: Route(
                ((PANEL + CARD_WIDTH // 2, 0), (PANEL + CARD_WIDTH // 2, _centre(7)), (MIDDLE + BOX_WIDTH, _centre(7))),
                (PANEL + CARD_WIDTH // 2 - 10, _centre(7) - 8), "end",
            )
        },
    ),
    "activation": Layout(
        height=FIRST + 5 * STEP + BOX_HEIGHT + 76,
        spots={
            A.ISSUING: (MIDDLE, _top(0)),
            A.AWAITING_CODE: (MIDDLE, _top(1)),
            A.LINK_EXPIRED: (LEFT, _top(1)),
            A.PROFILE_ACTIVATED: (MIDDLE, _top(2)),
            A.KEY_SETUP: (MIDDLE, _top(3)),
            A.ACTIVE: (MIDDLE, _top(4)),
            A.EXPIRED: (MIDDLE, _top(5)),
        },
        cards=(A.BLOCKED_ATTEMPTS, A.BLOCKED_TIMEOUT, A.CANCELLED),
        cards_from=_top(1) - 10,
        routes={
            (NEW, A.ISSUING): START,
            (A.ISSUING, A.AWAITING_CODE): _down(0),
            (A.AWAITING_CODE, A.ISSUING): _back_up(1),
            (A.LINK_EXPIRED, A.ISSUING): _over(1, 0),
            (A.AWAITING_CODE, A.LINK_EXPIRED): _to_left(1),
            (A.LINK_EXPIRED, A.AWAITING_CODE): _to_right(1),
            (A.AWAITING_CODE, A.PROFILE_ACTIVATED): _down(1, "right code"),
            (A.PROFILE_ACTIVATED, A.KEY_SETUP): _down(2),
            (A.KEY_SETUP, A.ACTIVE): _down(3),
            (A.ACTIVE, A.EXPIRED): _down(4),
            (A.AWAITING_CODE, A.BLOCKED_ATTEMPTS): Route(
                ((MIDDLE + BOX_WIDTH, _centre(1)), (PANEL, _centre(1))), (MIDDLE + BOX_WIDTH + 10, _centre(1) + 17),
                note="third wrong code", below=True,
            ),
        },
        main=(A.ISSUING, A.AWAITING_CODE, A.PROFILE_ACTIVATED, A.KEY_SETUP, A.ACTIVE),
    ),
    "message": Layout(
        height=FIRST + 5 * STEP + BOX_HEIGHT + 176,
        spots={
            D.QUEUED: (MIDDLE, _top(0)),
            D.SENDING: (MIDDLE, _top(1)),
            D.UNKNOWN: (LEFT, _top(1)),
            D.ACCEPTED: (MIDDLE, _top(3)),
            D.DELIVERED: (MIDDLE, _top(5)),
        },
        cards=(D.CANCELLED, D.FAILED, D.PARKED, D.UNDELIVERED, D.BOUNCED),
        cards_from=_top(0),
        routes={
            (NEW, D.QUEUED): START,
            (D.QUEUED, D.SENDING): _down(0),
            (D.SENDING, D.QUEUED): _back_up(1),
            (D.SENDING, D.UNKNOWN): _to_left(1),
            (D.UNKNOWN, D.SENDING): _to_right(1),
            (D.SENDING, D.ACCEPTED): Route(
                ((SPINE, _bottom(1)), (SPINE, _top(3))), (SPINE - 9, _bottom(1) + 26), "end"
            ),
            (D.ACCEPTED, D.DELIVERED): Route(
                ((SPINE, _bottom(3)), (SPINE, _top(5))), (SPINE - 9, _bottom(3) + 26), "end"
            ),
            (D.QUEUED, D.ACCEPTED): Route(
                ((EDGE, _centre(0) + 9), (LANE - 34, _centre(0) + 9), (LANE - 34, _centre(3)), (EDGE, _centre(3))),
                (LANE - 28, _centre(2) + 4),
            ),
            (D.QUEUED, D.DELIVERED): Route(
                ((EDGE, _centre(0) - 9), (LANE + 48, _centre(0) - 9), (LANE + 48, _centre(5) - 9), (EDGE, _centre(5) - 9)),
                (LANE + 42, _centre(4) - 4), "end",
            ),
            (D.SENDING, D.DELIVERED): Route(
                (
                    (EDGE, _centre(1)), (LANE, _centre(1)), (LANE, _centre(5) - 27), (EDGE - 20, _centre(5) - 27),
                    (EDGE - 20, _top(5)),
                ),
                (LANE - 6, _centre(4) + 30), "end",
            ),
            (D.UNKNOWN, D.ACCEPTED): Route(
                ((LEFT_SPINE + 30, _bottom(1)), (LEFT_SPINE + 30, _centre(3)), (MIDDLE, _centre(3))),
                (LEFT_SPINE + 40, _centre(3) - 7),
            ),
            (D.UNKNOWN, D.DELIVERED): Route(
                ((LEFT_SPINE - 30, _bottom(1)), (LEFT_SPINE - 30, _centre(5)), (MIDDLE, _centre(5))),
                (LEFT_SPINE - 20, _centre(5) - 7),
            ),
        },
        main=(D.QUEUED, D.SENDING, D.ACCEPTED, D.DELIVERED),
        later={
            D.DELIVERED: Route(
                ((PANEL + 60, 0), (PANEL + 60, _top(6) - 2), (SPINE, _top(6) - 2), (SPINE, _bottom(5))),
                (SPINE + 12, _top(6) - 8),
            ),
            D.QUEUED: Route(
                (
                    (PANEL + 90, 0), (PANEL + 90, _top(6) + 38), (LEFT - 8, _top(6) + 38), (LEFT - 8, _centre(0)),
                    (MIDDLE, _centre(0)),
                ),
                (LEFT + 2, _centre(0) - 7),
            ),
        },
    ),
}  # fmt: skip
