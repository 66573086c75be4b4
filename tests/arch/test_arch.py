"""Rules about the code base itself: layers, file sizes, no paths of a machine."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

LAYERS = (
    {"base"},
    {"toolchain", "contract"},
    {"mir", "ptx.instructions"},
    {"ir"},
    {"analysis", "ptx"},
    {"smt"},
    {"checks"},
    {"report", "coq"},
    {"cli"},
)
"""Lowest first. A package imports from itself and from layers below its own. A part of a package may have a
layer of its own."""

LEVEL = {package: level for level, packages in enumerate(LAYERS) for package in packages}

MAX_LINES = 400
LONG_FILES = {
    "cuq/analysis/evaluate.py": "one walk, whose cases share the state of the path",
    "cuq/analysis/expr.py": "the normal form is one mutually recursive definition",
    "cuq/ir/ops.py": "declarations of the operations, nothing else",
    "cuq/mir/tree.py": "declarations of the tree with their texts, nothing else",
    "cuq/mir/types.py": "declarations of the types with their texts, nothing else",
}
"""Files that may be longer, each with its reason."""

COMPILER_STARTERS = {"cuq/toolchain/process.py"}
"""Modules that may start a process, besides the one that runs coqc."""

MACHINE_PATH = re.compile(r"(?<![\w./~-])/(?:work|root)/|/home/(?!<)\w+/")


def layer(path: Path) -> str:
    """The package, or the part of it with a layer of its own, that a module belongs to."""
    parts = path.relative_to(ROOT / "cuq").parts[:-1]
    return next((p for p in (".".join(parts[:2]), parts[0]) if p in LEVEL), parts[0])


def modules() -> list[Path]:
    return sorted((ROOT / "cuq").rglob("*.py"))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """The modules that `path` imports, wherever the statement stands, with their lines."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=names):
                for name in names:
                    yield node.lineno, name.name
            case ast.ImportFrom(module=module, names=names, level=0):
                for name in names:
                    yield node.lineno, f"{module}.{name.name}"
            case ast.ImportFrom():
                raise AssertionError(f"{path}:{node.lineno}: a relative import")
            case _:
                pass


def upward_imports(package: str, path: Path) -> Iterator[str]:
    for line, name in imports(path):
        parts = name.split(".")
        if parts[0] != "cuq" or len(parts) < 2 or parts[1] == "__version__":
            continue
        target = next((p for p in (".".join(parts[1:3]), parts[1]) if p in LEVEL), parts[1])
        if target == package:
            continue
        if LEVEL.get(target, len(LAYERS)) >= LEVEL[package]:
            yield f"{path}:{line}: {package} imports {name}"


def test_every_package_has_a_layer() -> None:
    packages = {path.parent.name for path in (ROOT / "cuq").glob("*/__init__.py")}
    assert packages - LEVEL.keys() == set()
    assert all((ROOT / "cuq" / package.replace(".", "/")).is_dir() for package in LEVEL)
    assert {path.name for path in (ROOT / "cuq").glob("*.py")} <= {"__init__.py", "__main__.py"}


@pytest.mark.parametrize("package", sorted(LEVEL))
def test_imports_lead_downwards(package: str) -> None:
    found = [
        line
        for path in sorted((ROOT / "cuq" / package.replace(".", "/")).rglob("*.py"))
        if layer(path) == package
        for line in upward_imports(package, path)
    ]
    assert found == []


def test_an_upward_import_is_found(tmp_path: Path) -> None:
    """The rule above can fail: also inside functions, and between packages of one layer."""
    file = tmp_path / "m.py"
    file.write_text("def f():\n    from cuq import ir\nimport cuq.contract.terms\nimport cuq.base.span, re\n")
    assert len(list(upward_imports("mir", file))) == 1
    assert len(list(upward_imports("toolchain", file))) == 2
    assert list(upward_imports("cli", file)) == []


def test_only_the_toolchain_starts_processes() -> None:
    starters = {
        str(path.relative_to(ROOT))
        for path in modules()
        if any(name.split(".")[0] == "subprocess" for _, name in imports(path))
    }
    assert {path for path in starters if not path.startswith("cuq/coq/")} == COMPILER_STARTERS


def test_classes_are_cheap_to_define() -> None:
    """The standard library's decorator takes half a millisecond a class, at every start: cuq.base.records."""
    found = {
        path.relative_to(ROOT).as_posix()
        for path in modules()
        for _, name in imports(path)
        if name == "dataclasses.dataclass"
    }
    assert found == {"cuq/base/records.py"}


def test_files_are_short() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in modules()}
    too_long = {path: length for path, length in lengths.items() if length > MAX_LINES}
    assert too_long.keys() - LONG_FILES.keys() == set(), "split the file, or list it with a reason"
    assert LONG_FILES.keys() - too_long.keys() == set(), "these no longer need a reason"


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    requirements = [
        *project["build-system"]["requires"],
        *project["project"]["dependencies"],
        *(name for extra in project["project"]["optional-dependencies"].values() for name in extra),
    ]
    rows = re.findall(
        r"^\| ([\w-]+) \| [^|]{9,} \|$", (ROOT / "docs/dependencies.md").read_text(), re.MULTILINE
    )
    assert sorted(rows) == sorted(re.split(r"[<>=~!]", name)[0] for name in requirements)


def committed() -> list[str]:
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def machine_paths(text: str) -> list[str]:
    return [match[0] for match in MACHINE_PATH.finditer(text)]


def test_no_file_names_a_path_of_a_machine() -> None:
    found = []
    for name in committed():
        content = (ROOT / name).read_bytes()
        if name == "tests/arch/test_arch.py" or b"\0" in content:
            continue
        for number, line in enumerate(content.decode(errors="replace").splitlines(), start=1):
            found += [f"{name}:{number}: {path}" for path in machine_paths(line)]
    assert found == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("at /work/x/k.rs:3:4", ["/work/"]),
        ('"/root/.cache"', ["/root/"]),
        ("in /home/someone/code", ["/home/someone/"]),
        ("in /home/<user>/code", []),
        ("https://example.org/work/x", []),
        ("src/root/x", []),
        ("~/work/x", []),
    ],
)
def test_paths_of_a_machine_are_found(text: str, expected: list[str]) -> None:
    assert machine_paths(text) == expected
