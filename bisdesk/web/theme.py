"""What an installation shows as its own, and the files that pages fetch: read once at the start, served from memory.

No path of a request ever touches the disk. It knows no HTTP.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from notifications.addressee import CONTACT, HELP_SITE
from workflow.model import Language

STATIC = Path(__file__).parent / "static"
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}
OWN_FILES = ("theme.css", "logo.svg")
OWN_WORDS = "theme.toml"
BY_LANGUAGE, PLAIN = ("service", "organisation", "help"), ("contact", "goes_to")


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is served."""

    content: bytes = field(repr=False)
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """The files under an address that changes with their content, and the words of the installation."""

    root: str  # such as /static/3f2a9c0b1d4e
    assets: Mapping[str, Asset] = field(repr=False)
    service: Mapping[Language, str] = field(default_factory=dict)  # where it says nothing, the catalogue does
    organisation: Mapping[Language, str] = field(default_factory=dict)
    help: Mapping[Language, str] = field(default_factory=dict)
    contact: str = CONTACT
    goes_to: str = ""

    def address(self, name: str) -> str:
        """Where a file is fetched, or nothing where there is no such file."""
        path = f"{self.root}/{name}"
        return path if path in self.assets else ""

    def asset(self, path: str) -> Asset | None:
        """The file at this path of a request, or None."""
        return self.assets.get(path)

    def help_in(self, language: Language) -> str:
        """The help page of a language."""
        return self.help.get(language) or f"{HELP_SITE}/{language.value}"


def read_theme(folder: Path | None = None, static: Path = STATIC) -> Theme:
    """The built files, with what the theme folder puts over them.

    Raises: ValueError with one sentence that says what to mend.
    """
    if not (static / "applicant.css").is_file():
        raise ValueError(f"The style of the pages is not built: {static} lacks applicant.css; run `make setup`.")
    files = {path.relative_to(static).as_posix(): path for path in sorted(static.rglob("*")) if path.is_file()}
    said: dict[str, object] = {}
    if folder is not None:
        if not folder.is_dir():
            raise ValueError(f"BISDESK_THEME_DIR names {folder}, which is no folder.")
        files |= {name: folder / name for name in OWN_FILES if (folder / name).exists()}
        said = _said(folder / OWN_WORDS) if (folder / OWN_WORDS).exists() else {}
    contents = {name: _read(path) for name, path in files.items() if path.suffix in MEDIA_TYPES}
    root = f"/static/{_digest(contents)}"
    assets = {f"{root}/{name}": Asset(content, _media_type(name)) for name, content in contents.items()}
    by_language = {name: _per_language(name, said[name]) for name in BY_LANGUAGE if name in said}
    plain = {name: _text(name, said[name]) for name in PLAIN if name in said}
    return Theme(
        root=root,
        assets=assets,
        service=by_language.get("service", {}),
        organisation=by_language.get("organisation", {}),
        help={language: _web_address("help", text) for language, text in by_language.get("help", {}).items()},
        contact=_mail_address(plain.get("contact", CONTACT)),
        goes_to=_web_address("goes_to", plain["goes_to"]) if "goes_to" in plain else "",
    )


def _said(path: Path) -> dict[str, object]:
    try:
        said = tomllib.loads(_read(path).decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise ValueError(f"{path} is not TOML: {wrong}.") from wrong
    unknown = sorted(set(said) - {*BY_LANGUAGE, *PLAIN})
    if unknown:
        raise ValueError(f"{path} names {', '.join(unknown)}; it knows {', '.join((*BY_LANGUAGE, *PLAIN))}.")
    return said


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as wrong:
        raise ValueError(f"{path} cannot be read: {wrong.strerror}.") from wrong


def _per_language(name: str, said: object) -> dict[Language, str]:
    """One text for all languages, or a table with one for each; a language left out has the text of the product."""
    if not isinstance(said, dict):
        return dict.fromkeys(Language, _text(name, said))
    unknown = sorted(set(said) - {language.value for language in Language})
    if unknown:
        raise ValueError(f"{OWN_WORDS}: {name} knows nl, fr, de and en, not {', '.join(unknown)}.")
    return {Language(code): _text(f"{name}.{code}", text) for code, text in said.items()}


def _text(name: str, said: object) -> str:
    if not isinstance(said, str) or not said.strip():
        raise ValueError(f"{OWN_WORDS}: {name} is to be a text.")
    return said.strip()


def _web_address(name: str, said: str) -> str:
    """A page elsewhere; anything else, such as a script, never becomes a link."""
    if not said.startswith(("https://", "http://")):
        raise ValueError(f"{OWN_WORDS}: {name} is to begin with https://.")
    return said


def _mail_address(said: str) -> str:
    name, _, host = said.partition("@")
    if not name or "." not in host or any(char.isspace() or char in "?&<>\"'" for char in said):
        raise ValueError(f"{OWN_WORDS}: contact is to be a mail address.")
    return said


def _digest(contents: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, content in sorted(contents.items()):
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:12]


def _media_type(name: str) -> str:
    return MEDIA_TYPES[Path(name).suffix]
