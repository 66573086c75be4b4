"""Language features, end to end: the IR of each sample kernel, executed, computes what Rust does.

The expected words are written in Python beside the name of the kernel in `samples/features.rs`.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from cuq.ir.interp import Interpreter, LaunchConfig
from cuq.ir.lower import EntryFacts, declared_enums, declared_structs, lower_kernel
from cuq.ir.module import Kernel
from cuq.mir.file import MirFile
from cuq.toolchain.hir import parse_hir

SAMPLES = Path(__file__).parent / "samples"
U32 = 1 << 32

Words = dict[int, int]
"""Expected contents of `out`: word number to value."""


def s32(word: int) -> int:
    return word - U32 if word >> 31 else word


def s(word: int, bits: int) -> int:
    word %= 1 << bits
    return word - (1 << bits) if word >> (bits - 1) else word


def trunc_div(a: int, b: int) -> int:
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


def integers(a: int, b: int, n: int) -> list[int]:
    quotient = trunc_div(s32(a), 3)
    return [
        (a * 3) ^ b,
        quotient,
        s32(a) - trunc_div(s32(a), 5) * 5,
        a // (b | 1),
        a % (b | 1),
        s32(a) >> 3,
        a >> (n & 31),
        a << (n & 31),
        a << (n & 31),
        ~a,
        s(a, 8),
        a & 0xFFFF,
        int(s(a, 16) < s(b, 16)),
        s(a * b, 64) >> 20,
        (a * b) >> 32,
        -s32(a),
    ]


def bits(a: int, b: int, n: int) -> list[int]:
    text = f"{a:032b}"
    n %= 32
    return [
        a.bit_count(),
        len(text) - len(text.lstrip("0")),
        len(text) - len(text.rstrip("0")),
        (a << n | a >> (32 - n)) if n else a,
        (a >> n | a << (32 - n)) if n else a,
        int.from_bytes(a.to_bytes(4, "little"), "big"),
        int(text[::-1], 2),
        min(a + b, U32 - 1),
        max(a - b, 0),
        abs(a - b),
        min(a, b),
        max(a, b),
        min(s32(a), s32(b)),
        (s32(a) > 0) - (s32(a) < 0),
        int(a + b >= U32),
        a * b if a * b < U32 else 77,
    ]


def f32(value: float) -> float:
    return float(struct.unpack("<f", struct.pack("<f", value))[0])


def word(value: float) -> int:
    return int(struct.unpack("<I", struct.pack("<f", value))[0])


def floats(_a: int, _b: int, n: int) -> list[int]:
    a, b = 5.75, 2.25
    return [
        word(a + b),
        word(a - b * 2),
        word(f32(a / b)),
        int(a < b),
        int(a >= b),
        int(a != b),
        int(a),
        word(float(n)),
        word(-a),
        int(a * 3),
        n,
        word(1.5),
    ]


def local_array(a: int, b: int, n: int) -> list[int]:
    cells = [a + i for i in range(8)]
    cells[n & 7] = 100
    return [sum(cells), cells[b & 7]]


def constant_array(a: int, b: int, n: int) -> list[int]:
    return [a + b, b, (2, 3, 5, 7)[n & 3], (2, 3, 5, 7, 11)[n % 5], 8]


def structs(a: int, b: int, n: int) -> list[int]:
    return [a + n + b, a + n + 5, a + n + 1 + b]


def references(a: int, b: int, n: int) -> list[int]:
    a, b = (a + 1, b) if n > 5 else (a, b + 1)
    b += 10
    return [a, b, b, a + 4]


def closures(a: int, _b: int, n: int) -> list[int]:
    return [a + 2 * n, 7, sum(a + i * n for i in range(4))]


def options(a: int, b: int, n: int) -> list[int]:
    found = b if a > 10 else None
    return [
        1 if found is None else found,
        int(found is not None),
        0 if found is None else found + n,
        a if n == 3 else n + 1000,
        n - 4 if n >= 4 else 50,
        1 if a < n else 2 if a == n else 3,
    ]


def user_enum(a: int, _b: int, n: int) -> list[int]:
    return [a if n > 3 else 0]


def switches(a: int, b: int, n: int) -> list[int]:
    chosen = {0: a, 1: b, 2: b, 7: 70}.get(n, 9)
    return [chosen, 1 if (n > 2 and a > 3) or n == 1 else 2, next(k for k in range(n, n + 9) if k % 7 == 3)]


def loops(a: int, _b: int, n: int) -> list[int]:
    total = sum(i * j + a for i in range(n) for j in range(i, n) if j != 5)
    parts = 0
    for i in range(n):
        parts = 1 if i == 0 else parts * 2 + i
    return [total, sum(range(0, n, 3)), parts]


def slices(a: int, b: int, n: int) -> list[int]:
    return [a + b, 2, 1, a + b, a + n, b + n, [a, b][n] if n < 2 else 6, a - b]


def chunks(a: int, b: int, n: int) -> list[int]:
    return [a + n, b + n, 0, a + b]


def atomics(_a: int, _b: int, n: int) -> Words:
    return dict(enumerate([10, 10 + n, n, 8, 0, 30, 40 + 39])) | {8: 0, 9: 1}


def pointers(a: int, b: int, n: int) -> list[int]:
    return [2, b, b, a, n, (a >> 8) & 255, a >> 16, a, b, b + 1, 0, a + b]


def uninit(a: int, _b: int, n: int) -> list[int]:
    return [a + n, 1 if n > 3 else 2]


def calls(a: int, _b: int, n: int) -> list[int]:
    state = a
    results = []
    for k in (n, 2):
        if k > 4:
            state += 1
            results.append(k)
        else:
            results.append(state + k * 10)
    return [*results, state]


def assumptions(a: int, _b: int, n: int) -> list[int]:
    return [a + n]


def geometry(a: int, _b: int, n: int) -> list[int]:
    return [a + 1 if n == 0 else 0]


def saturating(a: int, b: int, n: int) -> list[int]:
    def clamp(value: int, bits: int) -> int:
        return max(-(1 << bits - 1), min(value, (1 << bits - 1) - 1)) % U32

    small_a, small_b = s(a, 8), s(b, 8)
    wide = a * b + n + 5
    wider = (a * 0x1_0000_0001 % 2**64) * (b + 7) + n + 1
    return [
        clamp(small_a + small_b, 8),
        clamp(small_a - small_b, 8),
        clamp(s32(a) + n, 32),
        clamp(n - 4 - s32(a), 32),
        clamp(s(small_a * 300, 16) + s(small_b * 300, 16), 16),
        wide % U32,
        wide // U32,
        wider % U32,
        (wider >> 64) % U32,
    ]


def function_pointers(a: int, _b: int, n: int) -> list[int]:
    def f(value: int) -> int:
        return value * 2 if n > 5 else value + 30 if n == 3 else value * 10

    repeated = 1
    for _ in range(n):
        repeated = f(repeated) % U32
    return [f(a), a * 8, repeated, n * 10]


def recursion(a: int, _b: int, n: int) -> list[int]:
    return [4 + 3 + 2 + 1 + a * 16, 21 + n]


Model = Callable[[int, int, int], list[int] | Words]

FEATURES: dict[Model, str] = {
    integers: "arithmetic, signs, shifts and casts of all widths",
    bits: "bit counts and permutations, saturation, limits of integer types",
    floats: "float arithmetic, comparisons and conversions",
    local_array: "an array indexed by variables lives in memory",
    constant_array: "arrays by value, constants and statics as tables",
    structs: "fields, methods that are calls, struct update, nested tuples",
    references: "references that meet, swap, replace",
    closures: "captures by reference and by value",
    options: "matching, combinators, checked arithmetic, orderings",
    user_enum: "an enum of the crate, whose discriminants HIR tells",
    switches: "match on numbers, short-circuit conditions, loop with a value",
    loops: "nested ranges, reversed ones, steps, a flag that flips once",
    slices: "slice parameters, patterns, iterators, splitting",
    chunks: "split_at, enumerate, take, first and last",
    atomics: "read-modify-write, exchange, ordering by constants, fences",
    pointers: "offsets, volatile, other widths, copies, pointer loops",
    uninit: "MaybeUninit, late initialisation",
    calls: "calls that stay calls in MIR, with references to locals",
    saturating: "signed saturation, products in two words",
    function_pointers: "pointers to functions and closures, chosen by a condition, called in a loop",
    recursion: "calls of a function by itself until a constant is reached",
    assumptions: "assert_unchecked, formatted panics",
    geometry: "three axes of thread and block ids",
}

INPUTS = [(7, 3, 0), (12, 5, 3), (3, 4, 1), (0xFFFF_FFF0, 0x8000_0001, 7), (100, 9, 20)]


def small(name: str, a: int, b: int) -> tuple[int, int]:
    """Inputs for kernels whose plain `+` must not wrap, which is no part of what they show."""
    wrapping = name in ("integers", "bits", "saturating")
    return (a, b) if wrapping else (a % 1000 + 40, b % 1000 % 41)


MIR = MirFile.read(SAMPLES / "features.mir")
HIR = parse_hir((SAMPLES / "features.hir").read_text(encoding="utf-8"))


def lowered(name: str) -> Kernel:
    return lower_kernel(
        MIR, name, EntryFacts(None, HIR.is_shared, declared_structs(HIR), declared_enums(HIR))
    )


@pytest.mark.parametrize("model", FEATURES, ids=lambda model: model.__name__)
def test_the_ir_computes_what_rust_does(model: Model) -> None:
    name = model.__name__
    kernel = lowered(name)
    interpreter = Interpreter(kernel)
    for big_a, big_b, n in INPUTS:
        a, b = small(name, big_a, big_b)
        data = struct.pack("<2I", a, b)
        params = {"n": n}
        if name == "floats":
            data = struct.pack("<2f", 5.75, 2.25)
        elif name == "atomics":
            data = struct.pack("<4I", 10, 0, 30, 40)
        if name in ("slices", "chunks"):
            params |= {"x.len": 2, "out.len": 8}
        source = "cells" if name == "atomics" else "x"
        report = interpreter.run(LaunchConfig(params=params, memory={source: ((0, data),)}))
        assert report.clean, (name, a, b, n, report.faults)
        expected = model(a, b, n)
        for i, value in expected.items() if isinstance(expected, dict) else enumerate(expected):
            assert report.word("out", 4 * i, 4) == value % U32, (i, a, b, n)


def test_every_sample_kernel_has_a_model() -> None:
    assert {decl.name for decl in HIR.kernels} == {model.__name__ for model in FEATURES}
