"""Moves, conversions, comparisons, arithmetic (PTX ISA, "Instructions")."""

from __future__ import annotations

from cuq.ptx.instructions.effects import (
    Choose,
    CompareTo,
    Compute,
    ConvertAddress,
    Effect,
    Move,
)
from cuq.ptx.instructions.forms import (
    SPACES,
    Odd,
    both_targets,
    expect,
    is_type,
    nothing_left,
    take_type,
)
from cuq.ptx.instructions.tree import Instruction, Pair

_RELATIONS = frozenset(
    [
        "eq",
        "ne",
        "lt",
        "le",
        "gt",
        "ge",
        "lo",
        "ls",
        "hi",
        "hs",
        "equ",
        "neu",
        "ltu",
        "leu",
        "gtu",
        "geu",
        "num",
        "nan",
    ]
)
_ROUNDING = frozenset(
    [
        "rn",
        "rz",
        "rm",
        "rp",
        "rna",
        "rni",
        "rzi",
        "rmi",
        "rpi",
        "ftz",
        "sat",
        "approx",
        "full",
        "relu",
        "satfinite",
    ]
)
_SOURCES = {
    1: frozenset(
        [
            "abs",
            "neg",
            "not",
            "cnot",
            "popc",
            "clz",
            "bfind",
            "brev",
            "rcp",
            "sqrt",
            "rsqrt",
            "sin",
            "cos",
            "lg2",
            "ex2",
            "tanh",
            "testp",
        ]
    ),
    3: frozenset(["mad", "mad24", "fma", "sad", "bfe", "prmt", "shf", "dp4a", "dp2a"]),
    4: frozenset(["bfi", "lop3"]),
}
"""How many operands an instruction takes besides its result; two, if it is not here."""
_SHAPE = frozenset(["lo", "hi", "wide", "clamp", "wrap", "l", "r"])


def mov(i: Instruction) -> Effect:
    words = list(i.modifiers)
    kind = take_type(words)
    nothing_left(words)
    target, source = expect(i, 2)
    return Move(target, source, kind)


def cvta(i: Instruction) -> Effect:
    words = [w for w in i.modifiers if w not in ("u64", "u32")]
    to_space = words[:1] == ["to"]
    space = SPACES.get(words[-1]) if words else None
    if space is None or len(words) != 1 + to_space:
        raise Odd("its space")
    target, source = expect(i, 2)
    return ConvertAddress(target, source, space, to_space)


def compute(i: Instruction) -> Effect:
    words = list(i.modifiers)
    kind = take_type(words)
    extra = [w for w in words if not is_type(w)]
    nothing_left([w for w in extra if w not in _SHAPE | _ROUNDING])
    count = next((n for n, names in _SOURCES.items() if i.name in names), 2)
    target, *sources = expect(i, count + 1)
    return Compute(".".join((i.name, *words)), kind, both_targets(target), tuple(sources))


def cvt(i: Instruction) -> Effect:
    words = list(i.modifiers)
    source = take_type(words)
    target = take_type(words)
    nothing_left([w for w in words if w not in _ROUNDING])
    to, value = expect(i, 2)
    return Compute(".".join(("cvt", *words, target)), source, (to,), (value,))


def setp(i: Instruction) -> Effect:
    words = [w for w in i.modifiers if w != "ftz"]
    kind = take_type(words)
    target, a, b = expect(i, 3)
    if len(words) != 1 or words[0] not in _RELATIONS or isinstance(target, Pair):
        raise Odd("its form")
    return CompareTo(words[0], kind, target, a, b)


def selp(i: Instruction) -> Effect:
    words = list(i.modifiers)
    kind = take_type(words)
    nothing_left(words)
    return Choose(kind, *expect(i, 4))
