"""Run the proof of delivery: `python -m tests.proof [--messages N] [--write]`; it ends with 1 when anything was wrong."""

from __future__ import annotations

import argparse
import sys

from tests.proof import report
from tests.proof.run import missing, run


def main(words: list[str]) -> int:
    """Run, print the table, and write the figures where asked to."""
    parser = argparse.ArgumentParser(prog="python -m tests.proof", description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--write", action="store_true", help="write docs/delivery.json, which docs/delivery.md shows")
    options = parser.parse_args(words)
    found = run(options.messages, seed=options.seed, say=_say)
    print(report.table(report.figures(found)))
    wrong = {**found.problems(), **({"kinds that never occurred": gone} if (gone := missing(found)) else {})}
    for what, which in wrong.items():
        _say(f"WRONG {what}: {len(which)}, such as {which[:5]}\n")
    if options.write and not wrong:
        report.write(found)
    return bool(wrong)


def _say(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
