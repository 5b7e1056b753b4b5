"""What the memory store keeps of persons: values, papers, blind indexes, contact claims, keys, and the officers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from identity.contact import email_key
from identity.problems import Problem
from store.memory_tables import Begin, Claims, Tables
from workflow.errors import ConcurrentChange, NotFound
from workflow.model import Attachment, ContactClaim, DigitalKey, Entity, Role, Slot, User

HIGH_WATER = "high_water"
USERNAME = "username"
UNIQUE = frozenset({USERNAME})
KEPT_INDEXES = frozenset({"insz"})  # the keyed hash of the number outlives the person (B1-23)


class MemoryPeople:
    """The port `People` on dictionaries."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    def put(self, case_id: UUID, values: Mapping[str, str]) -> None:
        """Write or replace values. Raises: NotFound once the person is erased."""
        tables = _writable(self._begin(), case_id)
        for path, text in values.items():
            tables.values.put((case_id, path), text)

    def replace(self, case_id: UUID, values: Mapping[str, str], *, prefix: str) -> None:
        """Drop every value under a prefix (an empty one: all) and write these. Raises: NotFound once erased."""
        tables = _writable(self._begin(), case_id)
        for key, _ in tables.values.of(case_id):
            if key[1].startswith(prefix):
                tables.values.drop(key)
        self.put(case_id, values)

    def get(self, case_id: UUID) -> dict[str, str]:
        """All values of a case; empty once erased."""
        return {path: text for (_, path), text in self._begin().values.of(case_id)}

    def attach(self, case_id: UUID, attachment: Attachment) -> None:
        """Write or replace a paper. Raises: NotFound once the person is erased."""
        _writable(self._begin(), case_id).attachments.put((case_id, attachment.slot), attachment)

    def attachment(self, case_id: UUID, slot: Slot) -> Attachment | None:
        """One paper, or None."""
        return self._begin().attachments.get((case_id, slot))

    def index(self, case_id: UUID, name: str, values: tuple[str, ...]) -> None:
        """Replace the entries of one index for a case. Raises: ConcurrentChange for a user name that another case has."""
        tables = self._begin()
        if name in UNIQUE and set(self.find(name, values)) - {case_id}:
            raise ConcurrentChange(name)
        tables.entries.put((case_id, name), frozenset(values))

    def find(self, name: str, values: tuple[str, ...]) -> list[UUID]:
        """Cases that carry one of these values under that index, oldest first."""
        tables, wanted = self._begin(), frozenset(values)
        found = [case for case in tables.cases.all() if wanted & (tables.entries.get((case.id, name)) or frozenset())]
        return [case.id for case in sorted(found, key=lambda case: (case.opened_at, case.id))]


class MemoryContacts:
    """The port `Contacts` on dictionaries."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    def taken(self, claims: tuple[ContactClaim, ...], *, person_key: str) -> tuple[str, ...]:
        """Names of the claims that another person holds."""
        return _held_by_another(self._begin(), claims, person_key)

    def reserve(self, case_id: UUID, claims: tuple[ContactClaim, ...], *, person_key: str) -> tuple[str, ...]:
        """Hold them for a case, replacing what it held; names of those that another person holds."""
        tables = self._begin()
        taken = _held_by_another(tables, claims, person_key, apart_from=case_id)
        if not taken:
            tables.claims.put(case_id, Claims(person_key, claims))
        return taken

    def holders(self, claim: ContactClaim) -> list[UUID]:
        """Cases that hold it, oldest first."""
        tables = self._begin()
        found = [case for case in tables.cases.all() if (held := tables.claims.get(case.id)) and claim in held.claims]
        return [case.id for case in sorted(found, key=lambda case: (case.opened_at, case.id))]


class MemoryKeys:
    """The port `Keys` on dictionaries."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    def of(self, case_id: UUID) -> list[DigitalKey]:
        """All keys, oldest first, with their secrets."""
        keys = [key for _, key in self._begin().keys.of(case_id)]
        return sorted(keys, key=lambda key: (key.created_at, key.id))

    def put(self, key: DigitalKey) -> None:
        """Write a key or replace it."""
        self._begin().keys.put((key.case_id, key.id), key)

    def use_step(self, key_id: UUID, *, step: int) -> bool:
        """Mark a TOTP step as used, only if it is newer than the last one (D5)."""
        tables = self._begin()
        key = next((key for key in tables.keys.all() if key.id == key_id), None)
        if key is None or step <= key.last_step:
            return False
        tables.keys.put((key.case_id, key.id), replace(key, last_step=step))
        return True


