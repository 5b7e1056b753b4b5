"""The page on which an app gets its key: the same until it is confirmed, and what scripts add to it (A19, A17)."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
import segno

from tests.browser.conftest import Readers
from tests.browser.reader import APP, KEY, Reader
from tests.browser.story import USERNAME, app_code
from tests.support.chromium import PHONE, Ways
from tests.support.site import PASSWORD, OpenSite

pytestmark = pytest.mark.browser
SHOW = "button[aria-controls=password]"


def at_the_app(site: OpenSite, one: Reader) -> Reader:
    """From the link to the page of the app."""
    site.issued()
    one.opens(site.link()).enters_code(site.code()).names_account(USERNAME).chooses("totp")
    assert one.name == "app_key"
    return one


def uri_of(one: Reader) -> str:
    """The address that opens the app on the same phone."""
    return str(one.page.locator('main a[href^="otpauth:"]').get_attribute("href"))


def test_the_secret_stays_after_a_refresh_a_mistake_and_a_look_at_the_other_key(
    site: OpenSite, reader: Readers
) -> None:
    one = at_the_app(site, reader())
    secret = one.secret

    one.page.reload()
    seen = [one.secret]
    one.sends(APP, otp="000")
    seen.append(one.secret)
    one.page.reload()
    seen.append(one.secret)
    one.follows(KEY)
    one.chooses("totp")
    seen.append(one.secret)
    one.sends(APP, otp=app_code(one, secret))

    assert seen == [secret] * 4
    assert one.name == "done"


def test_the_picture_holds_exactly_the_address_that_the_page_links_to(site: OpenSite, reader: Readers) -> None:
    one = at_the_app(site, reader(Ways(PHONE)))
    uri = uri_of(one)

    drawn = one.page.locator("main .qr svg path").last.get_attribute("d")
    made = re.findall(r'class="qrline"[^>]* d="([^"]+)"', segno.make(uri, error="m").svg_inline(border=4))

    assert [drawn] == made
    assert parse_qs(urlsplit(uri).query)["secret"] == [one.secret]
    assert one.page.locator("main .qr svg").bounding_box()["width"] >= 150
    assert one.page.locator("main .qr").get_attribute("aria-label")


def test_copy_puts_the_secret_without_spaces_on_the_clipboard_and_says_so(site: OpenSite, reader: Readers) -> None:
    one = reader()
    one.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    at_the_app(site, one)

    one.page.locator("details:has(#secret) summary").click()
    one.page.locator("button[data-copy]").click()
    one.page.wait_for_function("document.getElementById('secret-status').textContent")

    assert one.page.evaluate("navigator.clipboard.readText()") == one.secret
    assert one.page.locator("#secret-status").get_attribute("role") == "status"


def test_a_password_can_be_looked_at_and_leaves_hidden(site: OpenSite, reader: Readers) -> None:
    site.issued()
    one = reader()
    one.opens(site.link()).enters_code(site.code())
    field, button = one.page.locator("#password"), one.page.locator(SHOW)
    field.fill(PASSWORD)

    button.click()
    assert field.get_attribute("type") == "text"
    assert one.page.locator("#password-status").inner_text()
    button.click()
    assert field.get_attribute("type") == "password"
    button.click()
    one.page.evaluate("document.forms[0].addEventListener('submit', () => { sessionStorage.sent = password.type })")
    one.sends("/activate/account", username=USERNAME)

    assert one.page.evaluate("sessionStorage.sent") == "password"
    assert one.name == "choose_key"


def test_without_scripts_no_button_stands_there_that_does_nothing(site: OpenSite, reader: Readers) -> None:
    site.issued()
    one = reader(Ways(scripts=False))
    one.opens(site.link()).enters_code(site.code())
    assert not one.page.locator(SHOW).is_visible()

    one.names_account(USERNAME).chooses("totp")

    one.page.locator("details:has(#secret) summary").click()
    assert one.page.locator("#secret").is_visible()
    assert not one.page.locator("button[data-copy]").is_visible()
    assert one.secret in uri_of(one)


def test_a_phone_that_offers_the_code_fills_it_in_and_sends_nothing(site: OpenSite, reader: Readers) -> None:
    site.issued()
    one = reader(Ways(PHONE))
    one.page.add_init_script(
        "window.OTPCredential = class {}; navigator.credentials.get = async asked => ({code: '#' + asked.otp.transport[0]});"
    )

    one.opens(site.link()).sends("/activate")
    one.page.wait_for_function("document.getElementById('code').value")

    assert one.page.locator("#code").input_value() == "#sms"
    assert one.path == "/activate/code"


def test_a_phone_that_refuses_to_offer_it_changes_nothing(site: OpenSite, reader: Readers) -> None:
    site.issued()
    one = reader(Ways(PHONE))
    one.page.add_init_script(
        "window.OTPCredential = class {}; navigator.credentials.get = () => Promise.reject(new DOMException('no', 'AbortError'));"
    )

    one.opens(site.link()).enters_code(site.code())

    assert one.name == "account"


@pytest.mark.parametrize("field", ["code", "otp"])
def test_what_is_pasted_is_taken_whole(field: str, site: OpenSite, reader: Readers) -> None:
    site.issued()
    one = reader()
    one.opens(site.link()).sends("/activate")
    if field == "code":
        one.sends("/activate/code", code=f"  {site.code().lower().replace(' ', '-')}\t")
        assert one.name == "account"
        return
    one.sends("/activate/code", code=site.code())
    one.names_account(USERNAME).chooses("totp")
    digits = app_code(one, one.secret)

    one.sends(APP, otp=f" {digits[:3]} {digits[3:]} ")

    assert one.name == "done"
