"""The product's own source as the architecture tests read it: files, syntax trees, functions, imports."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("workflow", "notifications", "store", "identity", "registers", "bisdesk")
GENERATED = "store/migrations/versions"  # written once by a tool, then frozen: history, not style
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Module:
    """One source file."""

    path: str  # from the root, with slashes
    text: str
    tree: ast.Module

    @property
    def lines(self) -> int:
        """How many lines the file has."""
        return len(self.text.splitlines())


@cache
def product() -> tuple[Module, ...]:
    """Every module of the product, migrations that are history left out."""
    return tuple(
        _module(path) for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")) if not _frozen(path)
    )


@cache
def proofs() -> tuple[Module, ...]:
    """Every module of the tests and of the benchmark."""
    return tuple(_module(path) for folder in ("tests", "bench") for path in sorted((ROOT / folder).rglob("*.py")))


@cache
def kept_files() -> tuple[Path, ...]:
    """Every file that the repository keeps, or would keep once it is added."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return tuple(path for path in paths if path.is_file())


def functions(module: Module) -> Iterator[tuple[str, Function]]:
    """Every function and method of a module with a name to find it by."""
    for node in ast.walk(module.tree):
        if isinstance(node, Function):
            yield f"{module.path}:{node.lineno} {node.name}", node


def imports(module: Module) -> Iterator[tuple[str, int]]:
    """Every imported name, as dotted as it stands, with its line."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def _module(path: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    return Module(path.relative_to(ROOT).as_posix(), text, ast.parse(text))


def _frozen(path: Path) -> bool:
    return GENERATED in path.as_posix()
