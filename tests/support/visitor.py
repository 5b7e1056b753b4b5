"""The applicant in front of the site, for stories: links of the mails, codes of the SMS, sessions, and the page that is true.

Everything is read out of what was sent, as a person would; nothing reaches past the use cases.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from tests.support.world import PASSWORD, World
from workflow import activations_code, activations_keys, activations_resume, sessions, sign_in, standing
from workflow.activations_code import CodeOutcome
from workflow.model import Case, KeyKind
from workflow.one_time import OtpMalformed, OtpMissed
from workflow.outbox import MessageKind, Receipt, ReceiptStatus
from workflow.ports_entry import LinkPurpose, Session, Stage
from workflow.receipts import receive
from workflow.sessions import Opened
from workflow.sign_in import Origin, SignInRefused
from workflow.standing import Page, Standing

M = MessageKind
NAME = "zoe.dubois"
MINUTE = timedelta(minutes=1)
HOME = Origin("198.51.100.0/24")  # where she lives, on a device that nobody knows yet


def standing_of(world: World, token: str) -> Standing:
    """Where an activation stands for the holder of this link."""
    here = world.does(None, standing.of_link, token)
    assert here is not None, "the link is unknown"
    return here


def page_of(world: World, token: str) -> Page | None:
    """The page that is true for a link; None for one that nobody knows."""
    here = world.does(None, standing.of_link, token)
    return here.page if here else None


def sent_secret(world: World, ref: str, kind: MessageKind) -> str:
    """The link or code of the newest message of a kind, once the post has gone."""
    world.deliver()
    secret = world.sent(ref, kind)[-1].secret
    assert secret is not None
    return secret


def mail_came_back(world: World, ref: str) -> None:
    """The provider tells that the newest mail with a link came back."""
    receipt = Receipt("smtp", ReceiptStatus.BOUNCED, world.queue(ref, M.M1, M.M8)[-1].message.id, code="dsn_5.1.1")
    receive(world.store.unit_of_work, receipt, now=world.now, tools=world.tools)


def with_command(world: World, ref: str, code: str, command: UUID) -> CodeOutcome:
    """The applicant sends the form of the code, a sending that has a number of its own."""
    return world.does(None, activations_code.submit_code, ref, code, command_id=command)


def asked_to_resume(world: World, ref: str) -> tuple[str, str]:
    """The link and the code with which an unfinished set-up goes on."""
    world.does(None, activations_resume.ask_resume, ref)
    return sent_secret(world, ref, M.M13), sent_secret(world, ref, M.M15)


def digest_of(world: World, token: str) -> bytes:
    """What is kept of a link for going on."""
    return world.tools.secrets.token_digest(token, purpose=LinkPurpose.RESUME)


def resume(world: World, ref: str, token: str, otp: str) -> Case | OtpMissed | OtpMalformed:
    """Redeem link and code."""
    return world.does(None, activations_resume.resume, ref, digest=digest_of(world, token), otp=otp)


def with_app(world: World, name: str = NAME, changes: dict[str, object] | None = None) -> tuple[str, str]:
    """An activation whose app key works, a minute ago; its reference and the secret of the app."""
    ref = world.activated(changes)
    secret = world.choose_app(ref, username=name)
    world.does(None, activations_keys.confirm_key, ref, world.app_shows(secret))
    world.deliver()
    world.wait(minutes=1)
    return ref, secret


def with_sms_key(world: World) -> str:
    """An activation whose only key is one by SMS, two minutes ago; its reference."""
    ref = world.activated()
    world.does(None, activations_keys.choose_key, ref, KeyKind.SMS, username=NAME, password=PASSWORD)
    world.does(None, activations_keys.confirm_key, ref, sent_secret(world, ref, M.M15))
    world.deliver()
    world.wait(minutes=2)
    return ref


def opened(world: World, ref: str, stage: Stage) -> Opened:
    """A browser at this stage."""
    with world.door() as door:
        return sessions.open_for(door.uow, world.case(ref).id, stage, now=world.now, tools=world.tools)


def is_in(world: World, token: str) -> bool:
    """Whether the number in a cookie still counts."""
    return session_of(world, token) is not None


def session_of(world: World, token: str) -> Session | None:
    """The session behind the number in a cookie, if it still counts."""
    with world.door() as door:
        return sessions.current(door.uow, token, now=world.now, tools=world.tools)


def give_password(
    world: World, name: str = NAME, password: str = PASSWORD, *, origin: Origin = HOME
) -> Opened | SignInRefused:  # fmt: skip
    """The first step of signing in."""
    return world.does(None, sign_in.give_password, name, password, origin=origin)


def password_given(world: World, name: str = NAME) -> Opened:
    """The first step of signing in, done right."""
    done = give_password(world, name)
    assert isinstance(done, Opened), done
    return done


def signed_in(world: World, ref: str, secret: str, name: str = NAME) -> Opened:
    """Both steps of signing in with the app, done right."""
    first = password_given(world, name)
    done = world.does(None, sign_in.give_key, ref, first.session, kind=KeyKind.TOTP, otp=world.app_shows(secret))
    assert isinstance(done, Opened), done
    return done
