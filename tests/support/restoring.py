"""A queue that sends under a fence, whose database can be backed up and brought back while journal and provider go on."""

from __future__ import annotations

import shutil
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from notifications.transports.recording import RecordingMail, RecordingSms
from store.keyring import Keyring
from store.schema import upgrade
from store.send_fence import FileFence
from store.send_journal import Marker, SendJournal
from store.unit_of_work import SqlStore
from tests import builders
from tests.fakes import FakeOtp, PlainSecrets, SeededChance
from tests.unit.notifications.dispatch_example import NOW, Queue
from workflow.advance import Tools
from workflow.fence import Stand
from workflow.outbox import Delivery, MessageKind, QueuedMessage
from workflow.policy import DEFAULT
from workflow.reconciliation import Found, lift, look, settle

KEYRING = Keyring(secret=b"a secret key, only for the tests", data=b"a data key, nothing but for test")
TOOLS = Tools(SeededChance(1), PlainSecrets(), FakeOtp(), DEFAULT, False)


def fence_on(folder: Path, *, name: str = "here") -> FileFence:
    """A fence on a folder."""
    return FileFence(SendJournal(folder, KEYRING), named=lambda: name, keep_days=60)


@dataclass
class Site:
    """One installation on SQLite: its database, its journal and the providers it sends to."""

    folder: Path
    now: datetime = NOW
    mail: Any = field(default_factory=RecordingMail)
    sms: RecordingSms = field(default_factory=RecordingSms)
    database: str = "bisdesk.db"
    batch: int = 50

    def __post_init__(self) -> None:
        if not self.path.exists():
            upgrade(self.url)
        self.open()

    @property
    def path(self) -> Path:
        """The file of the database."""
        return self.folder / self.database

    @property
    def url(self) -> str:
        """The URL of the database."""
        return f"sqlite:///{self.path}"

    @property
    def journal(self) -> Path:
        """The folder of the journal."""
        return self.folder / "journal"

    def open(self) -> None:
        """Work on the database as it is now, as a fresh process would."""
        self.fence = fence_on(self.journal)
        store: Any = SqlStore(self.url, KEYRING)
        self.queue = Queue(now=self.now, store=store, mail=self.mail, sms=self.sms, fence=self.fence, batch=self.batch)  # type: ignore[arg-type]

    def owed(self, *args: Any, **more: Any) -> QueuedMessage:
        """A message that a case owes."""
        return self.queue.owed(*args, **more)

    def drain(self, **later: float) -> int:
        """Let time pass, then send what is due; how many rows were worked off."""
        self.now += timedelta(**later)
        self.queue.now = self.now
        return self.queue.drain().claimed

    def backup(self, name: str = "backup.db") -> Path:
        """Copy the database, and nothing else."""
        self.queue.store.dispose()
        return Path(shutil.copy(self.path, self.folder / name))

    def restore(self, backup: Path) -> None:
        """Bring a copy back; journal and providers know nothing of it."""
        self.queue.store.dispose()
        for rest in ("-wal", "-shm", "-journal"):
            with suppress(FileNotFoundError):
                self.path.with_name(self.path.name + rest).unlink()
        shutil.copy(backup, self.path)
        self.open()

    def stand(self) -> Stand:
        """How the database stands to the journal."""
        with self.queue.store.unit_of_work() as uow:
            return self.fence.stand(uow)

    def look(self) -> Found:
        """What a restored database would learn."""
        evidence = self.fence.journal.evidence()
        with self.queue.store.unit_of_work() as uow:
            return look(uow, evidence, self.fence.stand(uow), digests=self.fence.journal, now=self.now)

    def reconcile(self) -> Found:
        """Let it learn, and lift the fence."""
        found = self.look()
        settle(self.queue.store.unit_of_work, found, now=self.now, tools=TOOLS)
        self.lift(found)
        return found

    def lift(self, found: Found) -> None:
        """The last step alone."""
        with self.queue.store.unit_of_work() as uow:
            epoch = lift(uow, found, installation="here", until=self.fence.keeps_until(self.now))
            uow.commit()
        self.fence.journal.raise_to(Marker("here", epoch))

    def row(self, message: QueuedMessage) -> Delivery:
        """A row as the desk sees it."""
        return self.queue.row(message)

    def copies(self) -> Counter[object]:
        """How often each message reached its provider."""
        return Counter([one.id for one in (*self.mail.accepted, *self.sms.accepted)])

    def again(self, message: QueuedMessage, *, kind: MessageKind, **more: Any) -> QueuedMessage:
        """The same case owes a message once more, as the clock makes it after a restore."""
        with self.queue.store.unit_of_work() as uow:
            case, _ = uow.cases.activation(message.case_id, now=self.now)
            known = {"queued_at": self.now, "params": dict(message.params), "secret": None}
            owed = builders.message(case, kind, **(known | more))
            assert uow.cases.apply(replace(builders.change(case), messages=(owed,)))
            uow.commit()
        return owed
