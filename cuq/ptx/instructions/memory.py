"""Loads, stores, atomics, fences (PTX ISA, "Data Movement", "Parallel Synchronization")."""

from __future__ import annotations

from cuq.ptx.instructions.effects import (
    Effect,
    Fence,
    Read,
    Update,
    Write,
)
from cuq.ptx.instructions.forms import (
    SCOPES,
    Odd,
    expect,
    nothing_left,
    plain_address,
    take_elements,
    take_strength,
    take_type,
)
from cuq.ptx.instructions.tree import Instruction

_LEVELS = {"cta": "cta", "gl": "gpu", "sys": "sys"}
_CACHE_HINTS = frozenset(
    {"ca", "cg", "cs", "lu", "cv", "wb", "wt", "L1::evict_normal", "L1::evict_unchanged", "L1::evict_first"}
    | {"L1::evict_last", "L1::no_allocate", "L2::64B", "L2::128B", "L2::256B", "L2::evict_first"}
    | {"L2::evict_last", "L2::evict_normal"}
)
_ATOMS = frozenset(["add", "min", "max", "inc", "dec", "and", "or", "xor", "exch", "cas"])
ASYNC = "asynchronous copies are not modelled: their accesses happen at no point of the thread's program"


def ld(i: Instruction) -> Effect:
    words = [w for w in i.modifiers if w not in _CACHE_HINTS]
    kind = take_type(words)
    strength = take_strength(words, "weak", ("weak", "volatile", "relaxed", "acquire"))
    cached = "nc" in words
    if cached:
        words.remove("nc")
    target, address = expect(i, 2)
    targets = take_elements(target, words)
    nothing_left(words)
    return Read(targets, plain_address(address), kind, strength, cached)


def st(i: Instruction) -> Effect:
    words = [w for w in i.modifiers if w not in _CACHE_HINTS]
    if "async" in words:
        raise Odd(ASYNC)
    kind = take_type(words)
    strength = take_strength(words, "weak", ("weak", "volatile", "relaxed", "release"))
    address, source = expect(i, 2)
    sources = take_elements(source, words)
    nothing_left(words)
    return Write(sources, plain_address(address), kind, strength)


def atom(i: Instruction) -> Effect:
    words = [w for w in i.modifiers if w != "noftz"]
    if "async" in words:
        raise Odd(ASYNC)
    kind = take_type(words)
    returns = i.name == "atom"
    orders = ("relaxed", "acquire", "release", "acq_rel") if returns else ("relaxed", "release")
    strength = take_strength(words, "relaxed", orders)
    if len(words) != 1 or words[0] not in _ATOMS:
        raise Odd(f"`.{'.'.join(words)}` is not known")
    op = words[0]
    operands = expect(i, returns + 2 + (op == "cas"))
    target = operands[0] if returns else None
    address, *sources = operands[returns:]
    return Update(op, target, plain_address(address), tuple(sources), kind, strength)


def fence(i: Instruction) -> Effect:
    words = list(i.modifiers)
    scope = next((w for w in words if w in SCOPES), None)
    order = next((w for w in words if w in ("sc", "acq_rel", "acquire", "release")), "acq_rel")
    nothing_left([w for w in words if w not in (scope, order)])
    if scope is None:
        raise Odd("its scope")
    expect(i, 0)
    return Fence(order, scope)


def membar(i: Instruction) -> Effect:
    if len(i.modifiers) != 1 or i.modifiers[0] not in _LEVELS:
        raise Odd("its level")
    return Fence("sc", _LEVELS[i.modifiers[0]])
