"""The benchmark still measures what it says: both sides write the same rows, and a sweep fires what is due. No time is judged."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
@pytest.mark.postgres
def test_the_benchmark_runs_and_both_sides_write_the_same() -> None:
    root = Path(__file__).parents[2]
    words = [sys.executable, "-m", "bench", "--quick", "--print"]

    done = subprocess.run(words, cwd=root, capture_output=True, text=True, check=False, timeout=300)

    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.count("| 1,000 |") == 2, done.stdout
