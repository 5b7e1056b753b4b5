"""The fixture of the real mail server: one for each test process, with empty mailboxes and a fresh greylist for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.postfix import Postfix, postfix


@pytest.fixture(scope="session")
def postfix_running() -> Iterator[Postfix]:
    """A server for all tests of this process."""
    with postfix() as running:
        yield running


@pytest.fixture
def postfix_server(postfix_running: Postfix) -> Postfix:
    """The server as if nobody had used it."""
    postfix_running.empty()
    return postfix_running
