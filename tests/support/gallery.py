"""Every page in a real browser, in each language and at two widths, with what axe finds: `make gallery`.

The applicant's pages come from the samples of screens.py, the desk's from the sights of gallery_desk.py.
`python -m tests.support.gallery code desk-work` takes only those that begin so.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from bisdesk.web.theme import read_theme
from tests.support.browser import found
from tests.support.chromium import QUIET
from tests.support.gallery_desk import SIGHTS, Scene, scene
from tests.support.generate import ROOT
from tests.support.rendered import Rendered
from tests.support.screens import SAMPLES
from workflow.model import Language

OUT = ROOT / "gallery"
AXE = ROOT / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDTHS = (320, 1280)


@dataclass
class Found:
    """What is wrong with the pages that were looked at."""

    looked: int = 0
    wrong: list[str] = field(default_factory=list)

    def heard(self, said: ConsoleMessage) -> None:
        """A word of the browser; that a page is no 200 is an answer of the site, and no fault."""
        if "Failed to load resource" not in said.text:
            self.wrong.append(f"console: {said.text}")


def look(names: list[str], out: Path = OUT) -> Found:
    """Take every picture of these names, ask axe about each. Raises: RuntimeError where there is no browser."""
    program = found()
    if program is None:
        raise RuntimeError("This needs Chromium: install the package chromium, then run the command again.")
    out.mkdir(exist_ok=True)
    all_found = Found()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        for page, width in _pages(browser, all_found):
            _applicants(page, width, names, all_found, out)
        if any(_wanted(sight.name, names) for sight in SIGHTS):
            with ThreadPoolExecutor(1) as thread:  # the desk sends its mail in a loop of its own
                _desk(browser, thread, names, all_found, out)
        browser.close()
    return all_found


def _pages(browser: Browser, all_found: Found) -> Iterator[tuple[Page, int]]:
    """An empty window of each width."""
    for width in WIDTHS:
        page = browser.new_context(viewport={"width": width, "height": 800}, reduced_motion="reduce").new_page()
        page.on("console", all_found.heard)
        page.on("pageerror", lambda error: all_found.wrong.append(f"script: {error}"))
        yield page, width


def _applicants(page: Page, width: int, names: list[str], all_found: Found, out: Path) -> None:
    folder = os.environ.get("BISDESK_THEME_DIR")
    rendered = Rendered(page, read_theme(Path(folder) if folder else None))
    for name in SAMPLES:
        for language in Language if _wanted(name, names) else ():
            rendered.shows(SAMPLES[name], language)
            _look_at(page, f"{name}.{language.value}.{width}", all_found, out)


def _desk(browser: Browser, thread: ThreadPoolExecutor, names: list[str], all_found: Found, out: Path) -> None:
    opening = scene()
    stage: Scene = thread.submit(opening.__enter__).result()
    try:
        for page, width in _pages(browser, all_found):
            for sight in SIGHTS:
                for language in Language if _wanted(sight.name, names) else ():
                    stage.shows(page, sight, language)
                    _look_at(page, f"{sight.name}.{language.value}.{width}", all_found, out)
    finally:
        thread.submit(opening.__exit__, None, None, None).result()


def _wanted(name: str, names: list[str]) -> bool:
    return not names or name.startswith(tuple(names))


def _look_at(page: Page, name: str, all_found: Found, out: Path) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
    page.evaluate("document.fonts.ready")
    all_found.looked += 1
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 0:
        all_found.wrong.append(f"{name}: {wide} px wider than the window")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    answer = page.evaluate(f"axe.run(document, {{runOnly: {json.dumps(RULES)}}})")
    for violation in answer["violations"]:
        all_found.wrong.extend(f"{name}: {violation['id']} {node['html'][:120]}" for node in violation["nodes"])
    page.screenshot(path=out / f"{name}.png", full_page=True)


def _index(out: Path) -> str:
    rows = []
    for name in (*SAMPLES, *(sight.name for sight in SIGHTS)):
        pictures = [f"{name}.{language.value}.{width}.png" for width in WIDTHS for language in Language]
        shown = "".join(
            f'<a href="{picture}"><img src="{picture}" alt="{escape(picture)}" height="320" loading="lazy"></a> '
            for picture in pictures
            if (out / picture).exists()
        )
        rows.append(f"<h2>{escape(name)}</h2><p>{shown}</p>")
    return f'<!DOCTYPE html><meta charset="utf-8"><title>Pages</title>{"".join(rows)}'


def main() -> int:
    """Look at the pages; 1 where something is wrong with one."""
    try:
        all_found = look(sys.argv[1:])
    except RuntimeError as missing:
        print(missing, file=sys.stderr)
        return 1
    (OUT / "index.html").write_text(_index(OUT), encoding="utf-8")
    for line in all_found.wrong:
        print(line)
    print(f"{all_found.looked} pages looked at, {len(all_found.wrong)} faults; see gallery/index.html")
    return 1 if all_found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
