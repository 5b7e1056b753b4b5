"""The whole story of an applicant in a browser: link, code, account, app, SMS as back-up, out, in again, one key less."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pyotp

from tests.browser.reader import APP, SMS, Reader
from tests.support.site import PASSWORD

PEOPLE = {"nl": "luc-vanderberg", "fr": "zoe-dubois", "de": "jurgen-mueller", "en": "marta-nowak"}
USERNAME = "grace.hopper"
PAGES = (
    "landing", "code", "account", "choose_key", "app_key", "done", "choose_key", "sms_key", "done", "keys", "signed_out",
    "sign_in", "sign_in_key", "keys", "remove_key", "keys", "signed_out",
)  # fmt: skip
Seen = Callable[[], None]


def until_first_key(one: Reader, seen: Seen) -> None:
    """From the link of the mail to an app that works."""
    site = one.site
    one.opens(site.link())
    seen()
    one.sends("/activate")
    seen()
    one.sends("/activate/code", code=site.code())
    seen()
    one.names_account(USERNAME)
    seen()
    one.chooses("totp")
    seen()
    one.sends(APP, otp=app_code(one, one.secret))
    seen()


def add_backup(one: Reader, seen: Seen) -> None:
    """A second key, by SMS, straight from the page that says that the first one works."""
    one.follows("/activate/key")
    seen()
    one.chooses("sms")
    seen()
    one.site.clock.advance(timedelta(minutes=1))
    one.site.tick()
    one.sends(SMS, otp=one.site.otp())
    seen()


def out_and_in_again(one: Reader, secret: str, seen: Seen) -> None:
    """Look at the keys, sign out, and sign in with the app."""
    one.follows("/keys")
    seen()
    one.sends("/keys/sign-out")
    seen()
    one.follows("/keys/sign-in")
    seen()
    sign_in(one, secret, seen)


def sign_in(one: Reader, secret: str, seen: Seen = lambda: None) -> None:
    """Password, then the digits of the app."""
    one.sends("/keys/sign-in", username=USERNAME, password=PASSWORD)
    seen()
    one.site.clock.advance(timedelta(seconds=31))  # the app shows the next digits
    one.sends("/keys/sign-in/key", otp=app_code(one, secret))
    seen()


def remove_backup(one: Reader, seen: Seen) -> None:
    """One key less, and out."""
    one.follows("/keys/remove/sms")
    seen()
    one.sends("/keys/remove/sms")
    seen()
    one.sends("/keys/sign-out")
    seen()


def whole(one: Reader, seen: Seen) -> str:
    """All of it; the secret of the app."""
    secrets: list[str] = []

    def looked() -> None:
        if one.name == "app_key":
            secrets.append(one.secret)
        seen()

    until_first_key(one, looked)
    add_backup(one, looked)
    out_and_in_again(one, secrets[0], looked)
    remove_backup(one, looked)
    return secrets[0]


def app_code(one: Reader, secret: str) -> str:
    """What the app shows now."""
    return pyotp.TOTP(secret).at(one.site.clock.now())
