"""Officers and entities in SQL; an officer's address and name are sealed, the address is found by a keyed digest."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from sqlalchemy import Select, bindparam, delete, insert, select, update

from identity.contact import email_key
from identity.problems import Problem
from store.indexing import entry
from store.keyring import opened, sealed
from store.tables_people import entities, user_rights, user_roles, users
from store.transaction import Transaction
from store.upserts import upsert
from store.vault import Vault
from workflow.errors import NotFound, Unavailable
from workflow.model import Entity, EntityStatus, Language, Right, Role, User

ADDRESS = "user"  # the index of officers' addresses


class SqlDirectory:
    """The port `Directory` on a database."""

    def __init__(self, transaction: Transaction, vault: Vault) -> None:
        self._transaction = transaction
        self._keyring = vault.keyring

    def by_email(self, email: str) -> User:
        """The officer with this address, however it is spelled. Raises: NotFound."""
        try:
            digest = entry(self._keyring, ADDRESS, email_key(email))
        except Problem:
            raise _unknown_address() from None
        found = self._users(select(users).where(users.c.address == digest))
        if not found:
            raise _unknown_address()
        return found[0]

    def by_id(self, user_id: UUID) -> User:
        """One officer. Raises: NotFound."""
        found = self._users(select(users).where(users.c.id == user_id))
        if not found:
            raise NotFound("user", str(user_id))
        return found[0]

    def names(self, user_ids: Collection[UUID]) -> dict[UUID, str]:
        """What these officers are called; one question for all of them, and whom nobody knows is left out."""
        if not user_ids:
            return {}
        rows = self._transaction.execute(_NAMES, {"of": list(user_ids)}).mappings()
        return {row["id"]: self._opened(dict(row), "name") for row in rows}

    def with_role(self, role: Role) -> list[User]:
        """Officers who hold a role."""
        holders = select(user_roles.c.user_id).where(user_roles.c.role == str(role))
        return self._users(select(users).where(users.c.id.in_(holders)).order_by(users.c.id))

    def entity(self, code: str) -> Entity:
        """One entity. Raises: NotFound."""
        row = self._transaction.execute(select(entities).where(entities.c.code == code)).one_or_none()
        if row is None:
            raise NotFound("entity", code)
        return Entity(row.code, row.name, EntityStatus(row.status))

    def entities(self) -> list[Entity]:
        """Every entity, by name."""
        rows = self._transaction.execute(select(entities).order_by(entities.c.name, entities.c.code))
        return [Entity(row.code, row.name, EntityStatus(row.status)) for row in rows]

    def by_subject(self, issuer: str, subject: str) -> User:
        """The officer whom the identity provider knows under this subject. Raises: NotFound."""
        found = self._users(select(users).where(users.c.subject == self._subject(issuer, subject)))
        if not found:
            raise NotFound("user", "with this identity")
        return found[0]

    def know_as(self, user_id: UUID, issuer: str, subject: str) -> None:
        """Note who an officer is to the identity provider. Raises: ConcurrentChange when that is somebody else."""
        digest = self._subject(issuer, subject)
        self._transaction.execute(update(users).where(users.c.id == user_id).values(subject=digest))

    def put_user(self, user: User) -> None:
        """Write or replace a user; who they are to the identity provider stays."""
        cipher = self._keyring.sealer("directory")
        row = {
            "id": user.id,
            "address": entry(self._keyring, ADDRESS, email_key(user.email)),
            "email": sealed(cipher, user.email.encode(), context=_context(user.id, "email")),
            "name": sealed(cipher, user.name.encode(), context=_context(user.id, "name")),
            "language": str(user.language),
            "entity": user.entity,
            "agreement_signed_on": user.agreement_signed_on,
        }
        self._transaction.execute(upsert(users, self._transaction.dialect, leaving=("subject",)), row)
        self._replace_lists(user)

    def put_entity(self, entity: Entity) -> None:
        """Write or replace an entity."""
        row = {"code": entity.code, "name": entity.name, "status": str(entity.status)}
        self._transaction.execute(upsert(entities, self._transaction.dialect), row)

    def _subject(self, issuer: str, subject: str) -> bytes:
        return self._keyring.digest("subject/v1", f"{len(issuer)}:{issuer}{subject}")

    def _replace_lists(self, user: User) -> None:
        roles = [{"user_id": user.id, "role": str(role)} for role in sorted(user.roles)]
        rights = [
            {
                "user_id": user.id,
                "position": at,
                "name": right.name,
                "begins_on": right.begins_on,
                "ends_on": right.ends_on,
            }
            for at, right in enumerate(user.rights)
        ]
        for table, rows in ((user_roles, roles), (user_rights, rights)):
            self._transaction.execute(delete(table).where(table.c.user_id == user.id))
            if rows:
                self._transaction.execute(insert(table), rows)

    def _users(self, query: Select[*tuple[Any, ...]]) -> list[User]:
        rows = self._transaction.execute(query).mappings().all()
        ids = [row["id"] for row in rows]
        roles: dict[UUID, set[Role]] = {user_id: set() for user_id in ids}
        rights: dict[UUID, list[Right]] = {user_id: [] for user_id in ids}
        for held in self._transaction.execute(select(user_roles).where(user_roles.c.user_id.in_(ids))):
            roles[held.user_id].add(Role(held.role))
        for held in self._transaction.execute(_RIGHTS.where(user_rights.c.user_id.in_(ids))):
            rights[held.user_id].append(Right(held.name, held.begins_on, held.ends_on))
        return [self._user(dict(row), frozenset(roles[row["id"]]), tuple(rights[row["id"]])) for row in rows]

    def _user(self, row: Mapping[str, Any], roles: frozenset[Role], rights: tuple[Right, ...]) -> User:
        return User(
            id=row["id"],
            email=self._opened(row, "email"),
            name=self._opened(row, "name"),
            language=Language(row["language"]),
            roles=roles,
            entity=row["entity"],
            agreement_signed_on=row["agreement_signed_on"],
            rights=rights,
        )

    def _opened(self, row: Mapping[str, Any], field: str) -> str:
        try:
            return opened(self._keyring.sealer("directory"), row[field], context=_context(row["id"], field)).decode()
        except InvalidTag:
            raise Unavailable(
                "The data key does not fit this database: officers cannot be read with it. "
                "Point BISDESK_DATA_KEY_FILE at the right file."
            ) from None


def _context(user_id: UUID, field: str) -> bytes:
    return b"user/" + user_id.bytes + b"/" + field.encode()


def _unknown_address() -> NotFound:
    return NotFound("user", "with this e-mail address")


_NAMES = select(users.c.id, users.c.name).where(users.c.id.in_(bindparam("of", expanding=True)))
_RIGHTS = select(user_rights).order_by(user_rights.c.user_id, user_rights.c.position)
