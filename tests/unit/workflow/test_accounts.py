"""User name and password: what is refused and why, and of two who take one name at once one gets it (B2-11, ASVS 6.2)."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest

from store.memory import MemoryStore
from tests.fakes import secret_of
from tests.support.visitor import NAME, give_password
from tests.support.world import PASSWORD, World
from workflow import activations, activations_keys
from workflow.access import Door
from workflow.errors import InvalidSubmission
from workflow.model import KeyKind, Reason
from workflow.ports import UnitOfWork
from workflow.sessions import Opened

pytestmark = pytest.mark.fact("B2-11", "3.37")
OTHER = {"contact.email": "marta@example.org", "contact.mobile": "+48512345678", "document.number": "AB1234567",
         "person.familyName": "Nowak", "person.birthDate": "1990-01-02"}  # fmt: skip


def faults(world: World, ref: str, *, username: str | None = NAME, password: str | None = PASSWORD) -> list[str]:
    """Field and code of every breach."""
    with pytest.raises(InvalidSubmission) as refused:
        world.does(None, activations_keys.name_account, ref, username=username, password=password)
    return [f"{field.path}: {field.code}" for field in refused.value.fields]


def named(world: World, ref: str, *, username: str = NAME, password: str = PASSWORD) -> None:
    """The account gets its name and password."""
    world.does(None, activations_keys.name_account, ref, username=username, password=password)


@pytest.fixture(scope="module")
def shared() -> tuple[World, str]:
    """A profile that is activated; refusals leave it as it is."""
    world = World()
    return world, world.activated()


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("Tr4il-Moss-1", None),  # twelve
        ("Tr4il-Moss-", "length"),  # eleven
        ("Tr4il-Moss-Kite-" * 8, None),  # 128
        ("Tr4il-Moss-Kite-" * 8 + "x", "length"),  # 129
        ("", "length"),
        (None, "length"),
    ],
)
def test_a_password_has_twelve_to_a_hundred_and_twenty_eight_characters(
    password: str | None, fault: str | None
) -> None:
    world = World()
    ref = world.activated()

    if fault:
        assert faults(world, ref, password=password) == [f"password: {fault}"]
    else:
        named(world, ref, password=str(password))
        assert world.activation(ref).account_named


def test_its_length_is_that_of_the_form_that_is_hashed() -> None:
    """What one keyboard sends as two characters is one: eleven stay eleven (NFKC)."""
    world = World()
    ref = world.activated()
    eleven = unicodedata.normalize("NFD", "Tröil-Möss-")

    assert len(eleven) > 12
    assert faults(world, ref, password=eleven) == ["password: length"]


@pytest.mark.fact("B2-13")
def test_a_password_typed_on_another_keyboard_is_the_same_password() -> None:
    world = World()
    ref = world.activated()
    composed = "Zoë-Läuft-Über-Brücken"
    named(world, ref, password=unicodedata.normalize("NFD", composed))
    secret = _app_of(world, ref)
    world.does(None, activations_keys.confirm_key, ref, world.app_shows(secret))

    assert isinstance(give_password(world, NAME, composed), Opened)


@pytest.mark.fact("B2-16")
def test_the_user_name_of_an_activation_that_has_ended_can_be_taken_again() -> None:
    world = World()
    ended = world.active()
    world.does(world.bart, activations.cancel, ended, Reason("key_lost"))
    ref = world.activated(OTHER)

    named(world, ref)

    assert world.activation(ref).account_named


def test_a_user_name_of_an_activation_that_goes_on_stays_taken() -> None:
    world = World()
    world.active()

    other = world.activated(OTHER)

    assert faults(world, other) == ["username: taken"]


@pytest.mark.parametrize(
    "password", ["my-zoe.dubois-77-kite", "ZOE.DUBOIS-77-kite-moss", "\uff3aoe.dubois-77-kite-moss"]
)
@pytest.mark.parametrize("username", [NAME, "Zoe.Dubois", "\uff5aoe.dubois"])
def test_the_user_name_has_no_place_in_the_password_however_either_is_written(
    shared: tuple[World, str], username: str, password: str
) -> None:
    assert faults(*shared, username=username, password=password) == ["password: context"]


@pytest.mark.parametrize("password", ["bisdesk-kite-moss-77", "Kite-BisDesk-Moss-77"])
def test_neither_has_the_name_of_this_service(shared: tuple[World, str], password: str) -> None:
    assert faults(*shared, password=password) == ["password: context"]


@pytest.mark.parametrize(
    "password", ["wachtwoord123", "motdepasse12!", "Passwort1234", "vlaanderen12", "aaaaaaaaaaaaaa", "sonnenschein1"]
)
def test_what_is_guessed_first_is_refused(shared: tuple[World, str], password: str) -> None:
    assert faults(*shared, password=password) == ["password: common"]


@pytest.mark.parametrize(
    ("username", "fault"),
    [
        ("zoe", "length"),
        ("z" * 65, "length"),
        ("", "length"),
        (None, "length"),
        ("zoe dubois", "characters"),
        ("zoe/dubois", "characters"),
        ("zoe\u202edubois", "characters"),
        ("zoe\x00dubois", "characters"),
        ("<zoe>", "characters"),
    ],
)
def test_a_user_name_has_four_to_sixty_four_letters_digits_and_a_few_signs(
    shared: tuple[World, str], username: str | None, fault: str
) -> None:
    assert faults(*shared, username=username) == [f"username: {fault}"]


@pytest.mark.parametrize("username", ["zoe_d", "Zoë.Dubois", "zoe+work@example.org", "Ζωή.Παπά", "z" * 64])
def test_letters_of_any_script_are_fine(username: str) -> None:
    world = World()
    ref = world.activated()

    named(world, ref, username=username)

    assert world.activation(ref).account_named


def test_every_breach_is_told_at_once_and_nothing_is_kept(shared: tuple[World, str]) -> None:
    world, ref = shared

    assert faults(world, ref, username="z!", password="short") == ["username: length", "password: length"]

    assert not world.activation(ref).account_named
    assert "activation.account_named" not in world.events(ref)


@pytest.mark.parametrize("username", [NAME, "ZOE.DUBOIS", "\uff5aoe.dubois"])
def test_a_name_that_somebody_has_is_taken_however_it_is_written(username: str) -> None:
    world = World()
    named(world, world.activated())
    other = world.activated(OTHER)

    assert faults(world, other, username=username) == ["username: taken"]


def test_naming_it_again_changes_both_until_a_key_works_and_frees_the_first_name() -> None:
    world = World()
    ref = world.activated()
    named(world, ref)
    named(world, ref, username="zoe.d", password="Harbour-Violet-Ninety")
    other = world.activated(OTHER)

    named(world, other)

    assert world.events(ref).count("activation.account_named") == 2


def test_keys_ask_for_name_and_password_no_second_time() -> None:
    world = World()
    ref = world.activated()
    named(world, ref)

    world.does(None, activations_keys.choose_key, ref, KeyKind.TOTP)

    assert world.state(ref) == "key_setup"


TAKING: dict[str, Callable[[Door, str], object]] = {
    "name": lambda door, ref: activations_keys.name_account(door, ref, username=NAME, password=PASSWORD),
    "choose": lambda door, ref: activations_keys.choose_key(door, ref, KeyKind.TOTP, username=NAME, password=PASSWORD),
}


class _Blind:
    """A store whose look at user names is a moment too early: whoever is about to take one is not seen yet."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def unit_of_work(self) -> UnitOfWork:
        """A transaction in which nobody has a user name yet."""
        unit = self._store.unit_of_work()
        unit.people = _BlindPeople(unit.people)  # type: ignore[assignment]
        return unit


