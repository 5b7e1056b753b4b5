"""The papers of the invented people: drawn for each of them, and let through the same gate as the papers of real ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

from bisdesk.papers.judge import made_safe
from bisdesk.papers.specimen import Line, declaration, identity_page
from bisdesk.papers.verdict import Safe
from workflow.model import Attachment, Language, Slot

Raw = Mapping[str, object]
Papers = tuple[Attachment, ...]
AT_ONCE = 2  # children that open papers
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
    """The scan and the signed declaration of a person, as they are kept. Raises: ValueError for a paper that was refused."""
    return _kept(Slot.SCAN, _scan(raw)), _kept(Slot.DECLARATION, _declaration(raw))


def drawn_ahead(people: Iterable[Raw]) -> Callable[[Raw], Papers]:
    """Draw the papers of all of them meanwhile; what is given back hands out those of one of them when they are asked for."""
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="papers")
    drawn: dict[object, Future[Papers]] = {_key(raw): pool.submit(papers_of, raw) for raw in people}
    pool.shutdown(wait=False)

    def hand_out(raw: Raw) -> Papers:
        ahead = drawn.get(_key(raw))
        return ahead.result() if ahead else papers_of(raw)

    return hand_out


def _key(raw: Raw) -> object:
    return _part(raw, "contact").get("email")


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


def _kept(slot: Slot, content: bytes) -> Attachment:
    found = made_safe(content, clamd="off")
    if not isinstance(found, Safe):
        raise ValueError(f"the drawn {slot} was refused: {found.code}")
    return Attachment(slot, found.media_type, found.evidence)


def _part(raw: Raw, name: str) -> Mapping[str, object]:
    part = raw[name]
    assert isinstance(part, Mapping)
    return part
