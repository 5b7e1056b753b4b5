"""A mail address on a page is read as one: whole where a line has room, else broken where its parts meet, at any width."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from bisdesk.web.theme import read_theme
from tests.support.chromium import Chromium, Watch, Ways
from tests.support.rendered import SITE, Rendered
from tests.support.screens import SAMPLES
from workflow.model import Language

pytestmark = pytest.mark.browser
WIDTHS = (320, 360, 412, 1280)
SHORT, LONG = "m•••••@voorbeeld.example", "m•••••@internationale.samenwerking.voorbeeldstad.example"
# The lines that each address stands on, and whether the whole of it, or else what follows its @, has room on one.
LINES = """() => [...document.querySelectorAll('main .address > .address')].filter(it => !it.closest('a')).map(it => {
  const whole = it.parentElement, lines = [], spot = document.createRange();
  let top = null;
  const texts = document.createTreeWalker(whole, NodeFilter.SHOW_TEXT);
  while (texts.nextNode())
    for (let at = 0; at < texts.currentNode.length; at++) {
      spot.setStart(texts.currentNode, at); spot.setEnd(texts.currentNode, at + 1);
      const place = spot.getBoundingClientRect();
      if (top === null || Math.abs(place.top - top) > 4) { lines.push(''); top = place.top; }
      lines[lines.length - 1] += texts.currentNode.data[at];
    }
  const room = whole.parentElement.getBoundingClientRect().width;
  const fits = part => {
    const alone = document.createElement('span');
    alone.textContent = part.textContent;
    alone.style.whiteSpace = 'nowrap'; alone.style.position = 'absolute';
    whole.parentElement.append(alone);
    const wide = alone.getBoundingClientRect().width;
    alone.remove();
    return wide <= room;
  };
  return { lines, whole: fits(whole), domain: fits(it) };
})"""
PAGES = {one.template: one for one in reversed(SAMPLES.values()) if getattr(one, "email", "")}  # the first of each kind


@pytest.mark.parametrize("language", Language)
def test_an_address_breaks_only_where_its_parts_meet(language: Language, chromium: Chromium) -> None:
    page = chromium.opened(Ways(language=language), Watch(SITE))
    rendered = Rendered(page, read_theme(None))
    seen: set[str] = set()
    wrong: list[str] = []

    for name, screen in PAGES.items():
        for address in (SHORT, LONG):
            rendered.shows(replace(screen, email=address), language)
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 800})
                for one in page.evaluate(LINES):
                    seen.add(name)
                    wrong += [f"{name} {width} px: {fault}" for fault in _misread(address, **one)]

    assert wrong == []
    assert {"resume_sent", "renewed", "replaced"} <= seen


def _misread(address: str, *, lines: list[str], whole: bool, domain: bool) -> list[str]:
    """What makes these lines hard to read as one address."""
    if "".join(lines) != address:
        return [f"it says {lines}"]
    if len(lines) > (1 if whole else 2 if domain else 9):
        return [f"it has room on fewer lines: {lines}"]
    meets = all(before.endswith("@") or after.startswith(".") for before, after in pairwise(lines))
    return [] if meets and (not domain or whole or lines[0].endswith("@")) else [f"it breaks within a part: {lines}"]
