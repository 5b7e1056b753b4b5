"""The mail is opened here and finished there: nothing of an activation lives in a browser (A2, A16)."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from xml.etree import ElementTree

import pytest
import segno

from tests.browser.conftest import Readers
from tests.browser.reader import APP, SMS, Reader
from tests.browser.story import USERNAME, app_code, until_first_key
from tests.support.chromium import DESK, PHONE, Ways
from tests.support.site import OpenSite

pytestmark = pytest.mark.browser
ON_THE_PHONE = 'main details img[src="/activate/handover.svg"]'


def test_a_link_opened_on_a_desk_is_finished_on_the_phone_that_scans_its_picture(
    site: OpenSite, reader: Readers
) -> None:
    ref = site.issued()
    desk, phone = reader(Ways(DESK)), reader(Ways(PHONE))
    desk.opens(site.link())
    address = f"{site.base}/a/{site.link()}"

    desk.page.locator("main summary").first.click()
    desk.page.locator(ON_THE_PHONE).scroll_into_view_if_needed()
    shown = desk.page.locator(ON_THE_PHONE)
    shown.evaluate("it => it.decode()")
    picture = desk.page.context.request.get(f"{site.base}/activate/handover.svg").body()
    assert _drawn(picture) == _drawn(_picture(address))
    assert min(shown.bounding_box()["width"], shown.evaluate("it => it.naturalWidth")) >= 150
    phone.goes(address.removeprefix(site.base))

    assert phone.name == "landing"
    until_first_key(phone, lambda: None)
    assert site.state(ref) == "active"
    assert desk.goes("/activate").name == "used"


def test_both_browsers_work_side_by_side_until_one_has_entered_the_code(site: OpenSite, reader: Readers) -> None:
    ref = site.issued()
    desk, phone = reader(Ways(DESK)), reader(Ways(PHONE))
    for one in (desk, phone):
        one.opens(site.link()).sends("/activate")
    assert (desk.name, phone.name) == ("code", "code")

    phone.sends("/activate/code", code=site.code())
    desk.sends("/activate/code", code=site.code())

    assert (phone.name, desk.name) == ("account", "used")
    assert site.events(ref).count("activation.try_counted") == 1
    assert site.state(ref) == "profile_activated"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_setup_that_was_left_goes_on_in_another_browser_through_reference_mail_and_sms(
    scripts: bool, site: OpenSite, reader: Readers
) -> None:
    ref = site.issued()
    left, other = reader(), reader(Ways(PHONE, scripts=scripts))
    left.opens(site.link()).enters_code(site.code()).names_account(USERNAME)
    site.clock.advance(timedelta(hours=5))

    other.goes("/activate").sends("/activate/reference", reference=ref.lower())
    assert other.name == "reference_sent"
    site.tick()
    other.opens(site.link())
    assert other.name == "resume"
    other.sends("/activate/resume", otp=site.otp())
    assert other.name == "choose_key", "the account is named already and is not asked for again"
    other.chooses("totp").sends(APP, otp=app_code(other, other.secret))

    assert other.name == "done"
    assert site.state(ref) == "active"


def test_somebody_who_comes_back_by_sms_needs_no_scripts_to_get_a_second_one(site: OpenSite, reader: Readers) -> None:
    site.issued()
    one = reader(Ways(PHONE, scripts=False))
    one.opens(site.link()).enters_code(site.code()).names_account(USERNAME).chooses("sms")
    site.tick()
    first = site.otp()
    assert not _can_ask_again(one), "a pause of a minute is told, not offered"

    site.clock.advance(timedelta(minutes=1))
    one.goes(SMS).sends(f"{SMS}/again")
    site.tick()
    assert site.otp() != first
    one.sends(SMS, otp=first)

    assert one.name == "done", "the older code works on in its own time"


def _can_ask_again(one: Reader) -> bool:
    return one.page.locator(f'form[action="{SMS}/again"]').count() > 0


def _picture(text: str) -> bytes:
    out = BytesIO()
    segno.make(text, error="m").save(out, kind="svg", scale=4, border=4, light="#fff", xmldecl=False)
    return out.getvalue()


def _drawn(svg: bytes) -> str:
    """The modules of a code as they are drawn, whatever stands around them. Raises: AssertionError where it is no SVG."""
    root = ElementTree.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg", "a browser draws no picture without its namespace"
    return [
        path.attrib["d"]
        for path in root.iter()
        if path.attrib.get("class", "qrline") == "qrline" and "d" in path.attrib
    ][-1]