class MemoryDirectory:
    """The port `Directory` on dictionaries."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    def by_email(self, email: str) -> User:
        """The officer with this address, however it is spelled. Raises: NotFound."""
        key = _comparable(email)
        for user in self._begin().users.all():
            if key is not None and _comparable(user.email) == key:
                return user
        raise NotFound("user", "with this address")

    def by_id(self, user_id: UUID) -> User:
        """One officer. Raises: NotFound."""
        user = self._begin().users.get(user_id)
        if user is None:
            raise NotFound("user", str(user_id))
        return user

    def names(self, user_ids: Collection[UUID]) -> dict[UUID, str]:
        """What these officers are called; one question for all of them, and whom nobody knows is left out."""
        return {user.id: user.name for user in self._begin().users.all() if user.id in user_ids}

    def with_role(self, role: Role) -> list[User]:
        """Officers who hold a role."""
        return sorted((user for user in self._begin().users.all() if role in user.roles), key=lambda user: user.id)

    def entity(self, code: str) -> Entity:
        """One entity. Raises: NotFound."""
        entity = self._begin().entities.get(code)
        if entity is None:
            raise NotFound("entity", code)
        return entity

    def entities(self) -> list[Entity]:
        """Every entity, by name."""
        return sorted(self._begin().entities.all(), key=lambda entity: (entity.name, entity.code))

    def by_subject(self, issuer: str, subject: str) -> User:
        """The officer whom the identity provider knows under this subject. Raises: NotFound."""
        known = self._begin().subjects.get((issuer, subject))
        if known is None:
            raise NotFound("user", "with this identity")
        return self.by_id(known)

    def know_as(self, user_id: UUID, issuer: str, subject: str) -> None:
        """Note who an officer is to the identity provider. Raises: ConcurrentChange when that is somebody else."""
        tables = self._begin()
        if tables.subjects.get((issuer, subject)) not in (None, user_id):
            raise ConcurrentChange("officer")
        for key, known in tables.subjects.items():
            if known == user_id:
                tables.subjects.drop(key)
        tables.subjects.put((issuer, subject), user_id)

    def put_user(self, user: User) -> None:
        """Write or replace a user; who they are to the identity provider stays."""
        self._begin().users.put(user.id, user)

    def put_entity(self, entity: Entity) -> None:
        """Write or replace an entity."""
        self._begin().entities.put(entity.code, entity)


class MemoryMarks:
    """The port `Marks` on dictionaries."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    def high_water(self) -> datetime | None:
        """The latest instant that a tick has seen."""
        return self._begin().marks.get(HIGH_WATER)

    def raise_to(self, now: datetime) -> None:
        """Raise the mark; never lowers it."""
        tables = self._begin()
        mark = tables.marks.get(HIGH_WATER)
        if mark is None or now > mark:
            tables.marks.put(HIGH_WATER, now)


def erase_person(tables: Tables, case_id: UUID) -> None:
    """Erase what tells who a case was about; the skeleton of its history stays, and the hash of the number (B1-23)."""
    tables.sealable.drop(case_id)
    for value, _ in tables.values.of(case_id):
        tables.values.drop(value)
    for paper, _ in tables.attachments.of(case_id):
        tables.attachments.drop(paper)
    for entry, _ in tables.entries.of(case_id):
        if entry[1] not in KEPT_INDEXES:
            tables.entries.drop(entry)
    tables.claims.drop(case_id)
    for key_id, key in tables.keys.of(case_id):
        tables.keys.put(key_id, replace(key, secret=None))
    for link in tables.links.all():
        if link.case_id == case_id:
            tables.links.drop(link.digest)
    for session in tables.sessions.all():
        if session.case_id == case_id:
            tables.sessions.drop(session.digest)
    for line, event in tables.events.of(case_id):
        tables.events.put(line, replace(event, payload=None))


def _writable(tables: Tables, case_id: UUID) -> Tables:
    if not tables.sealable.get(case_id):
        raise NotFound("person of the case", str(case_id))
    return tables


def _held_by_another(
    tables: Tables, claims: tuple[ContactClaim, ...], person_key: str, *, apart_from: UUID | None = None
) -> tuple[str, ...]:
    own = tables.claims.get(apart_from) if apart_from else None
    others = [held for held in tables.claims.all() if held is not own and held.person_key != person_key]
    theirs = {claim for held in others for claim in held.claims}
    return tuple(claim.name for claim in claims if claim in theirs)


def _comparable(email: str) -> str | None:
    try:
        return email_key(email)
    except Problem:
        return None
