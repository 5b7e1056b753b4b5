"""The screens of keys, made of what is known inside: which kinds there are, and how each is set up."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qs, urlsplit

import segno
from markupsafe import Markup

from bisdesk.web.applicant import screens
from bisdesk.web.applicant.inside import Inside
from bisdesk.web.applicant.screens import Mistake
from workflow import one_time
from workflow.activations_keys import KeyChosen
from workflow.calendar import brussels_date, last_day
from workflow.model import DigitalKey, KeyKind

STEP = 3  # of three in the set-up


def choose(known: Inside, mistakes: tuple[Mistake, ...] = ()) -> screens.ChooseKey:
    """Which key; with one that works it is the back-up that is chosen."""
    return screens.ChooseKey(
        offered=missing(known), has_mobile=bool(known.here.mobile_end), mobile_end=known.here.mobile_end,
        active=known.kinds, mistakes=mistakes, step=_step(known),
    )  # fmt: skip


def app(known: Inside, key: KeyChosen, mistakes: tuple[Mistake, ...] = ()) -> screens.AppKey:
    """The QR code and the same secret in groups of four."""
    uri = key.uri or ""
    secret = parse_qs(urlsplit(uri).query)["secret"][0]
    grouped = " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))
    picture = Markup(
        segno.make(uri, error="m").svg_inline(scale=4, border=4, light="#fff")
    )  # made here of our own text
    return screens.AppKey(code=picture, secret=grouped, uri=uri, mistakes=mistakes, step=_step(known))


def sms(known: Inside, mistakes: tuple[Mistake, ...] = ()) -> screens.SmsKey:
    """Where the digits of the SMS go."""
    return screens.SmsKey(
        mobile_end=known.here.mobile_end, minutes=one_time.MINUTES, again_at=known.again_at,
        mistakes=mistakes, step=_step(known),
    )  # fmt: skip


def done(known: Inside, goes_to: str) -> screens.Done:
    """The keys that work, the one that was confirmed last before the other, and the back-up that is missing."""
    newest_first = sorted(known.keys, key=lambda key: key.confirmed_at or key.created_at, reverse=True)
    other = next(iter(missing(known)), None)
    return screens.Done(
        keys=tuple((key.kind, _until(key)) for key in newest_first), other=other, username=known.username,
        goes_to=goes_to,
    )  # fmt: skip


def own(known: Inside, news: str = "") -> screens.Keys:
    """Every key that works."""
    keys = tuple(
        screens.OwnKey(
            kind=key.kind, since=brussels_date(key.confirmed_at or key.created_at), valid_until=_until(key),
            removable=len(known.keys) > 1,
        )
        for key in known.keys
    )  # fmt: skip
    return screens.Keys(username=known.username, keys=keys, missing=missing(known), news=news)


def missing(known: Inside) -> tuple[KeyKind, ...]:
    """Kinds that can still be added."""
    possible = [kind for kind in KeyKind if kind is not KeyKind.SMS or known.here.mobile_end]
    return tuple(kind for kind in possible if kind not in known.kinds)


def _step(known: Inside) -> int:
    """The step of the set-up; a back-up is none."""
    return 0 if known.keys else STEP


def _until(key: DigitalKey) -> date:
    return last_day(key.expires_at or key.created_at)
