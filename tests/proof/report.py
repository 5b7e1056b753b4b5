"""The figures of a run, as JSON for docs/delivery.md and as a table for people."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.proof.faults import CATALOGUE
from tests.proof.judge import Found

FIGURES = Path(__file__).parents[2] / "docs" / "delivery.json"
MUST_BE_NONE = {
    "lost": "taken by no provider, though the outbox says so",
    "not_at_rest": "neither handed over nor at an end",
    "without_reason": "never sent, and no reason kept",
    "unexplained": "copies that no death and no lost answer explains",
    "different": "messages whose copies differ",
    "codes_differ": "activations that were told two codes",
    "too_late": "handed over at their last moment or after it",
    "untrue": "said to be delivered or not, against the provider's word",
    "strangers": "copies of what was never owed",
    "misjudged": "receipts that were forged and believed, or genuine and refused",
}


def figures(found: Found) -> dict[str, Any]:
    """What is kept of a run."""
    plain = (
        "messages", "copies", "attempts", "deaths", "ticks", "by_kind", "by_state", "by_reason", "second_copies", "thrown",
    )  # fmt: skip
    return {
        "measured": datetime.now(UTC).date().isoformat(),
        "minutes": round(found.seconds / 60, 1),
        "years": round(found.days / 365, 1),
        **{name: _sorted(getattr(found, name)) for name in plain},
        "faults": {kind: found.met.get(kind, 0) for kind in CATALOGUE},
        "receipts": sum(sum(answers.values()) for answers in found.receipts.values()),
        "must_be_none": {name: len(getattr(found, name)) for name in MUST_BE_NONE},
    }


def write(found: Found) -> None:
    """Write the figures."""
    FIGURES.write_text(json.dumps(figures(found), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def table(kept: dict[str, Any]) -> str:
    """The figures as tables."""
    faults = kept["faults"]
    seconds = kept["second_copies"]
    lines = [
        "| What | Number |",
        "|---|---:|",
        f"| messages owed | {kept['messages']:,} |",
        f"| attempts to hand them over | {kept['attempts']:,} |",
        f"| copies that providers took | {kept['copies']:,} |",
        f"| faults met, of {len(faults)} kinds | {sum(faults.values()):,} |",
        f"| workers killed | {kept['deaths']:,} |",
        f"| receipts brought | {kept['receipts']:,} |",
        f"| second copies | {sum(seconds.values()):,} |",
        *(f"| of them, {reason} | {number:,} |" for reason, number in seconds.items()),
        *(f"| **{MUST_BE_NONE[name]}** | **{number}** |" for name, number in kept["must_be_none"].items()),
        "",
        "| How messages ended | Number |",
        "|---|---:|",
        *(f"| {state} | {number:,} |" for state, number in kept["by_state"].items()),
        *(f"| {reason} | {number:,} |" for reason, number in kept["by_reason"].items()),
        "",
        "| Message | Number |",
        "|---|---:|",
        *(f"| {kind} | {number:,} |" for kind, number in kept["by_kind"].items()),
        "",
        "| Fault | Met |",
        "|---|---:|",
        *(f"| {kind} | {number:,} |" for kind, number in faults.items()),
    ]
    return "\n".join(lines) + "\n"


def _sorted(value: object) -> object:
    return dict(sorted(value.items())) if isinstance(value, dict) else value
