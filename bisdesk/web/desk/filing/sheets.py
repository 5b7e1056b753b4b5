"""The pages on which a request is filled in: one row a page, with what it asks, in the order of the work (3.20-3.27).

What a field must look like, and whether it must be there, is the matter of the intake; a page only says where it is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from identity.documents import DocumentType
from workflow.intake_fields import FIELD_RULES
from workflow.model import Language, RequestKind, Slot
from workflow.submission import Submission

NO_PROOF = "driving_licence"  # offered, so that it can be explained (3.21)


class Kind(StrEnum):
    """How a field is typed."""

    TEXT = "text"
    AREA = "area"
    ZONE = "zone"
    DAY = "day"
    BIRTH = "birth"
    YES = "yes"
    CHOICE = "choice"
    COUNTRY = "country"
    NAMES = "names"
    PAPER = "paper"


@dataclass(frozen=True, slots=True)
class Item:
    """One field of a page."""

    path: str
    kind: Kind = Kind.TEXT
    choices: tuple[str, ...] = ()
    words: str = ""  # what the names of the words of its choices begin with
    hint: bool = False
    width: int = 0  # letters; 0 takes the whole column
    token: str = "off"  # the browser may not fill in an officer for an applicant

    @property
    def needed(self) -> bool:
        """Whether a complete request must have it."""
        rule = FIELD_RULES.get(self.path)
        return self.kind is Kind.PAPER or self.path in (*STEPS, ON_PRADO) or (rule is not None and rule.required)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page; `step` is its number among the five checks, or 0."""

    name: str
    items: tuple[Item, ...]
    step: int = 0

    @property
    def paths(self) -> frozenset[str]:
        """The JSON paths that it asks."""
        return frozenset(item.path for item in self.items)

    def asks(self, path: str) -> bool:
        """Whether a wrong path belongs to it; the intake names a place in a list as well."""
        return any(path == own or path.startswith((f"{own}.", f"{own}[")) for own in self.paths)


STEPS = tuple(
    f"identityCheck.steps.{name}" for name in ("photoPresent", "onPrado", "photoMatches", "authentic", "valid")
)
ON_PRADO = "document.pradoId"  # whoever says that it is in PRADO says where (B1-2)
CONDITIONS = ("eligibility.notBelgian", "eligibility.notDomiciledInBelgium", "eligibility.noValidEid")
_KIND = Item("kind", Kind.CHOICE, tuple(RequestKind), "kind.", hint=True)
ELIGIBLE = Sheet("new", (*(Item(path, Kind.YES) for path in CONDITIONS), _KIND))
FOLLOW_UP = frozenset({"previous", "person.insz"})  # of somebody who has a number already (B2-16)

SHEETS = (
    Sheet("document", (
        Item("document.type", Kind.CHOICE, (*DocumentType, NO_PROOF), "document."),
        Item("document.country", Kind.COUNTRY),
    )),
    Sheet("photo", (Item(STEPS[0], Kind.YES),), step=1),
    Sheet("prado", (Item(STEPS[1], Kind.YES), Item(ON_PRADO, hint=True, width=20)), step=2),
    Sheet("likeness", (
        Item(STEPS[2], Kind.YES), Item("identityCheck.checkedOn", Kind.DAY),
        Item("identityCheck.checkedBy", hint=True),
    ), step=3),
    Sheet("authentic", (Item(STEPS[3], Kind.YES),), step=4),
    Sheet("validity", (
        Item("document.issuedOn", Kind.DAY), Item("document.expiresOn", Kind.DAY), Item(STEPS[4], Kind.YES, hint=True),
        Item("document.machineReadable", Kind.YES, hint=True), Item("identityCheck.note", Kind.AREA),
    ), step=5),
    Sheet("zone", (Item("document.mrz", Kind.ZONE, hint=True),)),
    Sheet("names", (
        Item("person.familyName"), Item("person.givenName"), Item("person.otherGivenNames", Kind.NAMES, hint=True),
        Item("document.number", width=20),
    )),
    Sheet("birth", (
        Item("person.birthDate", Kind.BIRTH, hint=True), Item("person.birthCountry", Kind.COUNTRY),
        Item("person.birthPlace"), Item("person.sex", Kind.CHOICE, ("F", "M", "X", "unknown"), "sex."),
    )),
    Sheet("address", (
        Item("residence.country", Kind.COUNTRY), Item("residence.street"), Item("residence.houseNumber", width=10),
        Item("residence.box", width=10), Item("residence.postalCode", width=10), Item("residence.city"),
    )),
    Sheet("contact", (
        Item("contact.email", hint=True), Item("contact.mobile", hint=True, width=20),
        Item("contact.language", Kind.CHOICE, tuple(Language), "spoken."),
    )),
    Sheet("purpose", (
        Item("purpose", Kind.AREA, hint=True), Item("noteNumber", Kind.YES, hint=True), Item("person.insz", width=20),
        Item("previous", width=20, hint=True),
    )),
    Sheet("papers", (
        Item(Slot.SCAN, Kind.PAPER, hint=True), Item(Slot.DECLARATION, Kind.PAPER, hint=True),
        Item("identityCheck.declarationDate", Kind.DAY),
    )),
)  # fmt: skip
BY_NAME = {sheet.name: sheet for sheet in SHEETS}
CHECK = "check"  # the page after the last


def sheet_of(name: str, submission: Submission) -> Sheet | None:
    """A page as this request needs it; None for no page."""
    sheet = BY_NAME.get(name)
    if sheet is None or submission.kind is RequestKind.REACTIVATION:
        return sheet
    return Sheet(sheet.name, tuple(item for item in sheet.items if item.path not in FOLLOW_UP), sheet.step)


def after(name: str) -> str:
    """The page that follows."""
    names = [*BY_NAME, CHECK]
    return names[names.index(name) + 1]


def before(name: str) -> str | None:
    """The page that goes before; None for the first."""
    names = [*BY_NAME, CHECK]
    place = names.index(name)
    return names[place - 1] if place else None


def home_of(path: str) -> str:
    """The page on which a field is asked, or the one where all are looked over."""
    return next((sheet.name for sheet in SHEETS if sheet.asks(path)), CHECK)
