"""A person with a keyboard and nothing else: Tab, Enter and Space; every stop on the way is looked at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Locator, Page

MOST_STOPS = 60
# How everything looks while it is not focused, to be told from how it looks when it is.
CALM = """() => {
  const looks = it => [null, '::before', '::after'].map(part => {
    const style = getComputedStyle(it, part);
    return [style.outline, style.boxShadow, style.backgroundColor, style.borderColor].join(' ');
  }).join(' | ');
  window.looksOf = it => [it, ...(it.labels ?? [])].map(looks).join(' || ');
  window.calm = new Map();
  for (const it of document.querySelectorAll('a, button, input, summary, [tabindex]')) {
    if (it !== document.activeElement) window.calm.set(it, window.looksOf(it));
  }
}"""
STOP = """() => {
  const it = document.activeElement;
  if (!it || it === document.body) return null;
  const spot = it.getBoundingClientRect();
  const x = spot.left + Math.min(spot.width / 2, 40), y = spot.top + spot.height / 2;
  const on_top = document.elementFromPoint(x, y);
  const family = on_top && (it.contains(on_top) || on_top.contains(it) || [...(it.labels ?? [])].includes(on_top));
  return {
    name: `${it.tagName.toLowerCase()} ${it.id || it.getAttribute('href') || it.textContent.trim().slice(0, 40)}`,
    ring: !window.calm.has(it) || window.calm.get(it) !== window.looksOf(it),
    seen: Boolean(family) && spot.width > 1 && spot.height > 1,
    inside: Boolean(it.closest('main')),
    top: spot.top + scrollY, bottom: spot.bottom + scrollY,
    skip: it.classList.contains('govuk-skip-link'),
  };
}"""


@dataclass
class Keyboard:
    """Where the focus was on this page, and what was wrong with it anywhere."""

    page: Page
    stops: list[dict[str, Any]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    _calm: bool = False

    def turned(self) -> None:
        """Another page is shown."""
        self.stops, self._calm = [], False

    def to(self, target: Locator) -> None:
        """Go on with Tab until the focus is there. Raises: AssertionError where it never comes."""
        if not self._calm:
            self.page.evaluate(CALM)
            self._calm = True
        target.wait_for(state="attached")
        for _ in range(MOST_STOPS):
            if target.evaluate("it => it === document.activeElement"):
                return
            self.tab()
        raise AssertionError(f"Tab never reaches {target} on {self.page.url}: {[stop['name'] for stop in self.stops]}")

    def tab(self) -> dict[str, Any] | None:
        """One stop further."""
        if not self._calm:
            self.page.evaluate(CALM)
            self._calm = True
        self.page.keyboard.press("Tab")
        stop: dict[str, Any] | None = self.page.evaluate(STOP)
        self._judge(stop)
        return stop

    def press(self, key: str) -> None:
        """Enter or Space, where the focus is."""
        self.page.keyboard.press(key)

    def past_header(self) -> None:
        """Take the skip link, which is the first stop of every page."""
        first = self.tab()
        assert first is not None, f"nothing can be reached on {self.page.url}"
        assert first["skip"], f"the first stop of {self.page.url} is {first['name']}"
        self.press("Enter")

    def _judge(self, stop: dict[str, Any] | None) -> None:
        where = self.page.url.split("/", 3)[-1]
        if stop is None:
            self.wrong.append(
                f"{where}: the focus is nowhere after {self.stops[-1]['name'] if self.stops else 'the start'}"
            )
            return
        if not stop["ring"]:
            self.wrong.append(f"{where}: nothing shows that the focus is on {stop['name']}")
        if not stop["seen"]:
            self.wrong.append(f"{where}: {stop['name']} has the focus and cannot be seen")
        before = self.stops[-1] if self.stops else None
        if before and before["inside"] and stop["inside"] and stop["bottom"] < before["top"]:
            self.wrong.append(f"{where}: from {before['name']} the focus jumps up to {stop['name']}")
        self.stops.append(stop)
