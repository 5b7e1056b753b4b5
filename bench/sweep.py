"""The sweep: so many links that expired at once, fired by the product in batches; how long it takes and how much memory it grows.

Run as `python -m bench.sweep URL` it sweeps one database in a process of its own and prints what that took.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, insert

from bench.walk import KEYRING, START, tools
from store.engine import open_engine
from store.schema import upgrade
from store.tables import activations, cases, data_keys, timers
from store.unit_of_work import SqlStore
from workflow.issuing import limit_of, link_expiry
from workflow.lifecycles.activation import Trigger
from workflow.timers import fire_due

CHUNK = 2000
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Sweep:
    """One sweep of a database."""

    database: str
    due: int
    fired: int
    seconds: float
    grown_mib: float

    def as_json(self) -> dict[str, object]:
        """As plain values."""
        return asdict(self)


def sweep(database: str, url: str, *, due: int) -> Sweep:
    """Fill a fresh database with links that are due, and sweep it in another process."""
    upgrade(url)
    fill(url, due)
    ran = subprocess.run([sys.executable, "-m", "bench.sweep", url], capture_output=True, text=True, check=True)
    return Sweep(database, due, **json.loads(ran.stdout))


def fill(url: str, count: int) -> None:
    """Write so many activations that wait for their code, each with a link whose last day was today."""
    engine = open_engine(url)
    chance = tools().chance
    with engine.begin() as connection:
        for first in range(0, count, CHUNK):
            issued = [START + SECOND * number for number in range(first, min(first + CHUNK, count))]
            _write(connection, [(chance.uuid(at), at) for at in issued])
    engine.dispose()


def sweep_here(url: str) -> dict[str, float]:
    """Sweep a database in this process, once everything is loaded and warm."""
    store, using = SqlStore(url, KEYRING, pooled=True), tools()
    fire_due(store.unit_of_work, now=START, tools=using)
    before, begun = _kib("VmRSS"), perf_counter()
    swept = fire_due(store.unit_of_work, now=START + timedelta(days=20), tools=using)
    seconds = perf_counter() - begun
    store.dispose()
    return {"fired": swept.fired, "seconds": seconds, "grown_mib": (_kib("VmHWM") - before) / 1024}


def _write(connection: Connection, chunk: list[tuple[object, datetime]]) -> None:
    for table, rows in zip((cases, data_keys, activations, timers), zip(*map(_rows, chunk), strict=True), strict=True):
        flat = [row for group in rows for row in group]
        connection.execute(insert(table), flat)


def _rows(one: tuple[object, datetime]) -> Iterator[list[dict[str, object]]]:
    """The rows of one activation: case, data key, detail, timers."""
    case_id, at = one
    yield [{
        "id": case_id, "ref": f"AC-{case_id}", "lifecycle": "activation", "definition": "0" * 16, "state": "awaiting_code",
        "version": 2, "entity": "OVO002949", "opened_at": at, "changed_at": at, "holds_contacts": False,
    }]  # fmt: skip
    wrapped = KEYRING.wrap(AESGCM.generate_key(256), case_id)  # type: ignore[arg-type]  # a UUID
    yield [{"case_id": case_id, "key_id": KEYRING.key_id, "secret_id": KEYRING.secret_id, "wrapped": wrapped}]
    yield [{
        "case_id": case_id, "issuer": "bisdesk", "code_channel": "sms", "language": "fr", "minted_at": at,
        "link_issued_at": at, "link_expires_at": link_expiry(at), "first_issued_at": at, "blocks_at": limit_of(at),
        "attempts_used": 0, "code_reissues": 0, "renewals": 0, "account_named": False, "otp_tries": 0,
        "undeliverable": False,
    }]  # fmt: skip
    yield [
        {"case_id": case_id, "trigger": str(Trigger.T14), "due_at": link_expiry(at), "armed": True},
        {"case_id": case_id, "trigger": str(Trigger.T30), "due_at": limit_of(at), "armed": True},
    ]


def _kib(name: str) -> int:
    """Memory of this process now (VmRSS) or at its highest (VmHWM); getrusage would begin with the parent's peak."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


if __name__ == "__main__":
    print(json.dumps(sweep_here(sys.argv[1])))
