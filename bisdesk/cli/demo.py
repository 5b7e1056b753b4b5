"""`bisdesk demo`: tells the whole story on stdout, with colour where there is a terminal."""

from __future__ import annotations

import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.console import Console
from rich.progress import track
from rich.text import Text

from bisdesk.bootstrap import install
from bisdesk.cli.session import configured
from bisdesk.clock import SystemClock
from bisdesk.demo.cast import CAST, EPILOGUE, LAST_HOUR, PEOPLE, PROLOGUE, cast, epilogue, prologue
from bisdesk.demo.letters import Letter
from bisdesk.demo.papers import papers_of
from bisdesk.demo.simulation import keep_beginning
from bisdesk.demo.stage import Stage, build
from bisdesk.demo.story import SCENES, TOLD, Scene, leave_work, story
from bisdesk.settings import Env, Settings
from workflow.calendar import BRUSSELS
from workflow.errors import GuardRefused, Unavailable

DAYS_BACK = 45
HOST = "127.0.0.1"
DEFAULT_PORT = 8080
DEFAULT_BASE = f"http://{HOST}:{DEFAULT_PORT}"
SHOWN_LINES = 40


def demo(
    once: Annotated[bool, typer.Option("--once", help="Tell the story and stop.")] = False,
    port: Annotated[
        int, typer.Option("--port", min=1, max=65535, help="The port of the site that stays open.")
    ] = DEFAULT_PORT,
) -> None:
    """Tell the whole story on invented people: a key, a late link, a blocked code; then keep site and desk open."""
    settings = _at_port(configured(), port)
    if settings.env is Env.LIVE:
        raise GuardRefused("not_in_live", "The demo never runs on a live installation. Unset BISDESK_ENV.")
    stays_open = sys.stdout.isatty() and not once
    door = _door(port) if stays_open else None  # a port that is taken is told before the story, not after
    console = Console(highlight=False, soft_wrap=True)
    today = SystemClock().now()
    start = _nine_o_clock(today - timedelta(days=DAYS_BACK))
    console.print(Text("bisdesk: three people and their digital keys", style="bold"))
    console.print(
        f"Invented people, a clock that starts {DAYS_BACK} days back, mail and SMS captured in {settings.home}/demo\n"
    )
    stage = build(settings, start)
    if once:
        _tell(console, story(stage), SCENES)
        stage.clock.set(today)
        stage.tick()
    else:
        _tell_with_everybody(console, stage, today)
        _say_what_next(console, stage, open_=stays_open)
    console.print(Text("Done. Every step above went through the same rules as a live desk.", style="bold"))
    if door:
        _keep_open(stage, door, console)


def _tell_with_everybody(console: Console, stage: Stage, today: datetime) -> None:
    """The story, with all others who live in the demonstration; what they came to is kept, to begin again from it."""
    stage.papers = papers_of
    _come_on(console, prologue(stage), len(PROLOGUE))
    _tell(console, story(stage), SCENES)
    _come_on(console, cast(stage, today), len(CAST))
    stage.clock.set(today - timedelta(hours=1))
    _tell(console, leave_work(stage, today - LAST_HOUR), 2)
    _come_on(console, epilogue(stage, today), len(EPILOGUE))
    keep_beginning(stage.app)
    others, people = len(PEOPLE), len(TOLD) + len(PEOPLE)
    console.print(f"{others} others live beside them, each at another place of a lifecycle: {people} invented people.")


def _come_on(console: Console, people: Iterator[str], count: int) -> None:
    """Let others come on stage, with a bar where somebody watches."""
    for _ in track(
        people, "Others come on stage", count, console=console, transient=True, disable=not console.is_terminal
    ):
        pass


def _at_port(settings: Settings, port: int) -> Settings:
    """Links of the story lead to the site that stays open, unless another address is set."""
    if settings.base_url != DEFAULT_BASE:
        return settings
    base = f"http://{HOST}:{port}"
    same = settings.applicant_base_url == DEFAULT_BASE
    return replace(settings, base_url=base, applicant_base_url=base if same else settings.applicant_base_url)


def _door(port: int) -> socket.socket:
    from bisdesk.asgi import door_at  # loaded here: a story that only is told needs no web server

    try:
        return door_at(HOST, port)
    except Unavailable as taken:
        free = port + 1 if port < 65535 else DEFAULT_PORT
        raise Unavailable(f"{taken} For example `bisdesk demo --port {free}`, or `make demo PORT={free}`.") from None


def _keep_open(stage: Stage, door: socket.socket, console: Console) -> None:
    """Serve site and desk of the story, on the clock of this machine and as far as people move it, until told to stop."""
    from bisdesk.asgi import serve, web_app

    app = install(stage.app.settings, pooled=True)
    base = f"http://{HOST}:{door.getsockname()[1]}"
    phone, desk = f"{base}/demo/phone", f"{base}/desk"
    told = ("\nOpen ", (phone, "bold cyan"), " for mail and SMS, ", (desk, "bold cyan"), " for the officers, ",
            (f"{desk}/demo", "bold cyan"), " to move the clock; stop with Ctrl+C.")  # fmt: skip
    console.print(Text.assemble(*told))
    serve(web_app(app, worker=True), door)
    _say_goodbye(stage, console)


def _say_goodbye(stage: Stage, console: Console) -> None:
    """What is left, and how to see it again."""
    console.print(f"\nStopped. The people of the story, their mail and SMS are kept in {stage.app.settings.home}.")
    console.print("See them again, as they are now:")
    for line in (*_at_home(stage), *_serving(stage)):
        console.print(f"    {line}")


def _serving(stage: Stage) -> tuple[str, ...]:
    base = stage.app.settings.applicant_base_url
    port = urlsplit(base).port or 80
    own = () if base == DEFAULT_BASE else (f"export BISDESK_BASE_URL={base}",)
    return (*own, f"bisdesk serve --worker --port {port}     then open {base}/demo/phone: Marta's mail and SMS")


def _at_home(stage: Stage) -> tuple[str, ...]:
    """What makes `bisdesk` the command of this installation."""
    on_path = () if shutil.which("bisdesk") else (f'export PATH="{Path(sys.argv[0]).absolute().parent}:$PATH"',)
    return (*on_path, f"export BISDESK_HOME={stage.app.settings.home}")


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


def _say_what_next(console: Console, stage: Stage, *, open_: bool) -> None:
    """What to type next; in a terminal the site opens by itself."""
    home = stage.app.settings.home
    console.print(Text("\nGo on yourself:", style="bold"))
    for line in (
        *_at_home(stage),
        "bisdesk request list",
        f"ls {home}/mail {home}/sms                 the mail and SMS that people got",
        *(() if open_ else _serving(stage)),
        f"bisdesk activation show {stage.waiting}",
        f"bisdesk activation enter-code {stage.waiting} CODE      the code is in Marta's SMS",
        "bisdesk lifecycle show activation",
    ):
        console.print(f"    {line}")
    console.print()
