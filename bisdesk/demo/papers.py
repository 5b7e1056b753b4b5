"""The papers of the invented people, drawn for each of them when they are filed.

They are our own work, so no gate makes them wait; they are such as it takes, and are opened by a child whenever somebody looks.
"""

from __future__ import annotations

from collections.abc import Mapping

from bisdesk.papers.specimen import Line, declaration, identity_page
from bisdesk.papers.verdict import JPEG, PDF
from workflow.model import Attachment, Language, Slot

Raw = Mapping[str, object]
Papers = tuple[Attachment, ...]
KINDS = {"passport": "PASSPORT", "identity_card": "IDENTITY CARD"}
DECLARED: dict[str, tuple[str, tuple[str, ...]]] = {  # by the language of the person
    Language.NL: ("Verklaring (specimen)", (
        "Ik was zelf aanwezig en heb het origineel van mijn identiteitsdocument getoond.",
        "De gegevens van de aanvraag zijn van mij en ze kloppen. Ik ga akkoord dat voor mij een BIS-nummer wordt gevraagd.",
    )),
    Language.FR: ("Déclaration (spécimen)", (
        "J’étais présent en personne et j’ai montré l’original de mon document d’identité.",
        "Les données de la demande sont les miennes et sont exactes. J’accepte qu’un numéro BIS soit demandé pour moi.",
    )),
    Language.DE: ("Erklärung (Muster)", (
        "Ich war selbst anwesend und habe das Original meines Ausweises gezeigt.",
        "Die Daten des Antrags sind meine und richtig. Ich bin einverstanden, dass für mich eine BIS-Nummer beantragt wird.",
    )),
    Language.EN: ("Declaration (specimen)", (
        "I was there in person and showed the original of my identity document.",
        "The data of the request are mine and correct. I agree that a BIS number is requested for me.",
    )),
}  # fmt: skip


def papers_of(raw: Raw) -> Papers:
    """The scan and the signed declaration of a person."""
    return Attachment(Slot.SCAN, JPEG, _scan(raw)), Attachment(Slot.DECLARATION, PDF, _declaration(raw))


def _scan(raw: Raw) -> bytes:
    person, document = _part(raw, "person"), _part(raw, "document")
    others = person.get("otherGivenNames")
    given = [str(person["givenName"]), *(map(str, others) if isinstance(others, list) else ())]
    kind = KINDS.get(str(document["type"]), "DOCUMENT")
    return identity_page(
        f"SPECIMEN · {kind} · {document['country']}",
        (
            Line("Family name", str(person["familyName"])),
            Line("Given names", " ".join(given)),
            Line("Born on", str(person["birthDate"])),
            Line("Born in", str(person["birthPlace"])),
            Line("Sex", str(person["sex"])),
            Line("Number", str(document["number"])),
            Line("Issued on", str(document["issuedOn"])),
            Line("Expires on", str(document["expiresOn"])),
        ),
    )


def _declaration(raw: Raw) -> bytes:
    person = _part(raw, "person")
    title, paragraphs = DECLARED[str(_part(raw, "contact")["language"])]
    name = f"{person['givenName']} {person['familyName']}"
    return declaration(title, paragraphs, name)


def _part(raw: Raw, name: str) -> Mapping[str, object]:
    part = raw[name]
    assert isinstance(part, Mapping)
    return part
