"""Back and reload, which browsers offer and people use: they never break the way on and never cost a try (A12)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.browser.conftest import Readers
from tests.browser.reader import APP, CODE, KEY, SMS, Reader
from tests.browser.story import USERNAME, app_code, sign_in
from tests.support.chromium import Ways
from tests.support.site import OpenSite

pytestmark = pytest.mark.browser
WRONG = "ABCDE" * 4
BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
TROUBLE = "trouble"


def back(one: Reader) -> Reader:
    """The button of the browser; no page of ours is the answer to a form, so that none asks whether to send it again."""
    one.page.go_back()
    one.keys.turned()
    return one


def tries(site: OpenSite, ref: str) -> int:
    """How many tries were counted so far."""
    return site.events(ref).count("activation.try_counted")


@BOTH
def test_a_reload_after_a_wrong_code_is_no_other_try(scripts: bool, site: OpenSite, reader: Readers) -> None:
    ref = site.issued()
    one = reader(Ways(scripts=scripts))
    one.opens(site.link()).enters_code(WRONG)
    told = one.mistakes

    for _ in range(3):
        one.page.reload()

    assert one.mistakes == told
    assert one.name == "code"
    assert site.tries_left(ref) == 2


@BOTH
def test_back_after_a_wrong_code_shows_the_page_and_costs_nothing(
    scripts: bool, site: OpenSite, reader: Readers
) -> None:
    ref = site.issued()
    one = reader(Ways(scripts=scripts))
    one.opens(site.link()).enters_code(WRONG)

    back(one)
    assert one.name == "code"
    one.sends(CODE, code=site.code())

    assert one.name == "account"
    assert tries(site, ref) == 2


def test_a_reload_after_the_block_says_the_same(site: OpenSite, reader: Readers) -> None:
    ref = site.issued()
    one = reader()
    one.opens(site.link()).sends("/activate")
    for first in "ABC":
        one.sends(CODE, code=first + WRONG[1:])
    assert one.name == "blocked"

    one.page.reload()
    assert one.name == "blocked"
    back(one)

    assert one.name == "blocked"
    assert tries(site, ref) == 3


@BOTH
def test_back_after_each_step_leads_on_again(scripts: bool, site: OpenSite, reader: Readers) -> None:
    ref = site.issued()
    one = reader(Ways(scripts=scripts))
    went: list[tuple[str, str]] = []

    def there_and_back() -> None:
        before = one.name
        back(one)
        went.append((before, one.name))
        one.page.go_forward()
        assert one.name == before, went

    one.opens(site.link()).sends("/activate")
    there_and_back()
    one.sends(CODE, code=site.code())
    there_and_back()
    one.names_account(USERNAME)
    there_and_back()
    one.chooses("totp")
    there_and_back()
    secret = one.secret
    one.sends(APP, otp=app_code(one, secret))
    there_and_back()

    assert TROUBLE not in {name for pair in went for name in pair}
    assert site.state(ref) == "active"
    assert tries(site, ref) == 1


def test_back_to_a_wrong_code_after_the_right_one_leads_on_and_costs_nothing(site: OpenSite, reader: Readers) -> None:
    ref = site.issued()
    one = reader()
    one.opens(site.link()).enters_code(WRONG)
    one.sends(CODE, code=site.code())
    assert one.name == "account"

    back(one)

    assert one.name not in ("code", TROUBLE)
    assert tries(site, ref) == 2
    assert one.goes("/activate/account").name == "account"


def test_back_to_the_code_after_it_was_right_does_not_ask_for_it_again(site: OpenSite, reader: Readers) -> None:
    ref = site.issued()
    one = reader()
    one.opens(site.link()).enters_code(site.code())

    back(one)
    if one.name == "code":
        one.sends(CODE, code=site.code())
    assert one.name not in ("code", TROUBLE)
    one.goes("/activate/account")

    assert one.name == "account"
    assert site.state(ref) == "profile_activated"


def test_back_after_done_and_the_same_digits_again_are_no_trouble(site: OpenSite, reader: Readers) -> None:
    site.issued()
    one = reader()
    one.opens(site.link()).enters_code(site.code()).names_account(USERNAME).chooses("totp")
    digits = app_code(one, one.secret)
    one.sends(APP, otp=digits)

    back(one)
    if one.name == "app_key":
        one.sends(APP, otp=digits)

    assert one.name == "done"


def test_back_after_signing_out_shows_no_key(site: OpenSite, reader: Readers) -> None:
    site.issued()
    one = reader()
    one.opens(site.link()).enters_code(site.code()).names_account(USERNAME).chooses("totp")
    secret = one.secret
    one.sends(APP, otp=app_code(one, secret))
    one.follows("/keys")
    one.sends("/keys/sign-out")

    back(one)
    assert one.name == "sign_in"
    sign_in(one, secret)
    back(one)

    assert one.name in ("keys", "sign_in"), "who is in is led on"
    assert one.goes("/keys").name == "keys"


def test_a_reload_where_an_sms_was_asked_for_sends_no_second_one(site: OpenSite, reader: Readers) -> None:
    site.issued()
    one = reader()
    one.opens(site.link()).enters_code(site.code()).names_account(USERNAME).chooses("sms")
    came = len([letter for letter in site.tick() if letter.channel == "SMS"])

    one.page.reload()
    back(one)
    one.chooses("sms")
    more = [letter for letter in site.tick() if letter.channel == "SMS"]

    assert (one.name, came, more) == ("sms_key", 1, [])
    site.clock.advance(timedelta(minutes=1))
    one.sends(SMS, otp=site.otp())
    assert one.name == "done"


def test_a_mind_that_changes_to_and_fro_within_a_minute_is_asked_for_no_account_again(
    site: OpenSite, reader: Readers
) -> None:
    site.issued()
    one = reader()
    one.opens(site.link()).enters_code(site.code()).names_account(USERNAME).chooses("sms")

    one.follows(KEY)
    one.chooses("totp")
    one.follows(KEY)
    one.chooses("sms")

    assert one.name in ("sms_key", "choose_key")
