"""Every way in which the providers of the proof fail, and dice that choose among them; the same seed, the same faults.

Each kind says whether a provider has the message in spite of it, for only then a second copy may be right.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import cycle
from random import Random

VERBS = ("connect", "ehlo", "mail", "rcpt", "data", "dot")
LATER, NEVER = "4yz", "5yz"
CLOSING, CUT_BEFORE, CUT_AFTER, SILENT = "421", "cut before the answer", "cut after the answer", "silent"
TAKEN_SILENT, TAKEN_CUT = "taken, silent", "taken, cut before the answer"
WAYS = (LATER, NEVER, CLOSING, CUT_BEFORE, CUT_AFTER, SILENT)
OFFSETS = ("first byte", "in the header", "half", "before the last line", "inside the final dot")
GREYLISTED = "greylisted"

AT_CONNECT = tuple(f"connect: {way}" for way in WAYS)
AT_EHLO = tuple(f"ehlo: {way}" for way in WAYS)
OF_MAIL = (
    *(f"{verb}: {way}" for verb in ("mail", "rcpt", "data", "dot") for way in WAYS),
    *(f"content cut: {offset}" for offset in OFFSETS),
    f"dot: {TAKEN_SILENT}",
    f"dot: {TAKEN_CUT}",
)
MAIL_HELD = (f"dot: {TAKEN_SILENT}", f"dot: {TAKEN_CUT}")  # taken, and nobody was told

REFUSED_NUMBERS = (21211, 21408, 21610, 21612, 21614, 30004, 30005, 30006, 30007)
CREATE_FAULTS = (
    "429 with 20429", "429 alone", "400 with 30003", "400 with 30008", "500 before", "503 before", "401 with 20003",
    "cut before", "silent before", "sense lost before",
    "500 after", "503 after", "cut after", "silent after", "sense lost after",
    *(f"400 with {number}" for number in REFUSED_NUMBERS),
)  # fmt: skip
SMS_HELD = tuple(kind for kind in CREATE_FAULTS if kind.endswith(" after"))
LIST_FAULTS = ("list: 429", "list: 500", "list: cut", "list: sense lost")
FETCH_FAULTS = ("fetch: 404", "fetch: 500", "fetch: cut", "fetch: sense lost")
LISTS_LATE = "listed late"
FATES = ("undelivered 30003", "undelivered 30008", "undelivered 30005", "failed 30006", "never more than sent")
RECEIPTS = ("lost", "repeated", "reordered", "days late", "before the answer", "twice at once")
FORGED = ("forged: wrong token", "forged: changed status", "forged: other account", "forged: no signature", "stray")
DEATHS = ("death at a random moment", "death after the mail was taken", "death after the SMS was taken")

ALWAYS = (
    *AT_CONNECT, *AT_EHLO, *OF_MAIL, GREYLISTED, *CREATE_FAULTS, LISTS_LATE, *FATES,
    *(f"receipt {way}" for way in RECEIPTS), *FORGED, *DEATHS,
)  # fmt: skip
ASKED = (*LIST_FAULTS, *FETCH_FAULTS)
CATALOGUE = (*ALWAYS, *ASKED)


class Dice:
    """Throws and counts; a share of zero means that nothing fails any more."""

    def __init__(self, seed: str, share: float, *, start: float = 0.0) -> None:
        self.share = share
        self.start = start  # where in each deck this part begins, so that the parts of a run meet different kinds first
        self._decks: dict[Sequence[str], Iterator[str]] = {}
        self.thrown: Counter[str] = Counter()
        self.met: Counter[str] = Counter()
        self._random = Random(seed)
        self._lock = threading.Lock()

    def fault(self, kinds: Sequence[str], *, at: str, share: float | None = None) -> str | None:
        """A fault of these kinds, or none; what is thrown is counted under where it was."""
        with self._lock:
            self.thrown[at] += 1
            if self._random.random() >= (self.share if share is None or not self.share else share):
                return None
            kind = next(self._deck(tuple(kinds)))
            self.met[kind] += 1
            return kind

    def _deck(self, kinds: tuple[str, ...]) -> Iterator[str]:
        """The kinds in an order of chance, again and again: so that none is left out for long."""
        if kinds not in self._decks:
            shuffled = Random("one order for all parts").sample(kinds, len(kinds))
            first = round(self.start * len(kinds))
            self._decks[kinds] = cycle(shuffled[first:] + shuffled[:first])
        return self._decks[kinds]

    def note(self, kind: str) -> None:
        """Count something that was not thrown here."""
        with self._lock:
            self.met[kind] += 1

    def between(self, low: float, high: float) -> float:
        """A number between two."""
        with self._lock:
            return self._random.uniform(low, high)

    def chance(self, share: float) -> bool:
        """Whether something happens, as long as anything may fail."""
        with self._lock:
            return bool(self.share) and self._random.random() < share
