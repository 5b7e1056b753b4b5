"""Whom the heartbeat writes to and how often: judged together, since a number takes only so many codes a day."""

from __future__ import annotations

from datetime import timedelta
from math import ceil

from identity.contact import parse_email, parse_mobile
from identity.problems import Problem
from notifications.limits import PER_NUMBER, WINDOW
from workflow.canary import LONGEST, Route
from workflow.outbox import MessageKind

LEAST_MIN, MOST_MIN = 5, 1440
MINUTE = timedelta(minutes=1)


def route_of(email: str, mobiles: tuple[str, ...], minutes: int) -> tuple[Route | None, list[str]]:
    """The route that three settings describe, and what is wrong with them; 0 minutes: as often as the numbers allow."""
    if not email and not mobiles:
        return None, []
    wrong, numbers = [], []
    try:
        email = parse_email(email).address
    except Problem as problem:
        wrong.append(f"CANARY_EMAIL: {problem.message}")
    try:
        numbers = [parse_mobile(mobile).e164 for mobile in mobiles or ("",)]
    except Problem as problem:
        wrong.append(f"CANARY_MOBILE: {problem.message}")
    if wrong:
        return None, wrong
    turns = tuple(dict.fromkeys(numbers))
    least = fastest(len(turns))
    if minutes and minutes < least:
        said = f"CANARY_EVERY_MIN must be at least {least} with so many numbers in CANARY_MOBILE: a number takes"
        return None, [f"{said} {PER_NUMBER[MessageKind.M3][1]} codes a day."]
    return Route(email, turns, timedelta(minutes=minutes or least)), []


def fastest(numbers: int) -> int:
    """Minutes from one walk to the next so that no number runs into its quota, even when an SMS left as late as it may."""
    most = PER_NUMBER[MessageKind.M3][1] * numbers
    return max(LEAST_MIN, ceil((WINDOW + LONGEST) / MINUTE / most))
