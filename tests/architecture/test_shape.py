"""The feel of the code as numbers: small files, short functions, few positional parameters, words where they help."""

from __future__ import annotations

import ast
import re
import statistics

from tests.architecture.source import Function, functions, imports, product, proofs

LONG_FILE, LONGEST_FILE = 300, 400
LONGEST_FUNCTION, MEDIAN_FUNCTION, P90_FUNCTION = 50, 10, 30
POSITIONAL, PRIVATE_POSITIONAL = 3, 5
TOLD_APART = {  # functions with more positional parameters, and why nobody can mix them up
    "workflow/filing.py edit": "door, ref, submission and papers are four different types",
    "workflow/registrations_register.py same_person": "the minted secrets are of a type of their own",
    "workflow/registrations_register.py created_by_hand": "the minted secrets are of a type of their own",
    "workflow/checks.py _last_day": "a walk that calls itself, and nobody else does",
    "notifications/lint_rules.py facts": "message, text, language and addresses are four different types",
    "notifications/preview.py preview": "renderer, message, sample, language and person are five different types",
    "bisdesk/bootstrap.py answered": "the shape of the port that the register's caller reports to",
}
REASONS = {
    "workflow/lifecycles/activation.py": "one state table, a row a line",
    "workflow/lifecycles/activation_guards.py": "every statement about an activation, read as one list",
    "bisdesk/web/applicant/screens.py": "every page as one frozen value, read as one list",
    "workflow/model.py": "every frozen value of the engine, read as one list",
}
STANDARD_STREAMS = {"sys"}  # what a command reads and writes may be another file
VAGUE_CLASS = re.compile(r"(Manager|Helper|Util|Utils|Impl|Base[A-Z]\w*)$")
VAGUE_NAMES = {"data", "info", "process", "handle"}


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    long = [f"{module.path}: {module.lines}" for module in product() if module.lines > LONGEST_FILE]

    assert long == []


def test_a_file_above_three_hundred_lines_has_a_reason() -> None:
    long = {module.path for module in product() if module.lines > LONG_FILE}

    assert long - set(REASONS) == set()


def test_a_reason_for_a_long_file_goes_when_the_file_shrinks() -> None:
    long = {module.path for module in product() if module.lines > LONG_FILE}

    assert set(REASONS) - long == set()


def test_no_function_is_longer_than_fifty_lines() -> None:
    long = [
        f"{name}: {_length(function)}"
        for module in (*product(), *proofs())
        for name, function in functions(module)
        if _length(function) > LONGEST_FUNCTION
    ]

    assert long == []


def test_functions_are_short_on_the_whole() -> None:
    lengths = sorted(_length(function) for module in product() for _, function in functions(module))

    assert statistics.median(lengths) < MEDIAN_FUNCTION
    assert lengths[int(len(lengths) * 0.9)] < P90_FUNCTION


def test_no_function_takes_more_positional_parameters_than_can_be_told_apart() -> None:
    many = [
        f"{name}({', '.join(_positional(function))})"
        for module in product()
        for name, function in functions(module)
        if len(_positional(function)) > (PRIVATE_POSITIONAL if function.name.startswith("_") else POSITIONAL)
        and f"{module.path} {function.name}" not in TOLD_APART
        and not _is_command(function)
    ]

    assert many == []


def test_a_reason_for_many_parameters_goes_when_they_do() -> None:
    many = {
        f"{module.path} {function.name}"
        for module in product()
        for _, function in functions(module)
        if len(_positional(function)) > POSITIONAL
    }

    assert set(TOLD_APART) - many == set()


def test_every_module_says_what_it_is_for() -> None:
    silent = [module.path for module in product() if module.text.strip() and not ast.get_docstring(module.tree)]
    long = [module.path for module in product() if len((ast.get_docstring(module.tree) or "").splitlines()) > 10]

    assert silent == []
    assert long == []


def test_every_public_function_has_its_sentence() -> None:
    silent = [
        name
        for module in product()
        for name, function in functions(module)
        if not function.name.startswith("_")
        and not function.decorator_list  # guards and properties read as statements
        and not ast.get_docstring(function)
        and function not in _nested(module.tree)
        and not _keeps_a_port(module.tree, function)
    ]

    assert silent == []


def test_the_workflow_knows_no_any() -> None:
    found = [
        f"{module.path}:{node.lineno}"
        for module in product()
        if module.path.startswith("workflow/")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Name) and node.id == "Any"
    ]

    assert found == []


def test_no_name_says_nothing() -> None:
    classes = [
        f"{module.path}:{node.lineno} {node.name}"
        for module in product()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef) and VAGUE_CLASS.search(node.name)
    ]
    names = [name for module in product() for name, function in functions(module) if function.name in VAGUE_NAMES]

    assert classes == []
    assert names == []


def test_a_broad_except_says_why_on_its_line() -> None:
    silent = [
        f"{module.path}:{node.lineno}"
        for module in product()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"})
        and "#" not in module.text.splitlines()[node.lineno - 1]
        and not any(isinstance(step, ast.Raise) and step.exc is None for step in ast.walk(node))
    ]

    assert silent == []


def test_no_loose_end_is_left_in_the_code() -> None:
    ends = re.compile(
        "|".join(["NotImplemented" + "Error", r"#\s*(TO" + "DO|FIX" + "ME|XX" + "X)", r"mark\.(sk" + "ip|xf" + "ail)"])
    )

    found = [
        f"{module.path}:{number}"
        for module in (*product(), *proofs())
        for number, line in enumerate(module.text.splitlines(), 1)
        if ends.search(line)
    ]

    assert found == []


def test_no_test_replaces_a_part_of_our_own() -> None:
    imported = [
        f"{module.path}:{line}" for module in proofs() for name, line in imports(module) if "mock" in name.split(".")
    ]
    replaced = [
        f"{module.path}:{node.lineno}"
        for module in proofs()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("monkeypatch.setattr")
        if ast.unparse(node.args[0]) not in STANDARD_STREAMS
    ]

    assert imported == []
    assert replaced == []


def _length(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def _positional(function: Function) -> list[str]:
    given = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    return given[1:] if given[:1] in (["self"], ["cls"]) else given


def _is_command(function: Function) -> bool:
    """Commands get their parameters from the command line, routes from the form, each by its name."""
    return any(ast.unparse(decorator).endswith(("command()", "callback()")) or ".command(" in ast.unparse(decorator)
               or ast.unparse(decorator).startswith("router.") for decorator in function.decorator_list)  # fmt: skip


def _nested(tree: ast.Module) -> set[Function]:
    return {
        inner
        for outer in ast.walk(tree)
        if isinstance(outer, Function)
        for inner in ast.walk(outer)
        if isinstance(inner, Function) and inner is not outer
    }


def _keeps_a_port(tree: ast.Module, function: Function) -> bool:
    """A method of a class says what its port says; the sentence stands once, with the port. Private classes say nothing."""
    return any(
        isinstance(node, ast.ClassDef)
        and function in node.body
        and (node.name.startswith("_") or ast.get_docstring(node))
        for node in ast.walk(tree)
    )
