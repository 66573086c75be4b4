"""A kernel for each operation and ordering, compiled to PTX."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cuq.checks.artefact.by_place import Weaker, differences
from cuq.checks.artefact.code import code
from cuq.checks.artefact.operations import Operation
from cuq.checks.artefact.source import End, Source
from cuq.ptx.instructions import effect
from cuq.ptx.instructions.effects import NotKnown, Read, Update, Write
from cuq.ptx.instructions.tree import Instruction
from cuq.ptx.module import Module, parse_module
from cuq.toolchain.compile import compile_ptx

HEAD = """\
#![no_std]
#![feature(abi_ptx)]
#![allow(improper_ctypes_definitions)]

use core::sync::atomic::{AtomicI32, AtomicU32, AtomicU64, AtomicU8, Ordering, fence};

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}
"""

ORDERS = {
    "Relaxed": "relaxed",
    "Acquire": "acquire",
    "Release": "release",
    "AcqRel": "acq_rel",
    "SeqCst": "sc",
}
LOADS, STORES = ("Relaxed", "Acquire", "SeqCst"), ("Relaxed", "Release", "SeqCst")
FENCES = ("Acquire", "Release", "AcqRel", "SeqCst")
UPDATES = (
    ("u32", "swap", "exch"),
    ("u32", "fetch_add", "add"),
    ("u32", "fetch_sub", "add"),
    ("u32", "fetch_and", "and"),
    ("u32", "fetch_or", "or"),
    ("u32", "fetch_xor", "xor"),
    ("u32", "fetch_max", "max"),
    ("i32", "fetch_min", "min"),
    ("u64", "fetch_add", "add"),
    ("u8", "fetch_add", "add"),
)
TYPES = {"u32": "AtomicU32", "i32": "AtomicI32", "u64": "AtomicU64", "u8": "AtomicU8"}


@dataclass(frozen=True, slots=True)
class Row:
    """One operation as Rust says it, and what is asked of the PTX."""

    rust: str
    code: str
    type: str
    asked: Operation


def rows() -> Iterator[Row]:
    for order in LOADS:
        asked = Operation("load", ORDERS[order], "sys", None)
        yield Row(f"`load({order})`", f"*out = a.load(Ordering::{order});", "u32", asked)
    for order in STORES:
        asked = Operation("store", ORDERS[order], "sys", None)
        yield Row(f"`store({order})`", f"a.store(x, Ordering::{order});", "u32", asked)
    for kind, method, op in UPDATES:
        for order in ORDERS:
            asked = Operation(op, ORDERS[order], "sys", None)
            name = f"`{method}({order})`" + ("" if kind == "u32" else f" of {kind}")
            yield Row(name, f"*out = a.{method}(x, Ordering::{order});", kind, asked)
    for order in ORDERS:
        failure = {"Release": "Relaxed", "AcqRel": "Acquire"}.get(order, order)
        code = f"*out = a.compare_exchange(0, x, Ordering::{order}, Ordering::{failure}).unwrap_or(7);"
        yield Row(
            f"`compare_exchange({order}, {failure})`",
            code,
            "u32",
            Operation("cas", ORDERS[order], "sys", None),
        )
    for order in FENCES:
        asked = Operation("fence", ORDERS[order], "sys", None)
        yield Row(f"`fence({order})`", f"*out = x; fence(Ordering::{order}); *out.add(1) = x;", "u32", asked)


def source() -> str:
    """One file with a kernel for each row."""
    return HEAD + "".join(
        f'\n#[no_mangle]\npub unsafe extern "ptx-kernel" fn k{i}(a: &{TYPES[row.type]}, out: *mut {row.type}, x: {row.type}) {{\n'
        f"    {row.code}\n}}\n"
        for i, row in enumerate(rows())
    )


def measured(folder: Path) -> list[tuple[str, str, str]]:
    """For each row: Rust, the instructions of the PTX, and whether they do what is asked."""
    file = folder / "mapping.rs"
    file.write_text(source(), encoding="utf-8")
    module = parse_module(compile_ptx(file), "mapping.ptx")
    return [(row.rust, _instructions(module, i), _verdict(module, i, row)) for i, row in enumerate(rows())]


def _instructions(module: Module, number: int) -> str:
    """The opcodes of what synchronises; an atomic operation in a loop is that of the loop."""
    function = module.function(f"k{number}")
    assert function is not None
    return "; ".join(
        f"`{s.opcode}`" for s in function.body or () if isinstance(s, Instruction) and _matters(s)
    )


def _matters(instruction: Instruction) -> bool:
    what = effect(instruction)
    if isinstance(what, Update | NotKnown) or instruction.name in ("fence", "membar"):
        return True
    return isinstance(what, Read | Write) and what.strength.scope is not None


def _verdict(module: Module, number: int, row: Row) -> str:
    function = module.function(f"k{number}")
    assert function is not None
    made = code(module, function)
    once = Source((row.asked,), (frozenset((0,)), frozenset()), (frozenset(), frozenset((End.RETURN,))), (0,))
    apart = list(differences(once, once, made))
    if not apart and not made.unclear:
        return "yes"
    return "**no**" if any(isinstance(one, Weaker) for one in apart) else "another operation"
