"""From the setting `REGISTER_URL` to a register; it knows no environment and no default."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qsl, urlsplit

from registers.manual import ManualRegister
from registers.simulator import CreateScript, Script, SearchScript, Simulator
from workflow.identity_register import IdentityRegister

W = TypeVar("W", bound=StrEnum)
_SCRIPTS = "simulator:?search=match|timeout&create=late|timeout|exists|inconsistent|refused"


def register_from_url(url: str, *, home: Path, key: bytes) -> IdentityRegister:
    """The register that a URL names; the simulator remembers under `home`, sealed by `key`.

    Raises: ValueError with a sentence that says what may stand there.
    """
    parts = urlsplit(url.strip())
    if parts.netloc or parts.path.strip("/") or parts.fragment:
        raise _strange(parts.scheme)
    match parts.scheme:
        case "simulator":
            return Simulator(home, key, _script(parts.query))
        case "manual" if not parts.query:
            return ManualRegister()
        case _:
            raise _strange(parts.scheme)


def _script(query: str) -> Script:
    words = parse_qsl(query, keep_blank_values=True)
    named = dict(words)
    if len(named) != len(words) or not named.keys() <= {"search", "create"}:
        raise ValueError(f"A simulated register is told search and create, each once: {_SCRIPTS}.")
    return Script(_word(SearchScript, named, "search"), _word(CreateScript, named, "create"))


def _word(script: type[W], named: dict[str, str], part: str) -> W:
    word = named.get(part, "plain")
    if word not in {str(known) for known in script}:
        known = ", ".join(script)
        raise ValueError(f"The simulated register knows no {part} of that name. Choose one of: {known}.")
    return script(word)


def _strange(scheme: str) -> ValueError:
    # The rest of the URL may hold a password one day; only the part before the colon is repeated.
    named = f" ({scheme}:)" if scheme.isascii() and scheme.isalnum() else ""
    return ValueError(f"There is no register of this kind{named}. Use {_SCRIPTS}, or manual:")
