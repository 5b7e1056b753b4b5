"""`bisdesk demo`: tells the whole story on stdout, with colour where there is a terminal."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from bisdesk.cli.session import configured
from bisdesk.clock import SystemClock
from bisdesk.demo.stage import Letter, Stage, build
from bisdesk.demo.story import SCENES, Scene, leave_work, story
from bisdesk.settings import Env
from workflow.calendar import BRUSSELS
from workflow.errors import GuardRefused

DAYS_BACK = 45
SHOWN_LINES = 40


def demo(
    once: Annotated[bool, typer.Option("--once", help="Tell the story and stop.")] = False,
    port: Annotated[int, typer.Option("--port", help="Port of the desk, once there is one.", hidden=True)] = 8080,
) -> None:
    """Tell the whole story on invented people: a key, a late link, a blocked code."""
    settings = configured()
    if settings.env is Env.LIVE:
        raise GuardRefused("not_in_live", "The demo never runs on a live installation. Unset BISDESK_ENV.")
    console = Console(highlight=False, soft_wrap=True)
    today = SystemClock().now()
    start = _nine_o_clock(today - timedelta(days=DAYS_BACK))
    console.print(Text("bisdesk: three people and their digital keys", style="bold"))
    console.print(
        f"Invented people, a clock that starts {DAYS_BACK} days back, mail and SMS captured in {settings.home}/demo\n"
    )
    stage = build(settings, start)
    _tell(console, story(stage), SCENES)
    stage.clock.set(today - timedelta(hours=1))
    if once:
        stage.clock.set(today)
        stage.tick()
    else:
        _tell(console, leave_work(stage, today), 2)
        _say_what_next(console, stage)
    console.print(Text("Done. Every step above went through the same rules as a live desk.", style="bold"))


def _nine_o_clock(moment: datetime) -> datetime:
    """When a desk opens on that day."""
    return moment.astimezone(BRUSSELS).replace(hour=9, minute=0, second=0, microsecond=0).astimezone(UTC)


def _tell(console: Console, scenes: Iterator[Scene], count: int) -> None:
    last: datetime | None = None
    for number, scene in enumerate(scenes, start=1):
        local = scene.at.astimezone(BRUSSELS)
        if last is None or last.date() != local.date():
            console.print(Text(f"{local:%A %-d %B %Y}", style="bold cyan"))
        last = local
        console.print(Text.assemble((f"[{number:>2}/{count}] {local:%H:%M}  ", "dim"), scene.told))
        for state in scene.states:
            ref, _, name = state.partition(" ")
            console.print(Text.assemble("              ", (ref, "dim"), " is now ", (name, "bold green")))
        for letter in scene.letters:
            _show(console, letter)


def _show(console: Console, letter: Letter) -> None:
    """A captured message, as its reader gets it."""
    head = f"{letter.channel} to {letter.to}" + (f": {letter.subject}" if letter.subject else "")
    console.print(Text(f"              | {head}", style="yellow"))
    lines = [line for line in letter.text.splitlines() if line.strip()]
    for line in lines[:SHOWN_LINES]:
        console.print(Text(f"              |   {line}", style="dim"))
    if len(lines) > SHOWN_LINES:
        console.print(Text(f"              |   ... {len(lines) - SHOWN_LINES} more lines", style="dim"))


def _say_what_next(console: Console, stage: Stage) -> None:
    home = stage.app.settings.home
    console.print(Text("\nGo on yourself:", style="bold"))
    on_path = () if shutil.which("bisdesk") else (f'export PATH="{Path(sys.argv[0]).absolute().parent}:$PATH"',)
    for line in (
        *on_path,
        f"export BISDESK_HOME={home}",
        "bisdesk request list",
        f"ls {home}/mail {home}/sms                 the mail and SMS that people got",
        f"bisdesk activation show {stage.waiting}",
        f"bisdesk activation enter-code {stage.waiting} CODE      the code is in Marta's SMS",
        "bisdesk lifecycle show activation",
    ):
        console.print(f"    {line}")
    console.print()
