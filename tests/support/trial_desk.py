"""A request filed from the zone of a card, claimed and approved, in real time and by hand: `make trial-desk`.

The officers read, point, type and make up their minds as trial_person.py says, and clicks are counted.
`--write` writes docs/trial-desk.md.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from playwright.sync_api import Browser, Locator, Page, sync_playwright

from bench.report import machine
from tests.support.browser import found
from tests.support.chromium import QUIET
from tests.support.filer import ANSWERS, PAPERS, ZONE
from tests.support.generate import ROOT
from tests.support.site import OpenSite, open_site
from tests.support.trial_person import WORDS_A_MINUTE, Deed, Newcomer

FROM_ZONE = frozenset({"person.familyName", "person.otherGivenNames", "document.number"})
CHOOSE_FILE_S = 6.0  # in the dialogue of the system: the folder, the file
LOOK_AT_CARD_S = 1.5  # for each value that is typed from it
MOST_S, MOST_TO_CLAIM, MOST_TO_APPROVE = 240, 1, 3
INTRODUCTION = """\
<!-- Written by `make trial-desk TRIAL=--write`; the seconds are those of one run on one machine. -->

# Filing, claiming and approving a request: a trial

An end user files a complete request with the zone of an identity card, and a colleague of the service desk claims and
approves it, in a real browser and in real time. How a person reads, points, types and hesitates stands in
[trial.md](trial.md); an officer also looks {look} s at the card for each value that is typed from it, and takes
{file:.0f} s to choose a file. Who has filed before reads what each field is called, and not why it is asked.

    make trial-desk
    make trial-desk TRIAL=--write          and this page

| What | Seen | At most |
|---|---|---|
"""


# What an officer who has filed before looks for on a page: what is asked, not why.
LABEL = """target => {
  const group = target.closest('.govuk-form-group') ?? target;
  return (group.querySelector('legend, label') ?? group).textContent.replace(/\\s+/g, ' ').trim();
}"""
FOOTER = re.compile(r"Pagina (\w+)")


@dataclass
class Counted(Newcomer):
    """A person whose clicks are counted; who has filed before reads what is asked, and nothing else."""

    practised: bool = False
    count: int = field(default=0)

    @property
    def here(self) -> str:
        """The name of the page, as its footer tells it."""
        told = FOOTER.search(self.page.locator("footer").inner_text())
        return told[1] if told else ""

    def reads_to(self, target: Locator, what: str) -> None:
        """Read on to something, or, with practice, what it is called."""
        if not self.practised:
            super().reads_to(target, what)
            return
        words = len(str(target.evaluate(LABEL)).split())
        self._does(f"reads {what}", reading_s=words * 60 / WORDS_A_MINUTE, words=words)

    def clicks(self, target: Locator, what: str, *, leads: bool = False) -> None:
        """Move the pointer there and click."""
        self.count += 1
        super().clicks(target, what, leads=leads)


def main() -> int:
    """Run and tell; 1 where something took longer, or more clicks, than it may."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.trial_desk", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/trial-desk.md")
    options = parser.parse_args()
    program = found()
    if program is None:
        raise RuntimeError("This needs Chromium: install the package chromium, then run the command again.")
    first, claimed, approved = _run(program, practised=False)
    again, _, _ = _run(program, practised=True)
    text = _report(first, again, claimed, approved)
    print(text)
    if options.write:
        (ROOT / "docs" / "trial-desk.md").write_text(text, encoding="utf-8")
    return int(again.deeds[-1].at_s > MOST_S or claimed > MOST_TO_CLAIM or approved > MOST_TO_APPROVE)


def _run(program: str, *, practised: bool) -> tuple[Counted, int, int]:
    """One request, in an installation of its own; the officer, and the clicks to claim and to approve it."""
    with (
        tempfile.TemporaryDirectory(prefix="bisdesk-trial-") as folder,
        sync_playwright() as playwright,
        open_site(Path(folder) / "home") as site,
    ):
        browser = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        anna, ref = _files(browser, site, Path(folder), practised=practised)
        return anna, *_decides(browser, site, ref)


def _signed_in(browser: Browser, site: OpenSite, name: str) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 800}, locale="nl-BE").new_page()
    page.goto(f"{site.base}/desk")
    page.get_by_role("button", name=name).click()
    page.wait_for_url("**/desk/work")
    return page


def _files(browser: Browser, site: OpenSite, folder: Path, *, practised: bool) -> tuple[Counted, str]:
    page = _signed_in(browser, site, "Anna Peeters")
    anna = Counted(page, Random("anna"), box="", practised=practised)
    anna.begins()
    anna.clicks(page.get_by_role("link", name="Nieuwe aanvraag"), "new request", leads=True)
    for condition in ("notBelgian", "notDomiciledInBelgium", "noValidEid"):
        _chooses(anna, f"eligibility.{condition}", "yes")
    _chooses(anna, "kind", "registration")
    _goes_on(anna)
    ref = page.url.split("/")[5]
    for sheet in ANSWERS:
        _fills(anna, sheet, folder)
    _goes_on(anna)
    assert site.state(ref) == "submitted"
    anna.reads_to(page.locator("h1"), "that it is filed")
    return anna, ref


