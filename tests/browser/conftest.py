"""A browser for the tests of one file, an installation for each test, and people who read in their own ways."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bisdesk.demo.letters import Letter
from tests.browser.reader import Reader
from tests.support.chromium import Chromium, Watch, Ways, chromium_running
from tests.support.site import OpenSite, open_site

Readers = Callable[..., Reader]


class SiteBesideABrowser(OpenSite):
    """A site whose ticks run in a thread of their own: the browser's loop has this one, and sending needs a loop too."""

    def tick(self) -> list[Letter]:
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(super().tick).result()


@pytest.fixture(scope="module")  # no longer: while it runs, no other loop can in this thread
def chromium() -> Iterator[Chromium]:
    """The browser of this machine."""
    with chromium_running() as running:
        yield running


@pytest.fixture
def site(tmp_path: Path) -> Iterator[OpenSite]:
    """An installation on a virtual clock."""
    with open_site(tmp_path / "home") as site:
        yield SiteBesideABrowser(**vars(site))


@pytest.fixture
def watch(site: OpenSite) -> Watch:
    """What all browsers of a test ask for and say."""
    return Watch(site.base)


@pytest.fixture
def reader(chromium: Chromium, site: OpenSite, watch: Watch) -> Iterator[Readers]:
    """Somebody new; whatever they did, the site kept to itself."""
    contexts = []

    def make(ways: Ways | None = None, *, keyboard: bool = False) -> Reader:
        chosen = ways or Ways()
        page = chromium.opened(chosen, watch)
        contexts.append(page.context)
        return Reader(page, site, chosen, keyboard=keyboard)

    yield make
    for context in contexts:
        context.close()
    assert watch.wrong == []
