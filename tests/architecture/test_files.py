"""What the repository keeps: no path or host of the machine it was made on, no dead link, no page gone stale."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, kept_files
from tests.support import generate, wheel

TEXT = {
    ".py",
    ".md",
    ".toml",
    ".txt",
    ".in",
    ".sh",
    ".json",
    ".html",
    ".mjml",
    ".svg",
    ".mako",
    ".ini",
    ".yml",
    ".yaml",
    ".cfg",
    "",
}
FORBIDDEN = {
    "a path of one machine": r"(?<![\w.}])(/wo" + r"rk/|/ho" + r"me/[a-z]|/ro" + r"ot/|/Use" + r"rs/)",
    "a folder beside the repository": r"\.\./sha" + "red",
    "a package index": r"py" + r"pi\.org|python" + r"hosted\.org|registry\.np" + "mjs",
    "an address to install from": r"--(extra-)?index-" + r"url|--find-" + "links",
    "a download address in a lock": r'"reso' + r'lved"\s*:',
    "a word of the workplace": r"\bchat" + r"gpt\b|\blan" + r"guage model\b|\bas an a" + r"i\b",
}  # fmt: skip
GENERATED_TEXTS = {"LICENSE"}
LINK = re.compile(r"(?<!\\)\[[^\]]*\]\(([^)\s]+)\)")


@pytest.mark.parametrize("what", sorted(FORBIDDEN))
def test_no_file_names_what_does_not_belong_in_the_project(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what], re.IGNORECASE)

    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in _texts()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]

    assert found == []


def test_every_text_file_is_utf8_with_plain_line_ends() -> None:
    odd = [str(path.relative_to(ROOT)) for path in _texts() if b"\r" in path.read_bytes()]

    assert odd == []


@pytest.mark.parametrize("page", sorted(set(generate.PAGES) - {generate.LEDGER}))
def test_a_generated_page_is_fresh(page: str) -> None:
    """The ledger is compared by `make check`: it has to collect the whole suite first."""
    assert list(generate.stale([page])) == [], "write it again with: make docs"


def test_a_stale_or_missing_page_is_found_and_written_again(tmp_path: Path) -> None:
    page = "docs/pictures/activation.svg"
    (tmp_path / "docs" / "pictures").mkdir(parents=True)
    (tmp_path / page).write_text("an old picture", encoding="utf-8")

    found = generate.stale([page, "docs/lifecycles.md"], tmp_path)

    assert set(found) == {page, "docs/lifecycles.md"}
    assert found[page] == (ROOT / page).read_text(encoding="utf-8")


def test_every_link_between_pages_leads_somewhere() -> None:
    dead = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in kept_files()
        if page.suffix == ".md"
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if not _leads_somewhere(page, target)
    ]

    assert dead == []


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md"))

    assert numbers == list(range(1, len(numbers) + 1))


def test_every_decision_tells_its_context_its_consequences_and_its_evidence() -> None:
    parts = ("## Context", "## Decision", "## Consequences", "## Evidence")

    short = [
        f"{path.name}: {part}"
        for path in sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
        for part in parts
        if part not in path.read_text(encoding="utf-8")
    ]

    assert short == []


def test_the_wheel_holds_the_six_packages_the_texts_and_nothing_else() -> None:
    assert wheel.problems(wheel.names_in_wheel()) == []


def test_a_wheel_with_a_stranger_or_without_a_text_is_refused() -> None:
    names = wheel.names_in_wheel()
    told = next(name for name in names if name.endswith(".py"))

    assert wheel.problems([*names, "tests/__init__.py"]) == ["unexpected at the top: tests"]
    assert wheel.problems([name for name in names if name != told]) == [f"missing: {told}"]


def _texts() -> list[Path]:
    return [path for path in kept_files() if path.suffix in TEXT and path.name not in GENERATED_TEXTS]


def _leads_somewhere(page: Path, target: str) -> bool:
    if target.startswith(("http://", "https://", "mailto:")):
        return True
    path, _, anchor = target.partition("#")
    there = (page.parent / path).resolve() if path else page
    if not there.exists():
        return False
    return not anchor or there.suffix != ".md" or anchor in _anchors(there)


def _anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
