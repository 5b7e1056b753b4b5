"""What a look at one part of an installation found, for a person and for a program."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Examined:
    """One thing that was looked at."""

    name: str
    ok: bool
    found: str
    remedy: str = ""


def line(one: Examined) -> str:
    """One line for a person."""
    status = "ok     " if one.ok else "problem"
    return f"{status}  {one.name:<10}  {one.found}" + (f"\n{'':>21}do: {one.remedy}" if one.remedy else "")


def view(one: Examined) -> dict[str, object]:
    """One object for a program."""
    shown: dict[str, object] = {"name": one.name, "ok": one.ok, "found": one.found}
    return {**shown, "do": one.remedy} if one.remedy else shown
