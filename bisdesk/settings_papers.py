"""Reads what uploaded papers need: where the virus scanner listens, or the word that there is none."""

from __future__ import annotations

from collections.abc import Iterator

from bisdesk.papers.virus import OFF, place_of
from bisdesk.settings_reader import PREFIX, Reader

CLAMD = "CLAMD"


def read_clamd(given: Reader) -> str:
    """Where the daemon of ClamAV listens, `tcp://127.0.0.1:3310` or `unix:/path`; `off` outside live unless one is named."""
    text = given.text(CLAMD, OFF)
    try:
        place_of(text)
    except ValueError as wrong:
        given.wrong.append(f"{PREFIX}{CLAMD} is not right: {wrong}.")
        return OFF
    return text


def papers_unfit_for_live(given: Reader) -> Iterator[str]:
    """Papers of real people go unscanned only where somebody has said so in words."""
    if not given.text(CLAMD):
        yield f"{PREFIX}{CLAMD} must name the virus scanner, such as unix:/run/clamav/clamd.ctl, or the word {OFF}."
