"""Every page of the applicant's site in a real browser: each sample, language and width, with what axe finds: `make gallery`.

`python -m tests.support.gallery code landing` takes only the pages that begin so.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from playwright.sync_api import Page, Route, sync_playwright

from bisdesk.web.headers import CONTENT
from bisdesk.web.rendering import Frame, Pages
from bisdesk.web.theme import Theme, read_theme
from tests.support.browser import found
from tests.support.generate import ROOT
from tests.support.screens import SAMPLES
from workflow.model import Language

OUT = ROOT / "gallery"
AXE = ROOT / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDTHS = (320, 1280)
SITE = "http://bisdesk.localhost"  # a secure context, as the real site is
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--force-color-profile=srgb", "--font-render-hinting=none",
]  # fmt: skip


@dataclass
class Found:
    """What is wrong with the pages that were looked at."""

    looked: int = 0
    wrong: list[str] = field(default_factory=list)


def look(names: list[str], out: Path = OUT) -> Found:
    """Take every picture of these samples, ask axe about each. Raises: RuntimeError where there is no browser."""
    program = found()
    if program is None:
        raise RuntimeError("This needs Chromium: install the package chromium, then run the command again.")
    out.mkdir(exist_ok=True)
    folder = os.environ.get("BISDESK_THEME_DIR")
    theme = read_theme(Path(folder) if folder else None)
    axe, all_found = AXE.read_text(encoding="utf-8"), Found()
    pages = Pages(theme, tuple(Language))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        for width in WIDTHS:
            page = browser.new_context(viewport={"width": width, "height": 800}, reduced_motion="reduce").new_page()
            page.on("console", lambda said: all_found.wrong.append(f"console: {said.text}"))
            page.on("pageerror", lambda error: all_found.wrong.append(f"script: {error}"))
            shown = {"html": ""}
            page.route("**/*", _site(theme, shown))
            for name, language in _wanted(names):
                shown["html"] = _html(pages, name, language)
                page.goto(f"{SITE}/")
                _look_at(page, f"{name}.{language.value}.{width}", axe, all_found, out)
        browser.close()
    return all_found


def _wanted(names: list[str]) -> Iterator[tuple[str, Language]]:
    wanted = [name for name in SAMPLES if not names or name.startswith(tuple(names))]
    return ((name, language) for name in wanted for language in Language)


def _html(pages: Pages, name: str, language: Language) -> str:
    frame = Frame(language=language, here="/activate", form="token", signed_in=False, environment="test")
    return pages.html(SAMPLES[name], frame)


def _site(theme: Theme, shown: Mapping[str, str]) -> Callable[[Route], None]:
    """The page and its files as the site sends them; anything else is refused, and named in the browser's console."""

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(SITE)
        asset = theme.asset(path)
        if path == "/":
            headers = {"Content-Security-Policy": CONTENT, "Content-Type": "text/html; charset=utf-8"}
            route.fulfill(body=shown["html"], headers=headers)
        elif asset is not None:
            route.fulfill(body=asset.content, headers={"Content-Type": asset.media_type})
        else:
            route.abort()

    return answer


def _look_at(page: Page, name: str, axe: str, all_found: Found, out: Path) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
    page.evaluate("document.fonts.ready")
    all_found.looked += 1
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 0:
        all_found.wrong.append(f"{name}: {wide} px wider than the window")
    page.evaluate(axe)
    answer = page.evaluate(f"axe.run(document, {{runOnly: {json.dumps(RULES)}}})")
    for violation in answer["violations"]:
        all_found.wrong.extend(f"{name}: {violation['id']} {node['html'][:120]}" for node in violation["nodes"])
    page.screenshot(path=out / f"{name}.png", full_page=True)


def _index(out: Path) -> str:
    rows = []
    for name in SAMPLES:
        pictures = [f"{name}.{language.value}.{width}.png" for width in WIDTHS for language in Language]
        shown = "".join(
            f'<a href="{picture}"><img src="{picture}" alt="{escape(picture)}" height="320" loading="lazy"></a> '
            for picture in pictures
            if (out / picture).exists()
        )
        rows.append(f"<h2>{escape(name)}</h2><p>{shown}</p>")
    return f'<!DOCTYPE html><meta charset="utf-8"><title>Pages of the applicant</title>{"".join(rows)}'


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
