"""Somebody who has never seen these pages, in a real browser and in real time: reads, points, types, looks at the phone.

How long each deed takes is written here, with its source; nothing is skipped because a program could.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from random import Random

from playwright.sync_api import Locator, Page

WORDS_A_MINUTE = 200
KEY_MS = (60, 120)
# Card, Moran and Newell, The Psychology of Human-Computer Interaction (1983): to point, to move a hand, to make up one's mind.
POINT_S, HAND_S, MIND_S = 1.1, 0.4, 1.35
GLANCE_S = 1.5  # from the screen to the phone and back, with five or six characters in mind
INVENT_NAME_S, INVENT_PASSWORD_S = 4.0, 8.0
TAKE_PHONE_S = 3.0
OPEN_APP_AND_SCAN_S = 8.0  # the phone is unlocked, the app opened and held before the screen
# What stands on the page before what is sought, in the order of reading, without what is folded and the number of the step.
TEXTS = """target => {
  const whole = 'h1,h2,h3,p,li,dt,dd,label,legend,button,.govuk-hint';
  const found = [], walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode, at = text.parentElement;
    const after = target && !target.contains(text) && target.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING;
    if (after) break;
    if (!at.checkVisibility() || at.closest('.govuk-visually-hidden, .govuk-caption-l') || !text.data.trim()) continue;
    const block = at.closest(whole) ?? at;
    if (found.at(-1)?.block !== block) found.push({ block, text: '' });
    found.at(-1).text += text.data;
  }
  return found.map(it => it.text.replace(/\\s+/g, ' ').trim());
}"""
PAGE = "() => document.querySelector('footer p:last-of-type').textContent.trim().split(/\\s+/).at(-1)"


@dataclass(frozen=True, slots=True)
class Deed:
    """A line of the transcript: what was done where, and the seconds that went into reading, doing and hesitating."""

    at_s: float
    page: str
    done: str
    reading_s: float = 0.0
    doing_s: float = 0.0
    hesitating_s: float = 0.0
    words: int = 0


@dataclass
class Newcomer:
    """A person at a computer, with the phone beside it."""

    page: Page
    chance: Random
    box: str  # whose mail and SMS these are, as the mailbox names it
    began: float = field(default_factory=time.monotonic)
    deeds: list[Deed] = field(default_factory=list)
    _read: set[str] = field(default_factory=set)

    @property
    def here(self) -> str:
        """The name of the page, as its footer tells it."""
        return str(self.page.evaluate(PAGE))

    def begins(self) -> None:
        """From here on seconds are counted."""
        self.began, self.deeds = time.monotonic(), []

    def reads_to(self, target: Locator, what: str) -> None:
        """Read on to something, and what it says; nothing is read twice."""
        texts = self.page.evaluate(TEXTS, target.element_handle())
        words = sum(len(text.split()) for text in texts if text not in self._read)
        self._read |= set(texts)
        self._does(f"reads to {what}", reading_s=words * 60 / WORDS_A_MINUTE, words=words)

    def decides(self, what: str, seconds: float = MIND_S) -> None:
        """Make up one's mind: find the way on a page, or think of something."""
        self._does(what, hesitating_s=seconds)

    def looks_at_phone(self, what: str, seconds: float) -> None:
        """Do something with the phone."""
        self._does(what, doing_s=seconds)

    def clicks(self, target: Locator, what: str, *, leads: bool = False) -> None:
        """Move the pointer there and click; `leads` where another page comes, which is waited for."""
        page, began = self.here, time.monotonic()
        time.sleep(POINT_S)
        if leads:
            with self.page.expect_navigation():
                target.click()
        else:
            target.click()
        self._note(page, f"clicks {what}", began)

    def types(
        self, target: Locator, text: str, what: str, *, shown_by_phone: bool = False, next_field: bool = False
    ) -> None:  # fmt: skip
        """Type into a field; what the phone shows is typed five or six characters at a glance, the next field has the Tab key."""
        if not next_field:
            self.clicks(target, f"into {what}")
        page, began = self.here, time.monotonic()
        time.sleep(HAND_S)
        if next_field:
            self.page.keyboard.press("Tab")
            assert target.evaluate("it => it === document.activeElement")
        for part in text.split(" ") if shown_by_phone else (text,):
            if shown_by_phone:
                time.sleep(GLANCE_S)
            for key in part:
                self.page.keyboard.type(key)
                time.sleep(self.chance.uniform(*KEY_MS) / 1000)
        time.sleep(HAND_S)
        self._note(page, f"types {len(text.replace(' ', ''))} keys: {what}", began)

    def waits(self, what: str, began: float) -> None:
        """What was waited for since then."""
        self._note(self.here, what, began, waiting=True)

    def _does(
        self, what: str, *, reading_s: float = 0, doing_s: float = 0, hesitating_s: float = 0, words: int = 0
    ) -> None:
        at_s = time.monotonic() - self.began
        time.sleep(reading_s + doing_s + hesitating_s)
        self.deeds.append(Deed(at_s, self.here, what, reading_s, doing_s, hesitating_s, words))

    def _note(self, page: str, what: str, began: float, *, waiting: bool = False) -> None:
        took = time.monotonic() - began
        spent = {"hesitating_s": took} if waiting else {"doing_s": took}
        self.deeds.append(Deed(began - self.began, page, what, **spent))
