"""A worker in a process of its own, for tests that kill it: sends what a database owes to a mail server, then ends."""

from __future__ import annotations

import sys
from datetime import datetime

from notifications.transports.urls import mail_transport_from_url
from store.keyring import Keyring
from store.unit_of_work import SqlStore
from tests.unit.notifications.dispatch_example import Queue

SECRET_KEY, DATA_KEY = b"a secret key, only for the tests", b"a data key, nothing but for test"


def queue_on(database: str, mail_server: str, now: datetime) -> Queue:
    """A queue on a database, whose mail goes to a server."""
    store = SqlStore(database, Keyring(secret=SECRET_KEY, data=DATA_KEY))
    return Queue(now=now, store=store, mail=mail_transport_from_url(mail_server))  # type: ignore[arg-type]


if __name__ == "__main__":
    queue_on(sys.argv[1], sys.argv[2], datetime.fromisoformat(sys.argv[3])).drain()
