"""Where the parts are put together: settings in, a working installation out. Nothing here decides anything.

Every part is made when it is first needed, so that `--help` needs no database and `doctor` survives a broken one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from bisdesk.chance import SystemChance
from bisdesk.clock import Clock, ShiftedClock, SystemClock
from bisdesk.keys import keys_of
from bisdesk.settings import Env, Settings
from bisdesk.web.theme import STATIC, Theme, read_theme
from notifications.admission import bucket_of
from notifications.bounces import BounceAddress, bounce_address
from notifications.callbacks import Account
from notifications.dispatcher import Dispatcher
from notifications.polling import Poller
from notifications.rendering import Renderer
from notifications.transports.allowed import AllowedMail, AllowedSms, AllowList
from notifications.transports.urls import mail_transport_from_url, sms_transport_from_url, twilio_account
from registers.urls import register_from_url
from store.hashing import Hasher
from store.keyring import Keyring
from store.otp import Totp
from store.send_fence import FileFence
from store.send_journal import SendJournal
from store.unit_of_work import SqlStore
from workflow import activations_delivery, registrations_register
from workflow.access import Door
from workflow.advance import Tools
from workflow.codes import Minted, mint
from workflow.correspondence import recipient_of
from workflow.errors import Unavailable
from workflow.identity_register import IdentityRegister, RegisterAnswer
from workflow.model import Actor
from workflow.outbox import Channel, QueuedMessage, Receipt, Settlement
from workflow.ports import UnitOfWork
from workflow.ports_chance import Chance, Secrets
from workflow.receipts import Heard, receive

T = TypeVar("T")
CALLBACKS = "/callbacks/twilio"


@dataclass(frozen=True)
class Installation:
    """Everything one process of bisdesk works with."""

    settings: Settings
    clock: Clock
    chance: Chance
    pooled: bool = False  # long-lived processes keep connections; a one-shot command must never wait on a pool

    @cached_property
    def keyring(self) -> Keyring:
        """The keys outside the database. Raises: Unavailable."""
        secret, sealing = keys_of(self.settings, self.chance)
        return Keyring(secret=secret, data=sealing)

    @cached_property
    def store(self) -> SqlStore:
        """The database. Raises: Unavailable when it is used and cannot be."""
        return SqlStore(self.settings.database_url, self.keyring, pooled=self.pooled)

    @cached_property
    def fence(self) -> FileFence:
        """What keeps a restored database from sending again."""
        journal = SendJournal(self.settings.journal_dir, self.keyring)
        return FileFence(journal, named=self._name, keep_days=self.settings.journal_days)

    @cached_property
    def secrets(self) -> Secrets:
        """What hashes and compares codes and passwords."""
        return Hasher(self.keyring)

    @cached_property
    def tools(self) -> Tools:
        """What use cases work with besides the store."""
        return Tools(
            chance=self.chance,
            secrets=self.secrets,
            otp=Totp(),
            policy=self.settings.policy,
            manual_register=self.settings.register_url.startswith("manual:"),
        )

    @cached_property
    def register(self) -> IdentityRegister:
        """The identity register. Raises: Unavailable for a URL that names none."""
        key = self.keyring.subkey("register-simulator")
        return _made(
            lambda: register_from_url(self.settings.register_url, home=self.settings.home, key=key), "REGISTER_URL"
        )

    @cached_property
    def renderer(self) -> Renderer:
        """The texts."""
        return Renderer(
            self.settings.template_dir,
            applicant_base_url=self.settings.applicant_base_url,
            base_url=self.settings.base_url,
            languages=self.settings.languages,
        )

    @cached_property
    def theme(self) -> Theme:
        """The look of the pages. Raises: Unavailable for a theme that cannot be used, or where the style was not built."""
        if not (STATIC / "applicant.css").exists():
            raise Unavailable("The style of the pages is not built. Run: make setup")
        return _made(lambda: read_theme(self.settings.theme_dir), "THEME_DIR")

    @cached_property
    def bounces(self) -> BounceAddress | None:
        """Where reports about our mail come home, if anywhere."""
        address = self.settings.bounce_address
        return bounce_address(address, self.keyring.subkey("bounces/v1")) if address else None

    @cached_property
    def dispatcher(self) -> Dispatcher:
        """What sends. Raises: Unavailable for a transport URL that is wrong."""
        mail = _made(lambda: mail_transport_from_url(self.settings.smtp_url), "SMTP_URL")
        sms = _made(lambda: sms_transport_from_url(self.settings.sms_url, callback=self.callback), "SMS_URL")
        allowed = self.settings.allow_recipients
        allow = AllowList(tuple(pattern.casefold() for pattern in allowed)) if allowed else None
        return Dispatcher(
            self.unit_of_work,
            self.renderer,
            AllowedMail(mail, allow) if allow else mail,
            AllowedSms(sms, allow) if allow else sms,
            recipient_of=recipient_of,
            settled=self._settled,
            before_send=self._before_send,
            mail_from=self.settings.mail_from,
            bounces=self.bounces,
            fence=self.fence,
            buckets={channel: bucket_of(rate) for channel, rate in self._rates.items() if rate},
            sms_limits=self.settings.sms_limits,
        )

    @property
    def _rates(self) -> dict[Channel, float]:
        return {Channel.EMAIL: self.settings.mail_per_s, Channel.SMS: self.settings.sms_per_s}

    @property
    def callback(self) -> str | None:
        """The address below which SMS providers send their receipts; None where they cannot reach us."""
        base = self.settings.callback_base_url
        return f"{base}{CALLBACKS}" if base else None

    @cached_property
    def sms_account(self) -> Account | None:
        """Whose callbacks are believed; None where none are expected. Raises: Unavailable for a transport URL that is wrong."""
        account = _made(lambda: twilio_account(self.settings.sms_url), "SMS_URL")
        if account is None or self.callback is None:
            return None
        sid, token = account
        tokens = tuple(dict.fromkeys(word for word in (token, self.settings.sms_old_token) if word))
        return Account(sid, tokens, self.callback)

    @property
    def poller(self) -> Poller:
        """What asks for receipts that never came."""
        return Poller(self.unit_of_work, self.dispatcher.sms_transport, hear=self.hear)

    def hear(self, receipt: Receipt, now: datetime) -> Heard:
        """Let a receipt act. Raises: ConcurrentChange, Unavailable."""
        return receive(self.unit_of_work, receipt, now=now, tools=self.tools)

    def instant(self) -> datetime:
        """The clock's instant, never before the highest one that a tick saw. Raises: Unavailable."""
        with self.unit_of_work() as uow:
            return self.instant_in(uow)

    def instant_in(self, uow: UnitOfWork) -> datetime:
        """The same, read in a transaction that is open already."""
        mark, clock = uow.marks.high_water(), self.clock.now()
        return max(clock, mark) if mark else clock

    def unit_of_work(self) -> UnitOfWork:
        """A fresh transaction."""
        return self.store.unit_of_work()

    def door(self, uow: UnitOfWork, actor: Actor, now: datetime) -> Door:
        """What a command carries."""
        return Door(uow=uow, actor=actor, now=now, tools=self.tools)

    def mint(self, now: datetime) -> Minted:
        """A fresh link and code for an activation that may be opened; slow, so it is made outside every transaction."""
        return mint(self.chance.uuid(now), now=now, chance=self.chance, secrets=self.tools.secrets)

    def answered(
        self, uow: UnitOfWork, message: QueuedMessage, answer: RegisterAnswer, now: datetime, minted: Minted
    ) -> None:
        """Let an answer of the register move its case."""
        registrations_register.answered(
            uow, message.case_id, operation=message.kind, answer=answer, now=now, tools=self.tools, minted=minted
        )

    def _name(self) -> str:
        return self.chance.pick("0123456789abcdef", 12)

    def _settled(self, uow: UnitOfWork, message: QueuedMessage, settlement: Settlement, now: datetime) -> None:
        activations_delivery.settled(uow, message, settlement, now=now, tools=self.tools)

    def _before_send(self, uow: UnitOfWork, message: QueuedMessage, now: datetime) -> bool:
        return activations_delivery.before_send(uow, message, now=now, tools=self.tools)


def install(
    settings: Settings, *, clock: Clock | None = None, chance: Chance | None = None, pooled: bool = False
) -> Installation:
    """An installation on the given settings; outside live it makes its folder, and its clock can be moved."""
    if settings.env is Env.LIVE:
        return Installation(settings, clock or SystemClock(), chance or SystemChance(), pooled)
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Installation(settings, clock or ShiftedClock(settings.home / "clock"), chance or SystemChance(), pooled)


def _made(make: Callable[[], T], name: str) -> T:
    try:
        return make()
    except ValueError as wrong:
        raise Unavailable(f"BISDESK_{name} is not right: {wrong}") from None
