"""One right value, or more, of every page of the applicant's site, with the worst cases. Nobody in them exists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from io import BytesIO

import segno
from markupsafe import Markup

from bisdesk.web.applicant import screens as s
from bisdesk.web.phone import Box, Phone, Piece, Received
from bisdesk.web.theme import Asset, Theme
from workflow.model import CodeChannel, KeyKind

SMS, PAPER = CodeChannel.SMS, CodeChannel.PAPER
APP, TEXT = KeyKind.TOTP, KeyKind.SMS
EMAIL, END, REF = "m•••••@voorbeeld.example", "45", "AC-2026-12345-7Q"
LINK, BLOCK, VALID = date(2026, 12, 6), date(2026, 12, 23), date(2036, 11, 23)
ASKED = s.Asked(ref=REF, entity="Agentschap Voorbeeld", purpose="toegang tot het dossier van uw onderneming")
BARE = s.Asked(ref=REF, entity="Agentschap Voorbeeld")
LONG = s.Asked(
    ref=REF,
    entity="Vlaams Agentschap voor Internationale Voorbeeldsamenwerking en Grensoverschrijdende Dienstverlening",
    purpose="Samenwerkingsovereenkomstregistratie <voor> buitenlandse dienstverleners & hun zaakvoerders in Vlaanderen",
)
AT = datetime(2026, 11, 23, 13, 5, tzinfo=UTC)
SECRET = "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP"


def picture(text: str) -> Markup:
    """A QR code as inline SVG, as the site makes it."""
    out = BytesIO()
    segno.make(text, error="m").save(out, kind="svg", xmldecl=False, svgns=False, omitsize=True, border=2)
    return Markup(out.getvalue().decode())


HANDOVER = picture("https://bisdesk.example/a/0123456789abcdefghjkmnpqrstvwxyz")
URI = "otpauth://totp/Bisdesk:noor.voorbeeld?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Bisdesk"


def wrong(name: str, sentence: str, **values: object) -> tuple[s.Mistake, ...]:
    """One mistake of a page."""
    return (s.Mistake(name, sentence, values),)


def _code(**changed: object) -> s.Code:
    usual: dict[str, object] = {
        "asked": ASKED, "link_until": LINK, "block_on": BLOCK, "tries_left": 3, "code_by": SMS, "mobile_end": END,
        "code_sent_at": AT, "handover": HANDOVER, "step": 1,
    }  # fmt: skip
    return s.Code(**(usual | changed))  # type: ignore[arg-type]


def _landing(**changed: object) -> s.Landing:
    usual: dict[str, object] = {
        "asked": ASKED, "link_until": LINK, "days_left": 13, "block_on": BLOCK, "code_by": SMS, "mobile_end": END,
        "handover": HANDOVER,
    }  # fmt: skip
    return s.Landing(**(usual | changed))  # type: ignore[arg-type]


def _account(*mistakes: s.Mistake) -> s.Account:
    return s.Account(
        username="noor.voorbeeld", name_shortest=6, name_longest=40, shortest=12, longest=128, pause_minutes=30,
        mistakes=mistakes, step=2,
    )  # fmt: skip


def _expired(renewal: str, **changed: object) -> s.Expired:
    usual: dict[str, object] = {"asked": ASKED, "link_until": LINK, "block_on": BLOCK, "email": EMAIL, "code_by": SMS}
    return s.Expired(**(usual | {"renewal": renewal} | changed))  # type: ignore[arg-type]


def _steps(*states: str) -> tuple[s.Step, ...]:
    return tuple(
        s.Step(name=name, state=state, on=date(2026, 11, 23) if state == "done" else None)
        for name, state in zip(("mail", "sms", "code", "key"), states, strict=True)
    )


def _shown(advice: str, *states: str, until: date | None = None) -> s.StatusShown:
    return s.StatusShown(asked=ASKED, steps=_steps(*states), advice=advice, until=until)


def _key(kind: KeyKind, *, removable: bool) -> s.OwnKey:
    return s.OwnKey(kind=kind, since=date(2026, 11, 23), valid_until=VALID, removable=removable)


def _link() -> dict[str, s.Screen]:
    return {
        "landing": _landing(),
        "landing-one-day": _landing(days_left=1),
        "landing-last-day-paper-worst": _landing(asked=LONG, days_left=0, code_by=PAPER, mobile_end=""),
        "not_ready": s.NotReady(asked=BARE),
        "expired-now": _expired("now"),
        "expired-now-worst": _expired("now", asked=LONG),
        "expired-tomorrow": _expired("tomorrow"),
        "expired-never-paper": _expired("never", asked=LONG, code_by=PAPER),
        "renewed": s.Renewed(asked=ASKED, email=EMAIL, link_until=LINK, code_by=SMS),
        "renewed-paper": s.Renewed(asked=BARE, email=EMAIL, link_until=LINK, code_by=PAPER),
        "replaced": s.Replaced(asked=ASKED, newer_sent_on=LINK, email=EMAIL),
        "used-finished": s.Used(asked=ASKED, used_on=LINK, finished=True, email=EMAIL, can_resume=False),
        "used-resume": s.Used(asked=ASKED, used_on=LINK, finished=False, email=EMAIL, can_resume=True),
        "used-resume-locked": s.Used(
            asked=ASKED,
            used_on=LINK,
            finished=False,
            email=EMAIL,
            can_resume=True,
            mistakes=wrong("otp", "mistake.otp.locked", minutes=15),
        ),
        "used-office": s.Used(asked=LONG, used_on=LINK, finished=False, email=EMAIL, can_resume=False),
        "blocked-attempts": s.Blocked(asked=LONG, rule="attempts", blocked_on=LINK),
        "blocked-time": s.Blocked(asked=BARE, rule="time", blocked_on=BLOCK),
        "ended-cancelled": s.Ended(asked=ASKED, how="cancelled", ended_on=LINK),
        "ended-expired": s.Ended(asked=ASKED, how="expired", ended_on=LINK),
        "frozen": s.Frozen(asked=LONG, frozen_on=LINK),
        "unknown": s.Unknown(),
        "not_me": s.NotMe(asked=ASKED, about="activation"),
        "not_me-keys": s.NotMe(asked=LONG, about="keys", until=BLOCK),
        "not_me_over": s.NotMeOver(asked=LONG, until=BLOCK),
        "not_me_done": s.NotMeDone(asked=ASKED),
    }


def _entering() -> dict[str, s.Screen]:
    return {
        "code": _code(),
        "code-malformed": _code(typed="K7QF-2M9T-XW4D", mistakes=wrong("code", "mistake.code.malformed")),
        "code-missing-paper": _code(
            code_by=PAPER, mobile_end="", code_sent_at=None, mistakes=wrong("code", "mistake.code.missing")
        ),
        "code-wrong": _code(tries_left=2, mistakes=wrong("code", "mistake.code.wrong", tries_left=2)),
        "code-last": _code(tries_left=1),
        "code-last-worst": _code(
            asked=LONG, tries_left=1, mistakes=wrong("code", "mistake.code.wrong", tries_left=1)
        ),
        "code-judging": _code(mistakes=wrong("code", "mistake.code.judging")),
        "reference": s.Reference(),
        "reference-missing": s.Reference(mistakes=wrong("reference", "mistake.reference.missing")),
        "reference-malformed": s.Reference(
            typed='AC-2026-"<b>', mistakes=wrong("reference", "mistake.reference.malformed")
        ),
        "reference_sent": s.ReferenceSent(ref=REF),
        "resume": s.Resume(asked=ASKED, mobile_end=END),
        "resume-pause": s.Resume(asked=ASKED, mobile_end=END, again_at=AT),
        "resume_sent": s.ResumeSent(asked=ASKED, email=EMAIL, mobile_end=END, minutes=10),
        "resume_sent-worst": s.ResumeSent(asked=LONG, email=EMAIL, mobile_end=END, minutes=10),
        "resume-missing": s.Resume(asked=ASKED, mobile_end=END, mistakes=wrong("otp", "mistake.otp.missing")),
        "resume_over": s.ResumeOver(asked=ASKED, email=EMAIL),
        "status": s.Status(),
        "status-missing": s.Status(
            mistakes=wrong("reference", "mistake.reference.missing") + wrong("email", "mistake.email.missing")
        ),
        "status-nothing": s.Status(
            typed=REF, email="noor@voorbeeld.example", mistakes=wrong("reference", "mistake.status.nothing")
        ),
    }  # fmt: skip


def _status() -> dict[str, s.Screen]:
    return {
        "status_shown-wait": _shown("wait", "now", "now", "later", "later"),
        "status_shown-code": _shown("code", "done", "done", "now", "later", until=LINK),
        "status_shown-renew": _shown("renew", "trouble", "done", "later", "later", until=BLOCK),
        "status_shown-resume": _shown("resume", "done", "done", "done", "now", until=BLOCK),
        "status_shown-sign_in": _shown("sign_in", "done", "done", "done", "done"),
        "status_shown-new_request": _shown("new_request", "done", "done", "trouble", "later"),
        "status_shown-desk": _shown("desk", "done", "trouble", "later", "later"),
    }


def _setting_up() -> dict[str, s.Screen]:
    too_short = wrong("username", "mistake.username.length", shortest=6, longest=40)
    too_short += wrong("password", "mistake.password.length", shortest=12, longest=128)
    odd = wrong("username", "mistake.username.characters") + wrong("password", "mistake.password.common")
    taken = wrong("username", "mistake.username.taken") + wrong("password", "mistake.password.context")
    return {
        "account": _account(),
        "account-length": _account(*too_short),
        "account-characters": _account(*odd),
        "account-taken": _account(*taken),
        "choose_key": s.ChooseKey(offered=(APP, TEXT), has_mobile=True, mobile_end=END, step=3),
        "choose_key-missing": s.ChooseKey(
            offered=(APP, TEXT), has_mobile=True, mobile_end=END, mistakes=wrong("kind", "mistake.kind.missing"), step=3
        ),
        "choose_key-no-mobile": s.ChooseKey(
            offered=(APP,), has_mobile=False, mistakes=wrong("kind", "mistake.kind.no_mobile"), step=3
        ),
        "choose_key-pause": s.ChooseKey(
            offered=(APP, TEXT), has_mobile=True, mobile_end=END, mistakes=wrong("kind", "mistake.otp.pause"), step=3
        ),
        "choose_key-backup": s.ChooseKey(offered=(TEXT,), has_mobile=True, mobile_end=END, active=(APP,)),
        "choose_key-backup-app": s.ChooseKey(offered=(APP,), has_mobile=True, mobile_end=END, active=(TEXT,)),
        "app_key": s.AppKey(code=picture(URI), secret=SECRET, uri=URI, step=3),
        "app_key-wrong": s.AppKey(
            code=picture(URI), secret=SECRET, uri=URI, mistakes=wrong("otp", "mistake.otp.wrong", tries_left=4)
        ),
        "sms_key": s.SmsKey(mobile_end=END, minutes=10, again_at=AT, step=3),
        "sms_key-again": s.SmsKey(
            mobile_end=END, minutes=10, again_at=None, mistakes=wrong("otp", "mistake.otp.malformed")
        ),
        "sms_key-last": s.SmsKey(
            mobile_end=END, minutes=1, again_at=AT, mistakes=wrong("otp", "mistake.otp.wrong", tries_left=1)
        ),
        "done": s.Done(keys=((APP, VALID),), other=TEXT),
        "done-only": s.Done(keys=((APP, VALID),), other=None),
        "done-both": s.Done(keys=((TEXT, VALID), (APP, VALID)), other=None, goes_to="https://toepassing.example/"),
        "done-all": s.Done(keys=((APP, VALID),), other=TEXT, goes_to="https://toepassing.example/"),
    }  # fmt: skip


def _signing_in() -> dict[str, s.Screen]:
    both, name = (APP, TEXT), "noor.voorbeeld"
    return {
        "sign_in": s.SignIn(),
        "sign_in-wrong": s.SignIn(username=name, mistakes=wrong("username", "mistake.sign_in.wrong")),
        "sign_in-locked": s.SignIn(username=name, locked_minutes=15),
        "sign_in-locked-mistake": s.SignIn(
            username=name, locked_minutes=1, mistakes=wrong("username", "mistake.sign_in.locked", minutes=1)
        ),
        "sign_in_key-app": s.SignInKey(kinds=both, kind=APP),
        "sign_in_key-sms": s.SignInKey(kinds=both, kind=TEXT, mobile_end=END),
        "sign_in_key-sms-pause": s.SignInKey(kinds=(TEXT,), kind=TEXT, mobile_end=END, again_at=AT),
        "sign_in_key-sms-sent": s.SignInKey(kinds=both, kind=TEXT, mobile_end=END, sent=True, again_at=AT),
        "sign_in_key-locked": s.SignInKey(
            kinds=both, kind=TEXT, mobile_end=END, sent=True, mistakes=wrong("otp", "mistake.otp.locked", minutes=15)
        ),
        "keys-one": s.Keys(username=name, keys=(_key(APP, removable=False),), missing=(TEXT,)),
        "keys-two": s.Keys(
            username=name, keys=(_key(APP, removable=True), _key(TEXT, removable=True)), missing=(), news="added"
        ),
        "keys-removed": s.Keys(
            username="n" * 64, keys=(_key(TEXT, removable=False),), missing=(APP,), news="removed"
        ),
        "remove_key": s.RemoveKey(kind=TEXT),
        "signed_out": s.SignedOut(by_itself=False),
        "signed_out-pause": s.SignedOut(by_itself=True),
        "signed_out-setting-up": s.SignedOut(by_itself=True, setting_up=True),
    }  # fmt: skip


def _troubles() -> dict[str, s.Screen]:
    whats = ("not_found", "unavailable", "stale_form", "raced", "other_link")
    return {f"trouble-{what}": s.Trouble(what=what) for what in whats} | {
        "trouble-too_many": s.Trouble(what="too_many", minutes=15),
        "trouble-too_many-one": s.Trouble(what="too_many", minutes=1, back="/keys/sign-in"),
    }


def _demo() -> dict[str, s.Screen]:
    way = (Piece("https://bisdesk.example/a/0123456789abcdefghjkmnpqrstvwxyz", "https://bisdesk.example/a/0123"),)
    mail = Received(channel="mail", to=EMAIL, subject="CSAM", at=AT, lines=((Piece("Link:"),), way))
    sms = Received(channel="sms", to="+32 470 00 00 45", subject="", at=AT, lines=((Piece("K7QF-2M9T-XW4D"),),))
    boxes = (Box("0a1b2c3d4e5f", (EMAIL, "+32 470 00 00 45")), Box("f5e4d3c2b1a0", ("l•••••@voorbeeld.example",)))
    return {
        "phone": Phone(received=(sms, mail), boxes=boxes, shown="0a1b2c3d4e5f"),
        "phone-one": Phone(received=(sms,), boxes=boxes[:1], shown="0a1b2c3d4e5f"),
        "phone-empty": Phone(received=()),
    }


SAMPLES: Mapping[str, s.Screen] = {
    **_link(), **_entering(), **_status(), **_setting_up(), **_signing_in(), **_demo(), **_troubles()
}  # fmt: skip


def kinds() -> Iterator[type[s.Screen]]:
    """Every class of page."""
    return iter(s.Screen.__subclasses__())


def small_theme() -> Theme:
    """A theme without the built files, for tests that look at words only."""
    names = ("applicant.css", "applicant.js", "favicon.svg", "logo.svg")
    assets = {f"/static/0123456789ab/{name}": Asset(b"", "text/plain") for name in names}
    return Theme(root="/static/0123456789ab", assets=assets)
