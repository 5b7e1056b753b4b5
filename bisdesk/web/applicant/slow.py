"""Answers that take the same time for everybody: what was done behind them must not be told by their speed (trust 2.3, 6)."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from anyio import sleep, to_thread
from starlette.responses import Response

from bisdesk.web.applicant.site import Site


async def slowly(site: Site, work: Callable[[], Response]) -> Response:
    """The answer of some work, no sooner than the time that all such work fits into."""
    began = monotonic()
    try:
        return await to_thread.run_sync(work)
    finally:  # trouble, too, must not tell by its speed what was tried
        await sleep(max(0.0, began + site.answer_s - monotonic()))
