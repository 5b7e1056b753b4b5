"""Where the texts lie and how they are filled in: strict about names, markup escaped, one environment a process and folder.

It knows nothing of messages.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from jinja2 import BaseLoader, ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from notifications.wording import clock_time, spoken_day
from workflow.model import Language

BASE = "email/_base/"


def shipped() -> Path:
    """The folder of our own texts: inside the installed package, or beside it in a working copy."""
    package = Path(str(files("notifications")))
    inside = package / "_templates"
    return inside if inside.is_dir() else package.parent / "templates"


@lru_cache(maxsize=8)
def environment(replacing: Path | None = None) -> Environment:
    """The environment of our texts; files of a replacing folder come first, one by one."""
    folders = [shipped()] if replacing is None else [replacing, shipped()]
    loaders: list[BaseLoader] = [FileSystemLoader(folder) for folder in folders]
    made = Environment(
        loader=ChoiceLoader(loaders),
        undefined=StrictUndefined,
        autoescape=_is_markup,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # a text never changes under a running process: versions are pinned
    )
    day: Callable[..., str] = pass_context(_day)
    made.filters["day"] = day
    made.filters["clock"] = clock_time
    return made


def _is_markup(name: str | None) -> bool:
    return name is None or name.endswith(".mjml")


def _day(context: Context, value: date) -> str:
    return spoken_day(value, Language(context["language"]))
