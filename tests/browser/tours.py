"""Tours through every page and state that an applicant can come to, each told by name to whoever looks; nobody in them exists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pyotp

from bisdesk.demo.stage import ANNA, BART
from tests.browser.reader import ACCOUNT, APP, CODE, KEY, SMS, Reader
from tests.browser.story import USERNAME, app_code, sign_in
from tests.support.site import PASSWORD, START
from workflow import activations, activations_delivery, issuing
from workflow.calendar import brussels_date
from workflow.intake import parse_submission
from workflow.model import Issuer, Reason

WRONG = ("ABCDE" * 4, "BBCDE" * 4, "CBCDE" * 4)
MINUTE = timedelta(minutes=1)
TEN_YEARS = timedelta(days=3655)  # and a few days
STATUS, REFERENCE, SIGN_IN = "/activate/status", "/activate/reference", "/keys/sign-in"
Look = Callable[[str], None]


def of_the_link(one: Reader, look: Look) -> None:
    """What a link leads to, from the first day to the day after the last."""
    site = one.site
    first = site.link()
    one.opens(first)
    look("landing")
    site.clock.set(START + timedelta(days=14))
    one.opens(first)
    look("landing on the last day")
    site.clock.set(START + timedelta(days=31))
    one.opens(first)
    look("blocked by time")
    site.clock.set(START + timedelta(days=15))
    one.opens(first)
    look("expired")
    one.sends("/activate/renew")
    look("renewed")
    site.tick()
    one.opens(first)
    look("replaced")
    one.opens(f"{'x' * 43}")
    look("unknown")
    site.stage.act(BART, lambda door: activations.cancel(door, site.ref, Reason("death")))
    one.opens(site.link())
    look("ended")


def of_the_code(one: Reader, look: Look) -> None:
    """The code with each mistake, to the block."""
    one.opens(one.site.link()).sends("/activate")
    look("code")
    one.sends(CODE, code="")
    look("code missing")
    one.sends(CODE, code="12345")
    look("code malformed")
    one.sends(CODE, code=WRONG[0])
    look("code wrong")
    one.sends(CODE, code=WRONG[1])
    look("code, the last try")
    one.sends(CODE, code=WRONG[2])
    look("blocked by tries")
    one.goes(STATUS).sends(STATUS, reference=one.site.ref, email=_address(one))
    look("status_shown of what is blocked")


def of_the_office(one: Reader, look: Look) -> None:
    """A code on paper, from an office that gives out no new link, for somebody without a mobile."""
    site, stage = one.site, one.site.stage
    raw = {**stage.person("siobhan-kelly"), "contact": {"email": "s@example.com", "language": one.ways.language}}
    submission = parse_submission(raw, today=brussels_date(stage.now), complete=False)
    minted = stage.app.mint(stage.now)
    at_office = partial(issuing.issue_at_office, insz="92513000130", issuer=Issuer.MUNICIPALITY, minted=minted)
    ref = stage.act(ANNA, lambda door: at_office(door, submission)).ref
    site.tick()
    one.opens(site.link())
    look("not_ready")
    code = stage.act(ANNA, lambda door: activations_delivery.print_letter(door, ref))
    one.opens(site.link())
    look("landing with a letter")
    site.clock.set(START + timedelta(days=16))
    one.opens(site.link())
    look("expired for good")
    site.clock.set(START)
    one.opens(site.link()).sends("/activate")
    look("code on paper")
    one.sends(CODE, code=code)
    one.names_account(USERNAME)
    look("choose_key without a mobile")
    one.opens(site.link())
    look("used, to be finished at the office")


def of_references(one: Reader, look: Look) -> None:
    """Typing a reference, and asking how far it is."""
    site = one.site
    one.goes("/activate")
    look("reference")
    one.sends(REFERENCE, reference="")
    look("reference missing")
    one.sends(REFERENCE, reference="AC-2026-1")
    look("reference malformed")
    one.sends(REFERENCE, reference=site.ref)
    look("reference_sent")
    one.goes(STATUS)
    look("status")
    one.sends(STATUS, reference="", email="")
    look("status missing")
    one.sends(STATUS, reference="AC-2026-12345-7Q", email="nobody@example.com")
    look("status of nothing")
    one.sends(STATUS, reference=site.ref, email=_address(one))
    look("status_shown")


def of_a_stranger(one: Reader, look: Look) -> None:
    """Somebody did not ask for this."""
    token = one.site.link()
    one.opens(token).follows("/activate/not-me")
    look("not_me")
    one.sends("/activate/not-me")
    look("not_me_done")
    one.opens(token)
    look("frozen")
    one.goes(STATUS).sends(STATUS, reference=one.site.ref, email=_address(one))
    look("status_shown of what is frozen")


def of_setting_up(one: Reader, look: Look) -> None:
    """From the code to a key, with every mistake that is made there."""
    site, first = one.site, one.site.link()
    one.opens(first).enters_code(site.code())
    look("account")
    one.sends(ACCOUNT, username="a", password="short")
    look("account too short")
    one.sends(ACCOUNT, username="grace hopper", password="wachtwoord123")
    look("account odd")
    one.names_account(USERNAME)
    look("choose_key")
    one.sends(KEY)
    look("choose_key missing")
    one.chooses("totp")
    look("app_key")
    one.sends(APP, otp="")
    look("app_key missing")
    one.sends(APP, otp="12")
    look("app_key malformed")
    one.sends(APP, otp=_not(app_code(one, one.secret)))
    look("app_key wrong")
    one.follows(KEY)
    one.chooses("sms")
    look("sms_key in the pause")
    site.clock.advance(MINUTE)
    site.tick()
    one.sends(SMS, otp=_not(site.otp()))
    look("sms_key wrong")
    one.opens(first)
    look("used, unfinished")
    one.goes(SMS).sends(SMS, otp=site.otp())
    look("done by SMS")
    one.follows(KEY)
    look("choose_key as back-up")
    one.opens(first)
    look("used, finished")


def of_resuming(one: Reader, look: Look) -> None:
    """A set-up that was left, and how it goes on."""
    site, first = one.site, one.site.link()
    one.opens(first).enters_code(site.code()).names_account(USERNAME)
    site.clock.advance(31 * MINUTE)
    one.goes(KEY)
    look("signed_out while setting up")
    one.opens(first).sends("/activate/resume/ask")
    look("resume_sent")
    site.tick()
    one.opens(site.link())
    look("resume in the pause")
    one.sends("/activate/resume", otp="")
    look("resume missing")
    site.clock.advance(MINUTE)
    one.sends("/activate/resume", otp=_not(site.otp()))
    look("resume wrong")
    site.clock.advance(timedelta(days=2))
    one.opens(site.link())
    look("resume_over")


def of_own_keys(one: Reader, look: Look) -> None:
    """Done, both keys, one less, out, in again, out by itself, not me, and the end after ten years."""
    first = one.site.link()
    secret = _activated(one)
    look("done")
    one.follows(KEY)
    one.chooses("sms")
    one.site.clock.advance(MINUTE)
    one.site.tick()
    one.sends(SMS, otp=one.site.otp())
    look("done with both")
    one.follows("/keys")
    look("keys")
    one.follows("/keys/remove/sms")
    look("remove_key")
    one.sends("/keys/remove/sms")
    look("keys, one removed")
    one.sends("/keys/sign-out")
    look("signed_out")
    one.goes(SIGN_IN)
    sign_in(one, secret)
    one.site.clock.advance(31 * MINUTE)
    one.goes("/keys")
    look("signed_out by itself")
    one.goes(STATUS).sends(STATUS, reference=one.site.ref, email=_address(one))
    look("status_shown of what is done")
    one.site.tick()
    one.opens(one.site.link())
    look("not_me, said of keys")
    one.site.clock.advance(32 * 24 * 60 * MINUTE)
    one.opens(one.site.link())
    look("not_me_over")
    one.site.clock.set(START + TEN_YEARS)
    one.opens(first)
    look("ended with the last key")


def of_signing_in(one: Reader, look: Look) -> None:
    """Signing in with an app and by SMS, with every mistake, to the lock."""
    site = one.site
    secret = _activated(one)
    one.follows(KEY)
    one.chooses("sms")
    site.clock.advance(MINUTE)
    site.tick()
    one.sends(SMS, otp=site.otp())
    one.goes(SIGN_IN)
    look("sign_in")
    one.sends(SIGN_IN, username=USERNAME, password="not the password")
    look("sign_in wrong")
    one.sends(SIGN_IN, username=USERNAME, password=PASSWORD)
    look("sign_in_key of the app")
    one.sends("/keys/sign-in/key", otp="")
    look("sign_in_key missing")
    one.follows("/keys/sign-in/key?kind=sms")
    look("sign_in_key by SMS")
    one.sends("/keys/sign-in/sms")
    look("sign_in_key in the pause")
    one.sends("/keys/sign-in/key", otp=_not(pyotp.TOTP(secret).at(site.clock.now())))
    look("sign_in_key wrong")
    one.goes("/keys/sign-in/key")
    for _ in range(2):
        one.sends("/keys/sign-in/key", otp=_not(app_code(one, secret)))
    look("sign_in_key locked")
    one.goes(SIGN_IN)
    for _ in range(5):
        one.sends(SIGN_IN, username=USERNAME, password="not the password")
    look("sign_in locked")


def of_trouble(one: Reader, look: Look) -> None:
    """What is answered when something went wrong on the way."""
    one.goes("/activate/nowhere")
    look("trouble: not found")
    one.goes(REFERENCE)
    one.page.context.clear_cookies()
    one.sends(REFERENCE, reference=one.site.ref)
    look("trouble: a form of another browser")
    for _ in range(11):
        one.goes(REFERENCE).sends(REFERENCE, reference="AC-2026-12345-7Q")
    look("trouble: too many")


TOURS = {
    "link": of_the_link, "code": of_the_code, "office": of_the_office, "references": of_references,
    "stranger": of_a_stranger, "setting-up": of_setting_up, "resuming": of_resuming, "own-keys": of_own_keys,
    "signing-in": of_signing_in, "trouble": of_trouble,
}  # fmt: skip


def _activated(one: Reader) -> str:
    """From the link to an app that works; its secret."""
    one.opens(one.site.link()).enters_code(one.site.code()).names_account(USERNAME).chooses("totp")
    secret = one.secret
    one.sends(APP, otp=app_code(one, secret))
    return secret


def _address(one: Reader) -> str:
    return next(letter.to for letter in one.site.letters if letter.channel == "mail" and "/a/" in letter.text)


def _not(otp: str) -> str:
    """Six other digits."""
    return f"{(int(otp) + 1) % 1_000_000:06}"
