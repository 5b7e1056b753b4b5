"""Writes messages: a row of the outbox and its recipient become a mail, an SMS, a letter or a task in one language.

The same row and recipient give the same text every time; nothing here sends, stores or reads a clock.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, TemplateError

from notifications.addressee import CONTACT, HELP_SITE, Addressee, Addresses, addressee_of
from notifications.catalogue import MessageType, find, type_of
from notifications.contexts import Words, words_of
from notifications.errors import UnfitMessage
from notifications.frame import VERSION, framed
from notifications.gsm import segments
from notifications.templates import BASE, environment
from workflow.correspondence import Recipient
from workflow.model import Language
from workflow.outbox import Audience, Channel, MessageKind, QueuedMessage

Context = dict[str, object]
COMMON = frozenset(  # what every text may ask for, besides its addressee and the words of its row
    {"audience", "link", "activate_url", "keys_url", "desk_url", "bound_host", "contact", "help_site"}
)


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """A mail whose two parts say the same; `template` names the version it was written from."""

    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    language: Language
    template: str


@dataclass(frozen=True, slots=True)
class RenderedSms:
    """An SMS, and how many segments it takes."""

    text: str = field(repr=False)
    language: Language
    template: str
    segments: int


@dataclass(frozen=True, slots=True)
class RenderedText:
    """A letter that an officer prints, or a task on the desk."""

    text: str = field(repr=False)
    language: Language
    template: str


class Renderer:
    """Writes messages from the shipped templates, or from those of a folder that replaces single files."""

    def __init__(
        self,
        templates: Path | None = None,
        *,
        applicant_base_url: str,
        base_url: str,
        languages: Sequence[str] = tuple(Language),
        contact: str = CONTACT,
        help_site: str = HELP_SITE,
    ) -> None:
        self.templates = environment(templates)
        self.languages = tuple(Language(language) for language in languages)
        self.addresses = Addresses(applicant_base_url.rstrip("/"), base_url.rstrip("/"), contact, help_site.rstrip("/"))

    def mail(self, message: QueuedMessage, recipient: Recipient) -> RenderedMail:
        """The mail of a row. Raises: UnfitMessage."""
        told, context = self._prepared(message, recipient, Channel.EMAIL)
        language = Language(str(context["language"]))
        subject, text, mjml = (
            self._written(f"{told.folder}/{part}", context, told)
            for part in (f"subject.{language}.txt", f"body.{language}.txt", f"body.{language}.mjml")
        )
        html = _framed(mjml, f"{told.folder}/body.{language}.mjml", told)
        version = self.template_version(message.kind, message.audience, message.channel)
        return RenderedMail(" ".join(subject.split()), text, html, language, version)

    def sms(self, message: QueuedMessage, recipient: Recipient) -> RenderedSms:
        """The SMS of a row; the line that binds a code to our pages is left out where it would cost a segment (A17).

        Raises: UnfitMessage.
        """
        told, context = self._prepared(message, recipient, Channel.SMS)
        language = Language(str(context["language"]))
        name = f"{told.folder}.{language}.txt"
        text = self._written(name, context, told).rstrip("\n")
        if segments(text) > told.segments:
            text = self._written(name, context | {"bound_host": None}, told).rstrip("\n")
        version = self.template_version(message.kind, message.audience, message.channel)
        return RenderedSms(text, language, version, segments(text))

    def letter(self, message: QueuedMessage, recipient: Recipient) -> RenderedText:
        """The letter of a row, for an officer to print. Raises: UnfitMessage."""
        return self._plain(message, recipient, Channel.LETTER)

    def task(self, message: QueuedMessage, recipient: Recipient) -> RenderedText:
        """The line that a task on the desk reads. Raises: UnfitMessage."""
        return self._plain(message, recipient, Channel.TASK)

    def template_version(self, kind: MessageKind, audience: Audience, channel: Channel) -> str:
        """The folder of a message and a digest of all texts it is made of, in every language. Raises: UnfitMessage."""
        told = find(kind, audience, channel)
        if told is None:
            raise UnfitMessage(str(kind), "kind_without_text", f"{channel} to {audience}")
        return _version(self.templates, told)

    def _plain(self, message: QueuedMessage, recipient: Recipient, channel: Channel) -> RenderedText:
        told, context = self._prepared(message, recipient, channel)
        language = Language(str(context["language"]))
        text = self._written(f"{told.folder}.{language}.txt", context, told)
        return RenderedText(text, language, self.template_version(message.kind, message.audience, message.channel))

    def _prepared(self, message: QueuedMessage, recipient: Recipient, channel: Channel) -> tuple[MessageType, Context]:
        told = type_of(message)
        if told is None or told.channel is not channel:
            raise UnfitMessage(str(message.kind), "kind_without_text", f"{channel} to {message.audience}")
        language = self._language(message, recipient)
        if message.kind is MessageKind.M5 and not recipient.remarks:
            raise UnfitMessage(str(message.kind), "remarks_missing")
        return told, self._context(message, recipient, language)

    def _language(self, message: QueuedMessage, recipient: Recipient) -> Language:
        wanted = message.language or recipient.language
        if wanted not in self.languages:
            raise UnfitMessage(str(message.kind), "language_not_offered", wanted)
        return Language(wanted)

    def _context(self, message: QueuedMessage, recipient: Recipient, language: Language) -> Context:
        addressee = addressee_of(recipient, language)
        context = _named(addressee) | _named(words_of(message))
        token = context.pop("token", None)
        return context | {
            "audience": str(message.audience),
            "link": self.addresses.link(str(token)) if token else None,
            "activate_url": self.addresses.activate_url,
            "keys_url": self.addresses.keys_url,
            "desk_url": self.addresses.desk_url(addressee.reference),
            "bound_host": self.addresses.bound_host,
            "contact": self.addresses.contact,
            "help_site": self.addresses.help_site,
        }

    def _written(self, name: str, context: Context, told: MessageType) -> str:
        """One text, with at most one empty line between paragraphs."""
        try:
            written = self.templates.get_template(name).render(context)
        except TemplateError as error:
            # The error may quote a value, so only its kind is passed on (I6).
            raise UnfitMessage(str(told.kind), "template_fault", f"{name}: {type(error).__name__}") from None
        lines = [line.rstrip() for line in written.splitlines()]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def _framed(mjml: str, name: str, told: MessageType) -> str:
    try:
        return framed(mjml) + "\n"
    except ValueError as error:
        raise UnfitMessage(str(told.kind), "template_fault", f"{name}: {error}") from None


def _named(value: Addressee | Words) -> Context:
    return {one.name: getattr(value, one.name) for one in fields(value)}


@lru_cache(maxsize=256)
def _version(templates: Environment, told: MessageType) -> str:
    digest = hashlib.sha256(VERSION.encode() if told.channel is Channel.EMAIL else b"")
    for name in templates.list_templates(filter_func=lambda name: belongs(name, told)):
        source, _, _ = templates.loader.get_source(templates, name) if templates.loader else ("", None, None)
        digest.update(f"{name}\0{source}\0".encode())
    return f"{told.folder}@{digest.hexdigest()[:16]}"


def belongs(name: str, told: MessageType) -> bool:
    """Whether a template is part of a message: its own files, and for a mail the shared ones."""
    if told.channel is Channel.EMAIL:
        return name.startswith((f"{told.folder}/", BASE))
    return name.startswith(f"{told.folder}.")
