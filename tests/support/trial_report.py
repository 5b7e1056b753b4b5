"""What a trial found, as a page for people: the figures of every way and language, and the transcripts of one language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bench.report import machine
from tests.support import trial_person as person

if TYPE_CHECKING:
    from tests.support.trial import Trial
    from tests.support.trial_person import Deed

TARGET_S = 120
INTRODUCTION = """\
<!-- Written by `make trial`; the seconds are those of one run on one machine. -->

# From the link to an active key: a trial

Somebody who has never seen these pages runs the command of the [README](../README.md), opens the mailbox that it names, follows
the link of the mail and activates a key, in a real browser and in real time. **From the click on the link to the page that says
that the key is active it takes less than {target} minutes**, by app and by SMS, in each of the four languages.
Before the pages were shortened for it, the same person took 155 s by app and 128 s by SMS in Dutch: what only some need is
folded now, or stands below the button.

    make trial                             Dutch, both ways at once
    make trial TRIAL="--language fr"       another language
    make trial TRIAL=--clone               from a fresh clone of what is committed, by `make demo`
    make trial TRIAL=--write               four languages, and this page

How the person behaves is fixed in [trial_person.py](../tests/support/trial_person.py), and slow rather than quick:

- **reads** everything from the top of each page to what is needed next, at {words} words a minute, each text once; what
  is folded, the number of the step, what stands below the button and the footer are not needed;
- **points** in {point} s, moves a hand to the keyboard in {hand} s, and makes up their mind in {mind} s
  before a choice (Card, Moran and Newell, *The Psychology of Human-Computer Interaction*, 1983);
- **types** at {keys[0]} to {keys[1]} ms a key, nothing pasted, with Tab from the user name to the password; a code part by part,
  with a look of {glance} s at the phone for each;
- **thinks** {name:.0f} s about a user name and {password:.0f} s about a password; takes the phone in {phone:.0f} s; opens an app
  that is installed and scans in {scan:.0f} s. Installing an app is not measured;
- **waits** for the SMS as long as it takes to come.

Hesitating is what is neither reading nor doing: making up one's mind, thinking of something, waiting.
"""


def _introduction() -> str:
    return INTRODUCTION.format(
        target=TARGET_S // 60, words=person.WORDS_A_MINUTE, point=person.POINT_S, hand=person.HAND_S, mind=person.MIND_S,
        keys=person.KEY_MS, glance=person.GLANCE_S, name=person.INVENT_NAME_S, password=person.INVENT_PASSWORD_S,
        phone=person.TAKE_PHONE_S, scan=person.OPEN_APP_AND_SCAN_S,
    )  # fmt: skip


def page(trials: Sequence[Trial], *, readme_words: int) -> str:
    """The page."""
    first = trials[0].language
    return "\n".join([
        _introduction(),
        "## Figures\n",
        "| Language | Key | Link to key, s | Reading, s (words) | Doing, s | Hesitating, s | Target, s |",
        "|---|---|---|---|---|---|---|",
        *(_row(trial) for trial in trials),
        "",
        _before_the_link(trials, readme_words),
        "",
        *(line for trial in trials if trial.language == first for line in _transcript(trial)),
        "## Where\n",
        f"- measured: {datetime.now(UTC).date().isoformat()}",
        *(f"- {name}: {value}" for name, value in machine().items() if name in ("processors", "memory", "system", "python")),
        "",
    ])  # fmt: skip


def _before_the_link(trials: Sequence[Trial], readme_words: int) -> str:
    mail_words, opened_s = max(trial.mail_words for trial in trials), max(trial.opened_s for trial in trials)
    readme_s, mail_s = (words * 60 / person.WORDS_A_MINUTE for words in (readme_words, mail_words))
    return (
        f"Before the link: {readme_words} words of the README up to the command ({readme_s:.0f} s), {opened_s:.0f} s from the "
        f"command to the line that names the mailbox, {mail_words} words up to the link of the mail ({mail_s:.0f} s)."
    )


def _row(trial: Trial) -> str:
    reading = sum(deed.reading_s for deed in trial.deeds)
    words = sum(deed.words for deed in trial.deeds)
    doing = sum(deed.doing_s for deed in trial.deeds)
    hesitating = sum(deed.hesitating_s for deed in trial.deeds)
    return (
        f"| {trial.language} | {trial.way} | **{trial.seconds:.0f}** | {reading:.0f} ({words}) | {doing:.0f} "
        f"| {hesitating:.0f} | {TARGET_S} |"
    )


def _transcript(trial: Trial) -> list[str]:
    return [
        f"## Transcript: {trial.language}, key by {trial.way}\n",
        "| At, s | Page | Deed | Reading, s | Doing, s | Hesitating, s |",
        "|---|---|---|---|---|---|",
        *(_line(deed) for deed in trial.deeds),
        "",
    ]


def _line(deed: Deed) -> str:
    words = f" ({deed.words} words)" if deed.words else ""
    spent = (f"{value:.1f}" if value >= 0.05 else "" for value in (deed.reading_s, deed.doing_s, deed.hesitating_s))
    return f"| {deed.at_s:.0f} | {deed.page} | {deed.done}{words} | {' | '.join(spent)} |"
