"""Finding requests by what an officer has at hand: a reference, a number, an address, a document, a name with the year of birth.

What is looked for is compared by keyed digests; the look itself is written down, without what was typed (U3).
"""

from __future__ import annotations

import re
from uuid import UUID

from identity.contact import email_key, parse_mobile
from identity.countries import COUNTRIES
from identity.matching import search_keys
from identity.problems import Problem
from identity.transliteration import plain
from workflow import work
from workflow.access import Door
from workflow.errors import NotFound
from workflow.model import ContactClaim, Role
from workflow.ports_desk import Look, Looked
from workflow.work import WorkRow

MOST = 50  # rows of one search
REF = re.compile(r"(BR|AC)-\d{4}-[0-9A-Z-]{3,12}", re.IGNORECASE)
NAMED = re.compile(r"(?P<name>.*\D)\s*(?P<year>(?:19|20)\d\d)\s*$")


def search(door: Door, typed: str) -> tuple[WorkRow, ...]:
    """The requests that fit, of those that exist for this officer."""
    text = typed.strip()[:200]
    kinds, found = [], list[UUID]()
    for kind, ids in _ways(door, text).items():
        kinds += [kind] if ids else []
        found += ids
    role = min(door.actor.roles, default=Role.END_USER)
    door.uow.looks.add(
        Look(
            door.tools.chance.uuid(door.now), door.now, door.actor.name, str(role), Looked.SEARCH, told=",".join(kinds)
        )
    )
    return work.found(door, tuple(dict.fromkeys(found))[:MOST])


def _ways(door: Door, text: str) -> dict[str, list[UUID]]:
    people = door.uow.people
    digits = re.sub(r"[\s.-]", "", text)
    ways: dict[str, list[UUID]] = {}
    if REF.fullmatch(text):
        ways["reference"] = _by_reference(door, text.upper())
    if re.fullmatch(r"[0-9]{11}", digits):
        ways["number"] = people.find("insz", (digits,))
    if len(text) >= 5 and re.search(r"\d", text):
        ways["document"] = people.find(
            "document", tuple(f"{country}|{plain(text).replace(' ', '')}" for country in sorted(COUNTRIES))
        )
    if "@" in text or text.startswith("+"):
        ways["contact"] = _by_contact(door, text)
    if named := NAMED.fullmatch(text):
        ways["name"] = people.find("phonetic", search_keys(named["name"].strip(" ,"), int(named["year"])))
    return ways


def _by_reference(door: Door, ref: str) -> list[UUID]:
    try:
        if ref.startswith("BR"):
            return [door.uow.cases.request(ref, now=door.now)[0].id]
        request = door.uow.cases.activation(ref, now=door.now)[1].request_id
        return [request] if request else []
    except NotFound:
        return []


def _by_contact(door: Door, text: str) -> list[UUID]:
    try:
        claim = (
            ContactClaim("contact.email", email_key(text))
            if "@" in text
            else ContactClaim("contact.mobile", parse_mobile(text).e164)
        )
    except Problem:
        return []
    return [_request_of(door, case_id) for case_id in door.uow.contacts.holders(claim)]


def _request_of(door: Door, case_id: UUID) -> UUID:
    """The request behind an activation; a completed request has handed its contacts on to it."""
    try:
        return door.uow.cases.activation(case_id, now=door.now)[1].request_id or case_id
    except NotFound:
        return case_id
