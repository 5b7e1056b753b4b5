"""A newcomer's way from the command in the README to an active key, in real time: `make trial`.

It runs `bisdesk demo` as a terminal would, opens the mailbox, follows the link and activates a key, by app and by SMS at once.
`--language fr`, `--clone` (from a fresh clone, by `make demo`), `--write` (docs/trial.md, in four languages).
"""

from __future__ import annotations

import argparse
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pyotp
from playwright.sync_api import Browser, Page, sync_playwright

from bisdesk.demo.stage import CODE, OTP
from tests.support.browser import found
from tests.support.chromium import QUIET
from tests.support.generate import ROOT
from tests.support.trial_person import (
    INVENT_NAME_S,
    INVENT_PASSWORD_S,
    OPEN_APP_AND_SCAN_S,
    TAKE_PHONE_S,
    Deed,
    Newcomer,
)
from tests.support.trial_report import page as report_page

LANGUAGES = ("nl", "fr", "de", "en")
WAYS = ("app", "sms")
COMMAND = "make demo"
SECRET = re.compile(r"secret=([A-Z2-7]{32})")
BOX = re.compile(r"/demo/phone\?of=([0-9a-f]+)")
ANSI = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class Trial:
    """What one run found."""

    language: str
    way: str
    opened_s: float  # from the command to the line that says what to open
    mail_words: int
    deeds: tuple[Deed, ...] = field(repr=False)

    @property
    def seconds(self) -> float:
        """From the click on the link to the page that says that the key is active."""
        return next(deed.at_s for deed in self.deeds if deed.page == "done")


def main() -> int:
    """Run and tell; 1 where a way took two minutes or more."""
    options = _options()
    languages = LANGUAGES if options.write else (options.language,)
    trials = [trial for language in languages for trial in _both(language, clone=options.clone)]
    text = report_page(trials, readme_words=_readme_words())
    print(text)
    if options.write:
        (ROOT / "docs" / "trial.md").write_text(text, encoding="utf-8")
    return int(any(trial.seconds >= 120 for trial in trials))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.support.trial", description=__doc__)
    parser.add_argument("--language", choices=LANGUAGES, default="nl")
    parser.add_argument("--clone", action="store_true", help="from a fresh clone of what is committed")
    parser.add_argument("--write", action="store_true", help="every language, and docs/trial.md")
    return parser.parse_args()


def _both(language: str, *, clone: bool) -> list[Trial]:
    with ThreadPoolExecutor(len(WAYS)) as threads:
        return list(threads.map(lambda way: _trial(language, way, clone=clone), WAYS))


def _trial(language: str, way: str, *, clone: bool) -> Trial:
    print(f"{language}, {way}: begins", file=sys.stderr)
    program = found()
    if program is None:
        raise RuntimeError("This needs Chromium: install the package chromium, then run the command again.")
    with tempfile.TemporaryDirectory(prefix="bisdesk-trial-") as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        with _demo(Path(folder), clone=clone) as (address, opened_s):
            one, mail_words = _before_the_link(browser, address, language)
            phone = browser.new_page(viewport={"width": 390, "height": 844})
            phone.goto(f"{address}?of={one.box}")
            _to_the_code(one, phone)
            _to_the_key(one, phone, way)
            return Trial(language, way, opened_s, mail_words, tuple(one.deeds))


