"""Writes the generated pages, or says which of them are stale: `python -m tests.support.generate [--check]`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from bisdesk.describe import document, svg
from tests.support.delivery import delivery_page
from tests.support.facts import render_ledger
from tests.support.messages import messages_page, stale_pictures
from workflow.lifecycles.activation import activation
from workflow.lifecycles.message import message
from workflow.lifecycles.registration import registration

ROOT = Path(__file__).parents[2]
INTRODUCTION = """\
<!-- Generated from workflow/lifecycles; write it again with `make docs`. -->

# The three lifecycles

A **case** is one registration request, or one activation of digital keys; a **message** is one mail, SMS, letter or task that
a case owes. Each always stands in exactly one **state**. A **trigger** moves it: pulled by a person, by an answer of the
register or a provider, or by a timer. What may happen is written in three tables, and this page is made from them, so it
cannot say anything else than what the program does.

A **closed** state needs nobody any more. A **final** state is never left. Names in `this type` are those of the command
line, the history and the interfaces; the last column of the transitions names the row as [facts.md](facts.md) lists it.
"""


def _lifecycles(_: Path) -> str:
    return f"{INTRODUCTION}\n{document(registration)}\n\n{document(activation)}\n\n{document(message)}\n"


LEDGER = "docs/facts.md"
PAGES: dict[str, Callable[[Path], str]] = {
    "docs/lifecycles.md": _lifecycles,
    "docs/pictures/registration.svg": lambda _: svg(registration),
    "docs/pictures/activation.svg": lambda _: svg(activation),
    "docs/pictures/message.svg": lambda _: svg(message),
    "docs/messages.md": messages_page,
    "docs/delivery.md": delivery_page,
    LEDGER: render_ledger,
}


def stale(names: Iterable[str] = PAGES, root: Path = ROOT) -> dict[str, str]:
    """The pages on disk that do not read as they should, each with how it should read."""
    fresh = {name: PAGES[name](root) for name in names}
    return {name: text for name, text in fresh.items() if _read(root / name) != text}


def write(root: Path = ROOT) -> list[str]:
    """Write every page that is stale; the names of those written."""
    written = stale(root=root)
    for name, text in written.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return list(written)


def main(arguments: list[str], say: Callable[[str], None] = print) -> int:
    """Write the pages; with --check only compare, and fail with the names of the stale ones."""
    if "--check" not in arguments:
        for name in write():
            say(f"written: {name}")
        return 0
    names, pictures = stale(), stale_pictures(ROOT)
    for name in (*names, *pictures):
        say(f"stale: {name}")
    if names:
        say("Write them again with: make docs")
    if pictures:
        say("Take them again with: make pictures")
    return 1 if names or pictures else 0


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