def _fills(anna: Counted, sheet: str, folder: Path) -> None:
    page = anna.page
    if sheet == "zone":
        anna.reads_to(page.locator("[id='document.mrz']"), "the zone")
        anna.types(page.locator("[id='document.mrz']"), ZONE, "the zone from the card")
        _goes_on(anna)
        link = page.locator("main a.govuk-button")
        anna.reads_to(link, "what was read")
        anna.clicks(link, "continue", leads=True)
        return
    for name, value in ANSWERS[sheet].items():
        box = page.locator(f"main [name='{name}']")
        kind = box.first.evaluate("it => it.type")
        if kind == "radio":
            _chooses(anna, name, value)
        elif kind == "select-one":
            anna.reads_to(box, name)
            anna.clicks(box, f"the list {name}")
            anna.looks_at_phone("types the first letters of the country", 1.5)
            box.select_option(value)
        elif not (sheet == "names" and name in FROM_ZONE) and box.input_value() != value:
            anna.reads_to(box, name)
            anna.looks_at_phone("looks at the card", LOOK_AT_CARD_S)
            anna.types(box, value, name, next_field=name.endswith((".month", ".year")))
    for slot, content in PAPERS.items() if sheet == "papers" else ():
        path = folder / f"{slot}.bin"
        path.write_bytes(content)
        anna.looks_at_phone(f"chooses the file {slot}", CHOOSE_FILE_S)
        anna.count += 1
        page.locator(f"input[name={slot}]").set_input_files(path)
    _goes_on(anna)


def _chooses(anna: Counted, name: str, value: str) -> None:
    option = anna.page.locator(f".govuk-radios__item:has([name='{name}'][value='{value}']) label")
    anna.reads_to(option, name)
    anna.decides(f"answers {name}")
    anna.clicks(option, f"{name}: {value}")


def _goes_on(anna: Counted) -> None:
    button = anna.page.locator("main form button[type=submit]").first
    anna.reads_to(button, "the button")
    anna.clicks(button, "the button", leads=True)


def _decides(browser: Browser, site: OpenSite, ref: str) -> tuple[int, int]:
    """How many clicks it takes to claim it from the list, and then to approve it from the case."""
    page = _signed_in(browser, site, "Bart Claes")
    page.goto(f"{site.base}/desk/work?tab=unassigned")
    bart = Counted(page, Random("bart"), box="")
    bart.clicks(page.locator(f"tr:has-text('{ref}') button.take").first, "take", leads=True)
    assert site.state(ref) == "in_review"
    claimed, bart.count = bart.count, 0
    page.goto(f"{site.base}/desk/requests/{ref}")
    bart.clicks(page.locator(f"a[href='/desk/requests/{ref}/do/approve']"), "approve", leads=True)
    bart.clicks(page.locator("main form button[type=submit]").first, "approve, after reading", leads=True)
    assert site.state(ref) == "approved"
    return claimed, bart.count


def _report(first: Counted, again: Counted, claimed: int, approved: int) -> str:
    rows = (
        (
            "file a complete request from the zone, who has filed before, seconds",
            f"**{again.deeds[-1].at_s:.0f}**",
            MOST_S,
        ),
        ("the same the first time, every word read, seconds", f"{first.deeds[-1].at_s:.0f}", ""),
        ("clicks on the way", f"{again.count}", ""),
        ("claim it from the list, clicks", f"**{claimed}**", MOST_TO_CLAIM),
        ("approve it from its page, clicks", f"**{approved}**", MOST_TO_APPROVE),
    )
    where = ("processors", "memory", "system", "python")
    return "\n".join([
        INTRODUCTION.format(look=LOOK_AT_CARD_S, file=CHOOSE_FILE_S).rstrip(),
        *(f"| {what} | {seen} | {most} |" for what, seen, most in rows),
        "",
        f"The first time: {_spent(first)}. With practice: {_spent(again)}.",
        "",
        "## Transcript, with practice\n",
        "| At, s | Page | Deed | Seconds |",
        "|---|---|---|---|",
        *(_line(deed) for deed in again.deeds),
        "",
        "## Where\n",
        f"- measured: {datetime.now(UTC).date().isoformat()}",
        *(f"- {name}: {value}" for name, value in machine().items() if name in where),
        "",
    ])  # fmt: skip


def _spent(one: Counted) -> str:
    reading, words = sum(deed.reading_s for deed in one.deeds), sum(deed.words for deed in one.deeds)
    doing, hesitating = sum(deed.doing_s for deed in one.deeds), sum(deed.hesitating_s for deed in one.deeds)
    return f"reading {reading:.0f} s ({words} words), doing {doing:.0f} s, hesitating {hesitating:.0f} s"


def _line(deed: Deed) -> str:
    spent = deed.reading_s + deed.doing_s + deed.hesitating_s
    return (
        f"| {deed.at_s:.0f} | {deed.page} | {deed.done}{f' ({deed.words} words)' if deed.words else ''} | {spent:.1f} |"
    )


if __name__ == "__main__":
    sys.exit(main())
