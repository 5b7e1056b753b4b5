"""Three people and their keys: one goes straight, one comes late, one guesses. Told scene by scene."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from bisdesk.demo.letters import Letter
from bisdesk.demo.stage import Stage, code_in, otp_in
from workflow.activations_code import CodeMissed
from workflow.model import KeyKind

WRONG = "00000 00000 00000 0000"  # and one more digit, so that no two wrong codes are the same


@dataclass(frozen=True, slots=True)
class Scene:
    """One step of the story: when, what, in which states, and what arrived."""

    at: datetime
    told: str
    states: tuple[str, ...] = ()
    letters: tuple[Letter, ...] = field(default=(), repr=False)


SCENES = 20  # of the whole story, for its progress
TOLD = ("zoe-dubois", "jurgen-mueller", "siobhan-kelly", "marta-nowak", "luc-vanderberg")  # of whom it tells


def story(stage: Stage) -> Iterator[Scene]:
    """The three stories, one after the other on one clock."""
    yield from _straight(stage)
    yield from _late(stage)
    yield from _guessing(stage)


def leave_work(stage: Stage, today: datetime) -> Iterator[Scene]:
    """Something to look at, and something to do, for whoever goes on by hand."""
    ref = stage.file("marta-nowak")
    stage.take(ref)
    stage.approve(ref)
    letters = stage.tick()
    stage.waiting = str(stage.request(ref)["activation"])
    told = f"Marta Nowak's activation {stage.waiting} waits for her code; it is in her SMS."
    yield _scene(stage, told, stage.waiting, letters=letters)
    ref = stage.file("luc-vanderberg")
    stage.take(ref)
    stage.ask(ref, ("person.birthPlace",), "De geboorteplaats staat anders op het document.")
    yield _scene(
        stage, f"Luc van der Berg's request {ref} went back to Anna for a correction.", ref, letters=stage.tick()
    )
    stage.clock.set(today)
    stage.tick()


def _straight(stage: Stage) -> Iterator[Scene]:
    ref = stage.file("zoe-dubois")
    yield _scene(stage, f"Anna files a request for Zoë Dubois: {ref}. Five checks passed, papers attached.", ref)
    stage.take(ref)
    yield _scene(stage, "Bart of the service desk takes it; Anna herself could not (four eyes).", ref)
    stage.approve(ref)
    yield _scene(stage, "Bart approves it; the register is searched before anything is created.", ref)
    letters = stage.tick()
    activation = str(stage.request(ref)["activation"])
    number = stage.request(ref).get("bisNumber")
    told = f"Nobody like her was found: the register created BIS number {number}. Link by mail, code by SMS."
    yield _scene(stage, told, ref, activation, letters=letters)
    stage.pass_time(days=1, hours=2)
    code = code_in(letters)
    stage.enter(activation, code.lower())
    yield _scene(stage, "Zoë enters the code of her SMS, in lower case and with its spaces: that is fine.", activation)
    chosen = stage.choose(activation, KeyKind.TOTP, "zoe.dubois")
    yield _scene(stage, "She chooses a key by app and scans the code.", activation)
    stage.confirm(activation, stage.app_code(chosen))
    yield _scene(
        stage, "Her app shows six digits; with them her digital key is active.", activation, letters=stage.tick()
    )


def _late(stage: Stage) -> Iterator[Scene]:
    ref, activation, letters = _registered(stage, "jurgen-mueller")
    yield _scene(
        stage, f"Jürgen Müller-Vogt is registered in the same way: {ref}. He forgets the mail.", ref, activation
    )
    code = code_in(letters)
    stage.pass_time(days=14)
    yield _scene(stage, f"Day 14: his link still works, until {_until(stage, activation)} included.", activation)
    stage.pass_time(days=1)
    stage.enter(activation, code)
    yield _scene(stage, "Day 15: the link has expired. The right code is refused and costs no try.", activation)
    stage.renew(activation)
    letters = stage.tick()
    told = f"He asks for a new link. It works until {_until(stage, activation)}, and never past day 30. The code stays."
    yield _scene(stage, told, activation, letters=letters)
    stage.enter(activation, code)
    yield _scene(stage, "With the new link his old code is right.", activation)
    stage.choose(activation, KeyKind.SMS, "juergen.mv")
    letters = stage.tick()
    yield _scene(stage, "He chooses a key by SMS and gets six digits.", activation, letters=letters)
    stage.confirm(activation, otp_in(letters))
    yield _scene(stage, "The digits are right: his key is active.", activation, letters=stage.tick())


def _guessing(stage: Stage) -> Iterator[Scene]:
    ref, activation, letters = _registered(stage, "siobhan-kelly")
    yield _scene(stage, f"Siobhán Kelly is registered: {ref}.", ref, activation)
    stage.enter(activation, "12345")
    yield _scene(stage, "She types five digits: that is no code, and no try is used.", activation)
    for number, left in ((1, "two tries are left"), (2, "one try is left")):
        assert isinstance(stage.enter(activation, f"{WRONG}{number}"), CodeMissed)
        yield _scene(stage, f"A wrong code: {left}.", activation)
    stage.enter(activation, f"{WRONG}3")
    letters_of_block = stage.tick()
    told = "The third wrong code blocks the activation for good; she and Anna are told."
    yield _scene(stage, told, activation, letters=letters_of_block)
    stage.enter(activation, code_in(letters))
    yield _scene(stage, "Even the right code is refused now. A new request is needed.", activation)


def _registered(stage: Stage, name: str) -> tuple[str, str, list[Letter]]:
    """A person from the file to link and code, an hour after the last scene."""
    stage.pass_time(hours=1)
    ref = stage.file(name)
    stage.take(ref)
    stage.approve(ref)
    letters = stage.tick()
    return ref, str(stage.request(ref)["activation"]), letters


def _until(stage: Stage, activation: str) -> str:
    return str(stage.activation(activation)["linkUntil"])


def _scene(stage: Stage, told: str, *refs: str, letters: list[Letter] | None = None) -> Scene:
    states = tuple(f"{ref} {stage.state(ref)}" for ref in refs)
    return Scene(stage.now, told, states, tuple(letters or ()))
