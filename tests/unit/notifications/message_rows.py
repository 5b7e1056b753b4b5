"""Rows and recipients for the tests of message texts, written by hand from the handbook: not those of the previews."""

from datetime import UTC, datetime
from uuid import UUID

from notifications.rendering import Renderer
from workflow.correspondence import Recipient
from workflow.model import Language
from workflow.outbox import Audience, Channel, MessageKind, QueuedMessage

M = MessageKind
LANGUAGES = tuple(Language)
TOKEN = "Tq3-AbCdEfGhIjKlMnOpQrStUvWxYz0123456789_-x"
CODE = "0123456789ABCDEFGHJK"
GROUPED = "01234 56789 ABCDE FGHJK"
LINK = f"https://keys.example.be/a/{TOKEN}"
RENDERER = Renderer(applicant_base_url="https://keys.example.be", base_url="https://desk.example.be")
LINK_DAYS = {"link_until": "2026-12-08", "block_on": "2026-12-24", "again": "first"}
DEC_1 = {"nl": "1 december 2026", "fr": "1er décembre 2026", "de": "1. Dezember 2026", "en": "1 December 2026"}
DEC_8 = {"nl": "8 december 2026", "fr": "8 décembre 2026", "de": "8. Dezember 2026", "en": "8 December 2026"}
DEC_24 = {"nl": "24 december 2026", "fr": "24 décembre 2026", "de": "24. Dezember 2026", "en": "24 December 2026"}
NEW_LINK = {
    "nl": "U krijgt dan een nieuwe link per e-mail.",
    "fr": "Vous recevez alors un nouveau lien par e-mail.",
    "de": "Dann erhalten Sie per E-Mail einen neuen Link.",
    "en": "You then get a new link by e-mail.",
}
BY_SMS = {"nl": "per sms", "fr": "par SMS", "de": "per SMS", "en": "by SMS"}


def row(
    kind: MessageKind,
    params: dict[str, str],
    *,
    to: Audience = Audience.APPLICANT,
    by: Channel = Channel.EMAIL,
    secret: str | None = None,
    language: str | None = None,
    send_before: datetime | None = None,
) -> QueuedMessage:
    """A row of the outbox as a transition writes it."""
    return QueuedMessage(
        id=UUID("01930000-0000-7000-8000-00000000000a"),
        case_id=UUID("01930000-0000-7000-8000-00000000000b"),
        kind=kind,
        audience=to,
        channel=by,
        sequence=3,
        queued_at=datetime(2026, 11, 24, 9, tzinfo=UTC),
        not_before=datetime(2026, 11, 24, 9, tzinfo=UTC),
        send_before=send_before,
        language=language,
        params=params,
        secret=secret,
    )


def applicant(language: str = "nl", **changed: str) -> Recipient:
    """The person whose keys are activated."""
    values = {
        "given_name": "Noël",
        "family_name": "Šimić",
        "purpose": "Toegang tot Vlimpers",
        "entity_name": "Stad Test",
    } | changed
    return Recipient(
        reference="AC-2026-00042-X3",
        entity_name=values["entity_name"],
        language=Language(language),
        name=f"{values['given_name']} {values['family_name']}".strip(),
        given_name=values["given_name"],
        family_name=values["family_name"],
        email="noel@example.org",
        mobile="+32470123456",
        purpose=values["purpose"],
    )


def officer(language: str = "nl", *, remarks: tuple[str, ...] = (), text: str = "") -> Recipient:
    """The officer who filed the request about that person."""
    return Recipient(
        reference="BR-2026-00042-7Q",
        entity_name="Stad Test",
        language=Language(language),
        name="Anna Peeters",
        given_name="Noël",
        family_name="Šimić",
        email="anna@entity.example",
        remarks=remarks,
        remark_text=text,
    )


def link_mail(language: str, kind: MessageKind = M.M1, **params: str) -> str:
    """The text part of a link mail."""
    return RENDERER.mail(row(kind, LINK_DAYS | params, secret=TOKEN), applicant(language)).text


def mail_to_officer(kind: MessageKind, language: str, params: dict[str, str], **of: object) -> str:
    """The text part of a mail to the officer who filed."""
    return RENDERER.mail(row(kind, params, to=Audience.FILER), officer(language, **of)).text  # type: ignore[arg-type]


def mail_to_applicant(kind: MessageKind, language: str, params: dict[str, str], *, secret: str | None = None) -> str:
    """The text part of a mail to the applicant, without a link unless there is a secret."""
    return RENDERER.mail(row(kind, params, secret=secret), applicant(language)).text
