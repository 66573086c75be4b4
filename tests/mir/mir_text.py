"""Helpers of the MIR tests: reading single lines and single types, and whole dumps."""

from __future__ import annotations

from pathlib import Path

from cuq.mir.body import Body
from cuq.mir.body_parser import parse_body
from cuq.mir.items import index_bodies
from cuq.mir.terminators import TerminatorKind
from cuq.mir.tree import StatementKind

ROOT = Path(__file__).parents[2]
SAMPLES = Path(__file__).parent / "samples"
DUMPS = sorted([*SAMPLES.glob("*.mir"), *ROOT.glob("rust-fixtures/**/*.mir")])

LOCALS = {"_2": "u32", "_3": "*mut u32", "_4": "[u32; 4]", "_5": "core::option::Option<u32>", "_6": "bool"}


def body(lines: str, locals: dict[str, str] | None = None) -> Body:
    """The body with one block of these lines."""
    declared = "".join(f"    let {name}: {ty};\n" for name, ty in (LOCALS | (locals or {})).items())
    others = "".join(f"\n    bb{n}: {{\n        return;\n    }}\n" for n in range(1, 4))
    head = f"fn k(_1: &[u32]) -> u32 {{\n    let mut _0: u32;\n{declared}"
    text = f"{head}\n    bb0: {{\n{lines}\n    }}\n{others}}}"
    (item,) = index_bodies(text, "k.mir")
    return parse_body(item)


def statement(line: str, locals: dict[str, str] | None = None) -> StatementKind:
    (only,) = body(f"        {line};\n        return;", locals).blocks[0].statements
    return only.kind


def terminator(line: str) -> TerminatorKind:
    return body(f"        {line};").blocks[0].terminator.kind
