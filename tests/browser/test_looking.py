"""The checks themselves: a page with a fault is found out, so that silence means something."""

from __future__ import annotations

import pytest

from tests.browser.keyboard import Keyboard
from tests.browser.looks import faults
from tests.support.chromium import PHONE, Chromium, Watch, Ways

pytestmark = pytest.mark.browser
BARE = '<!DOCTYPE html><html lang="nl"><head><title>A</title><meta name="viewport" content="width=device-width">{style}</head>'
PAGE = BARE + "<body><main><h1>A</h1>{body}</main></body></html>"
FAULTS = {
    "too wide": '<p style="width:400px">a</p>',
    "small target": '<a href="#x" style="display:block;width:20px;height:20px;overflow:hidden">a</a>',
    "has not one h1": "<h1>B</h1>",
    "the page says that it is in": "<script>document.documentElement.lang = 'xx'</script>",
    "its title is": '<div class="govuk-error-summary"></div>',
    "leads to no field": '<div class="govuk-error-summary"><a href="#nothing">a mistake of somebody</a></div>',
    "axe color-contrast": '<p style="color:#aaa;background:#fff">hardly to be read</p>',
    "axe label": "<input name=a style='width:50px;height:50px'>",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_page_with_a_fault_is_found_out(fault: str, chromium: Chromium) -> None:
    page = chromium.opened(Ways(PHONE), Watch("http://x"))

    page.set_content(PAGE.format(style="", body=FAULTS[fault]))

    assert any(fault in found for found in faults(page, "nl", axe=True)), faults(page, "nl", axe=True)


def test_a_page_without_a_fault_is_left_alone(chromium: Chromium) -> None:
    page = chromium.opened(Ways(PHONE), Watch("http://x"))

    page.set_content(PAGE.format(style="", body='<p>In a sentence <a href="#x">a link</a> is small.</p>'))

    assert faults(page, "nl", axe=True) == []


@pytest.mark.parametrize(
    ("style", "body", "fault"),
    [
        ("<style>a:focus { outline: none }</style>", '<a href="#x">a</a>', "nothing shows"),
        ("", '<a href="#x" style="position:absolute;left:-500px">a</a>', "cannot be seen"),
        (
            "",
            '<div style="display:flex;flex-direction:column-reverse"><a href="#a">a</a><br><a href="#b">b</a></div>',
            "jumps up",
        ),
    ],
    ids=["no-ring", "out-of-sight", "upwards"],
)
def test_a_focus_that_nobody_can_follow_is_found_out(style: str, body: str, fault: str, chromium: Chromium) -> None:
    page = chromium.opened(Ways(), Watch("http://x"))
    page.set_content(PAGE.format(style=style, body=body))
    keys = Keyboard(page)

    for _ in range(body.count("<a ")):
        keys.tab()

    assert any(fault in found for found in keys.wrong), keys.wrong


def test_a_request_that_leaves_the_site_a_script_that_fails_and_what_is_refused_are_heard(chromium: Chromium) -> None:
    watch = Watch("http://127.0.0.1:9")
    page = chromium.opened(Ways(), watch)
    policy = "<meta http-equiv='Content-Security-Policy' content=\"style-src 'none'\">"

    page.set_content(
        PAGE.format(style=policy, body='<img alt="" src="http://127.0.0.1:10/away.png"><p style="color:red">a</p>')
    )
    page.evaluate("setTimeout(() => { throw new Error('broken') })")
    page.wait_for_timeout(300)

    heard = "\n".join(watch.wrong)
    assert "asked elsewhere: http://127.0.0.1:10/away.png" in heard
    assert "broken" in heard
    assert "style-src" in heard