def _before_the_link(browser: Browser, address: str, language: str) -> tuple[Newcomer, int]:
    """Open the mailbox that the command named, and read the mail up to its link; seconds count from the click on it."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}, locale=f"{language}-BE").new_page()
    page.goto(f"{address}?lang={language}")
    one = Newcomer(page, Random(language), box=BOX.findall(page.content())[-1])
    link = page.locator(".letter--mail a[href*='/a/']").first
    one.reads_to(link, "the link of the mail")
    words = one.deeds[-1].words
    one.begins()
    with page.context.expect_page() as opened:
        one.clicks(link, "the link of the mail")
    one.page = opened.value  # as from a mail programme
    one.page.wait_for_load_state()
    return one, words


def _to_the_code(one: Newcomer, phone: Page) -> None:
    page = one.page
    _goes_on(one, "/activate", "Continue")
    one.reads_to(page.locator("#code"), "the field of the code")
    one.looks_at_phone("takes the phone and opens the SMS", TAKE_PHONE_S)
    code = _newest(phone, CODE)
    assert code
    one.types(page.locator("#code"), code, "the activation code", shown_by_phone=True)
    _goes_on(one, "/activate/code", "Check code")
    one.reads_to(page.locator("#username"), "the user name")
    one.decides("thinks of a user name", INVENT_NAME_S)
    one.types(page.locator("#username"), "marta.nowak", "a user name")
    one.reads_to(page.locator("#password"), "the password")
    one.decides("thinks of a password", INVENT_PASSWORD_S)
    one.types(page.locator("#password"), "zomer fiets lantaarn", "a password", next_field=True)
    _goes_on(one, "/activate/account", "Continue")


def _to_the_key(one: Newcomer, phone: Page, way: str) -> None:
    page = one.page
    one.reads_to(page.locator('form[action="/activate/key"] button'), "the end of the choices")
    one.decides("chooses a key")
    kind = {"app": "totp", "sms": "sms"}[way]
    one.clicks(page.locator(f'.govuk-radios__item:has([value="{kind}"]) label'), f"the key by {way}")
    _goes_on(one, "/activate/key", "Continue")
    if way == "app":
        one.reads_to(page.locator(".qr"), "the QR code")
        one.looks_at_phone("opens the app and scans the QR code", OPEN_APP_AND_SCAN_S)
        one.reads_to(page.locator("#otp"), "the field of the six digits")
        found_secret = SECRET.search(page.content())
        assert found_secret
        otp = pyotp.TOTP(found_secret[1]).now()
    else:
        one.reads_to(page.locator("#otp"), "the field of the six digits")
        otp = _awaited(one, phone)
    one.types(page.locator("#otp"), otp, f"the six digits of the {way}", shown_by_phone=True)
    _goes_on(one, f"/activate/key/{way}", "Activate key")
    assert one.here == "done", one.here
    one.reads_to(page.locator("h1"), "what the page says")


def _goes_on(one: Newcomer, action: str, label: str) -> None:
    button = one.page.locator(f'form[action="{action}"] button[type=submit]').first
    one.reads_to(button, "the button")
    one.clicks(button, f"the button ({label})", leads=True)


def _awaited(one: Newcomer, phone: Page) -> str:
    """The six digits, as soon as the SMS is there."""
    began = time.monotonic()
    for _ in range(120):
        if otp := _newest(phone, OTP):
            one.waits("waits for the SMS", began)
            return otp
        time.sleep(0.5)
    raise RuntimeError("no SMS came")


def _newest(phone: Page, wanted: re.Pattern[str]) -> str:
    """What the newest SMS says, as the phone shows it."""
    phone.reload()
    texts = phone.locator(".letter--sms").all_inner_texts()
    return next((code.group() for text in texts if (code := wanted.search(text.partition("\n")[2]))), "")


@contextmanager
def _demo(folder: Path, *, clone: bool) -> Iterator[tuple[str, float]]:
    """The documented command in a terminal of its own; the address that it names, and the seconds until then."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command, where = [str(ROOT / ".venv/bin/bisdesk"), "demo", "--port", str(port)], folder
    if clone:
        where = folder / "bisdesk"
        subprocess.run(["git", "clone", "-q", str(ROOT), str(where)], check=True)
        command = ["make", "demo", f"PORT={port}"]
    began = time.monotonic()
    terminal, its_side = pty.openpty()
    running = subprocess.Popen(
        command, cwd=where, stdin=its_side, stdout=its_side, stderr=its_side, start_new_session=True,
        env=os.environ | {"BISDESK_HOME": str(folder / "home"), "TERM": "dumb", "COLUMNS": "200"},
    )  # fmt: skip
    os.close(its_side)
    try:
        yield _named(terminal), time.monotonic() - began
    finally:
        os.killpg(running.pid, signal.SIGINT)
        running.wait(30)
        os.close(terminal)


def _named(terminal: int) -> str:
    """The address of the mailbox, as the command tells it; whatever else it says is read on, so that it never has to wait."""
    said = ""
    while not (told := re.search(r"Open (http://\S+/demo/phone)", ANSI.sub("", said))):
        said += os.read(terminal, 1 << 16).decode(errors="replace")
    threading.Thread(target=_drain, args=(terminal,), daemon=True).start()
    return told[1]


def _drain(terminal: int) -> None:
    with suppress(OSError):
        while os.read(terminal, 1 << 16):
            pass


def _readme_words() -> int:
    """How much there is to read before the command."""
    return len((ROOT / "README.md").read_text(encoding="utf-8").partition(COMMAND)[0].split())


if __name__ == "__main__":
    sys.exit(main())
