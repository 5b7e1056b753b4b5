"""Sealing what names a person: AES-256-GCM under one data key per case, so that deleting that key shreds the person.

It knows where a value lies (its context) but not what it means; an opened data key never leaves the unit of work.
"""

from __future__ import annotations

from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import bindparam, insert, select

from store.keyring import Keyring, opened, sealed
from store.mapping import binder
from store.tables import data_keys
from store.transaction import Transaction
from workflow.errors import NotFound, Unavailable

# The id of the DATA_KEY and of the SECRET_KEY, and the wrapped key; all None once it is shredded.
StoredKey = tuple[str | None, str | None, bytes | None]


class DataKey:
    """The key of one case."""

    __slots__ = ("_case_id", "_cipher")

    def __init__(self, case_id: UUID, key: bytes) -> None:
        self._case_id = case_id
        self._cipher = AESGCM(key)

    def seal(self, path: str, plain: bytes) -> bytes:
        """Ciphertext that opens only for this case and path."""
        return sealed(self._cipher, plain, context=self._context(path))

    def open(self, path: str, blob: bytes) -> bytes:
        """What was sealed. Raises: Unavailable when the database was changed behind our back."""
        try:
            return opened(self._cipher, blob, context=self._context(path))
        except InvalidTag:
            raise Unavailable(
                f"A sealed value of case {self._case_id} was changed in the database. Restore it from a backup."
            ) from None

    def _context(self, path: str) -> bytes:
        return b"case/" + self._case_id.bytes + b"/" + path.encode()


class Vault:
    """The data keys that one transaction has read; `remember` takes what a query brought along, so no key costs a statement."""

    def __init__(self, transaction: Transaction, keyring: Keyring) -> None:
        self._transaction = transaction
        self._keyring = keyring
        self._wrapped: dict[UUID, tuple[str, bytes] | None] = {}
        self._open: dict[UUID, DataKey] = {}
        self.keyring = keyring
        self.dialect = transaction.dialect
        self.bind = binder(transaction.dialect)

    def create(self, case_id: UUID) -> None:
        """Give a new case its data key."""
        key = AESGCM.generate_key(256)
        row = {
            "case_id": case_id,
            "key_id": self._keyring.key_id,
            "secret_id": self._keyring.secret_id,
            "wrapped": self._keyring.wrap(key, case_id),
        }
        self._transaction.execute(_INSERT, row)
        self._open[case_id] = DataKey(case_id, key)

    def remember(self, case_id: UUID, stored: StoredKey) -> None:
        """Note the stored data key of a case; all None once it is shredded. Raises: Unavailable for the wrong SECRET_KEY."""
        key_id, secret_id, wrapped = stored
        if key_id is None or secret_id is None or wrapped is None:
            self._wrapped[case_id] = None
            self._open.pop(case_id, None)
            return
        self._keyring.check_secret(secret_id)
        self._wrapped[case_id] = (key_id, wrapped)

    def key_of(self, case_id: UUID) -> DataKey | None:
        """The data key of a case, or None once it is shredded. Raises: Unavailable for the wrong DATA_KEY."""
        if case_id not in self._open:
            if case_id not in self._wrapped:
                self._read(case_id)
            stored = self._wrapped[case_id]
            if stored is None:
                return None
            self._open[case_id] = DataKey(case_id, self._keyring.unwrap(stored[1], case_id, key_id=stored[0]))
        return self._open[case_id]

    def key_for_writing(self, case_id: UUID) -> DataKey:
        """The data key under which something is to be sealed. Raises: NotFound once it is shredded."""
        key = self.key_of(case_id)
        if key is None:
            raise NotFound("open file of case", str(case_id))
        return key

    def read(self, case_id: UUID, path: str, blob: bytes | None) -> str | None:
        """A sealed text, or None where there is none, or the key is gone."""
        if blob is None:
            return None
        key = self.key_of(case_id)
        return None if key is None else key.open(path, blob).decode()

    def write(self, case_id: UUID, path: str, text: str | None) -> bytes | None:
        """A text as it is stored; None stays None, and so does what a shredded case can no longer keep."""
        key = None if text is None else self.key_of(case_id)
        return None if key is None or text is None else key.seal(path, text.encode())

    def forget(self) -> None:
        """Drop every key: the transaction is over, and another one may have shredded them since."""
        self._wrapped.clear()
        self._open.clear()

    def shred(self, case_id: UUID) -> None:
        """Note that this transaction deleted the key of a case."""
        self._open.pop(case_id, None)
        self._wrapped[case_id] = None

    def _read(self, case_id: UUID) -> None:
        row = self._transaction.execute(_SELECT, {"of": case_id}).one_or_none()
        self.remember(case_id, (row[0], row[1], row[2]) if row else (None, None, None))


_INSERT = insert(data_keys)
_SELECT = select(data_keys.c.key_id, data_keys.c.secret_id, data_keys.c.wrapped).where(
    data_keys.c.case_id == bindparam("of")
)
