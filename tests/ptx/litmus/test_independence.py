"""The two engines have the parser, the models' text and the types of results in common, and nothing else: a mistake
in anything that they shared would be seen by neither."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.arch.test_arch import ROOT, imports

ENGINES = ("enumeration", "symbolic")
SHARED = {
    "cuq.base.errors": "errors",
    "cuq.base.records": "the decorator of data classes",
    "cuq.base.span": "places in files",
    "cuq.base.suggest": "what errors suggest",
    "cuq.ptx.cat": "the models' language",
    "cuq.ptx.cat.check": "what is wrong with a model before it is run",
    "cuq.ptx.cat.parser": "the models' language",
    "cuq.ptx.cat.syntax": "the models' language",
    "cuq.ptx.litmus.result": "types of results, and the verdict that numbers of executions make",
    "cuq.ptx.litmus.syntax": "types of tests",
    "cuq.ptx.litmus.vocabulary": "names that models may use",
}
"""What both engines use, with what it is."""


def module(name: str) -> Path | None:
    """The file of a module, or of the one that a name is in."""
    for dotted in (name, name.rpartition(".")[0]):
        path = ROOT / dotted.replace(".", "/")
        for file in (path.with_suffix(".py"), path / "__init__.py"):
            if file.is_file():
                return file
    return None


def dotted(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def used(engine: str) -> set[str]:
    """The modules of the project that an engine's modules import, directly or by way of others."""
    pending = sorted((ROOT / "cuq/ptx/litmus" / engine).rglob("*.py"))
    seen: set[Path] = set()
    while pending:
        file = pending.pop()
        if file not in seen:
            seen.add(file)
            found = [module(name) for _, name in imports(file) if name.startswith("cuq.")]
            assert None not in found, file
            pending += [one for one in found if one is not None]
    return {dotted(file) for file in seen}


def test_what_is_shared() -> None:
    assert used("enumeration") & used("symbolic") == SHARED.keys()


@pytest.mark.parametrize("engine", ENGINES)
def test_no_engine_uses_the_other(engine: str) -> None:
    (other,) = set(ENGINES) - {engine}
    assert [name for name in used(engine) if name.startswith(f"cuq.ptx.litmus.{other}")] == []


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        pytest.param("from cuq.ptx.litmus.syntax import Litmus", "cuq.ptx.litmus.syntax", id="a name"),
        pytest.param(
            "from cuq.ptx.litmus.symbolic import bools", "cuq.ptx.litmus.symbolic.bools", id="a module"
        ),
        pytest.param("import cuq.ptx.cat.parser", "cuq.ptx.cat.parser", id="the whole module"),
        pytest.param(
            "def f():\n    from cuq.ptx.cat import Model", "cuq.ptx.cat", id="inside, from a package"
        ),
    ],
)
def test_imports_are_found(line: str, wanted: str, tmp_path: Path) -> None:
    """The rules above can fail."""
    file = tmp_path / "m.py"
    file.write_text(line)
    ((_, name),) = imports(file)
    found = module(name)
    assert found is not None
    assert dotted(found) == wanted
