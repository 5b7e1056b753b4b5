"""What is looked at on every page that anybody reaches: language, title, width, targets, mistakes, and what axe finds."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LEAST_PX = 24  # 2.5.8
ERROR = {"nl": "Fout:", "fr": "Erreur\u00a0:", "de": "Fehler:", "en": "Error:"}
# Links within a sentence may be as high as its line; everything else is a target of its own.
SMALL = """least => [...document.querySelectorAll('a, button, summary, input:not([type=hidden])')].filter(it => {
  const spot = it.getBoundingClientRect();
  if (!it.checkVisibility() || (it.className.includes('skip-link'))) return false;
  const around = it.parentElement.textContent.trim().length - it.textContent.trim().length;
  const in_sentence = it.tagName === 'A' && getComputedStyle(it).display === 'inline' && around > 2;
  return !in_sentence && (spot.width < least || spot.height < least);
}).map(it => `${it.outerHTML.slice(0, 80)} ${it.getBoundingClientRect().width}x${it.getBoundingClientRect().height}`)"""
BEYOND = "() => Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - document.documentElement.clientWidth"
WIDE = """width => [...document.querySelectorAll('body *')].filter(it => it.getBoundingClientRect().right > width + 0.5)
  .map(it => it.outerHTML.slice(0, 80)).slice(-2)"""
MISTAKES = """() => {
  const summary = document.querySelector('.govuk-error-summary');
  if (!summary) return document.querySelector('[aria-invalid]') ? ['a mistake without a summary'] : [];
  const wrong = [];
  if (document.querySelector('main').firstElementChild !== summary) wrong.push('the summary is not first');
  for (const link of summary.querySelectorAll('a')) {
    const field = document.getElementById(link.getAttribute('href').slice(1));
    if (!field || !field.matches('input, select, textarea')) wrong.push(`${link.getAttribute('href')} leads to no field`);
    else if (!(field.closest('fieldset') ?? field).getAttribute('aria-describedby')) wrong.push('a field without its mistake');
  }
  return wrong;
}"""


def faults(page: Page, language: str, *, axe: bool = False, width: int | None = None) -> list[str]:
    """What is wrong with the page that is shown, each with the name of the page."""
    wide = width or (page.viewport_size or {"width": 0})["width"]
    found = [*_language(page, language), *_width(page, wide)]
    found += [f"small target: {target}" for target in page.evaluate(SMALL, LEAST_PX)]
    found += page.evaluate(MISTAKES)
    found += _by_axe(page) if axe else []
    where = f"{page.url.split('/', 3)[-1]} {language} {wide} px"
    return [f"{where}: {fault}" for fault in found]


def _language(page: Page, language: str) -> list[str]:
    shown, title = page.evaluate("[document.documentElement.lang, document.title]")
    found = [] if shown == language else [f"the page says that it is in {shown}"]
    wrong = page.locator(".govuk-error-summary").count() > 0
    if wrong is not title.startswith(ERROR[language]):
        found.append(f"its title is {title}")
    if page.locator("h1").count() != 1:
        found.append("it has not one h1")
    return found


def _width(page: Page, width: int) -> list[str]:
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
    beyond = page.evaluate(BEYOND)
    seen = page.evaluate("innerWidth")  # a phone zooms out where something is too wide
    return (
        []
        if beyond <= 0 and seen <= width
        else [f"too wide by {max(beyond, seen - width)} px: {page.evaluate(WIDE, width)}"]
    )


def _by_axe(page: Page) -> list[str]:
    page.evaluate(_axe())
    answer = page.evaluate(f"axe.run(document, {{runOnly: {json.dumps(RULES)}, resultTypes: ['violations']}})")
    return [f"axe {one['id']}: {node['html'][:120]}" for one in answer["violations"] for node in one["nodes"]]


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")