class _BlindPeople:
    def __init__(self, people: object) -> None:
        self._people = people

    def find(self, name: str, values: tuple[str, ...]) -> list[UUID]:
        return [] if name == "username" else self._people.find(name, values)  # type: ignore[attr-defined]

    def __getattr__(self, name: str) -> object:
        return getattr(self._people, name)


@pytest.mark.parametrize("act", TAKING)
def test_of_two_who_take_one_name_at_once_the_second_reads_that_it_is_taken_and_nothing_is_kept(act: str) -> None:
    store = MemoryStore()
    world = World(store=store)
    named(world, world.activated())
    other = world.activated(OTHER)
    lines = len(world.history(other))
    world.store = _Blind(store)

    with pytest.raises(InvalidSubmission) as refused:
        world.does(None, TAKING[act], other)

    assert [(field.path, field.code) for field in refused.value.fields] == [("username", "taken")]
    world.store = store
    assert not world.activation(other).account_named
    assert len(world.history(other)) == lines


def _app_of(world: World, ref: str) -> str:
    chosen = world.does(None, activations_keys.choose_key, ref, KeyKind.TOTP)
    assert chosen.uri is not None
    return secret_of(chosen.uri)


@pytest.mark.parametrize(
    "password",
    ["Dubois-1988-kite", "my name is zoe.dubois", "zoe dubois 123", "DUBOIS-Lantern-Orchid", "zoe.dubois@example.org"],
)
def test_a_password_with_ones_own_name_or_address_in_it_is_refused(shared: tuple[World, str], password: str) -> None:
    world, ref = shared

    assert faults(world, ref, username="somebody.else", password=password) == ["password: context"]


def test_while_a_password_is_judged_and_hashed_nobody_waits_for_the_database() -> None:
    world = World()
    ref = world.activated()
    real, seen = world.tools.secrets, []

    class Slow:
        """The port `Secrets`, which looks whether others can write while it works."""

        def __getattr__(self, name: str) -> object:
            return getattr(real, name)

        def hash_password(self, password: str) -> str:
            """As the real one."""
            with world.store.unit_of_work() as other:  # waits for ever, or is refused, where a transaction is open
                other.marks.raise_to(world.now)
                other.commit()
            seen.append("hash")
            return real.hash_password(password)

    world.tools = replace(world.tools, secrets=Slow())

    named(world, ref)

    assert seen == ["hash"]
