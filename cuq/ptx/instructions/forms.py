"""The parts of an opcode: types, spaces, orders, scopes, and operands as rules expect them."""

from __future__ import annotations

from collections.abc import Collection

from cuq.ptx.instructions.effects import Strength
from cuq.ptx.instructions.tree import Address, Instruction, Operand, Pair, Vector

SCOPES = frozenset({"cta", "cluster", "gpu", "sys"})
_ORDERS = frozenset({"weak", "volatile", "relaxed", "acquire", "release", "acq_rel", "sc"})
SPACES = {
    "global": "global",
    "shared": "shared",
    "shared::cta": "shared",
    "local": "local",
    "const": "const",
    "param": "param",
    "param::entry": "param",
    "param::func": "param",
}
_WIDTHS = {"8", "16", "32", "64", "128"}


class Odd(Exception):
    """The instruction has a form that the rule does not know."""


def expect(instruction: Instruction, *counts: int) -> tuple[Operand, ...]:
    if len(instruction.operands) not in counts:
        raise Odd("its operands")
    return instruction.operands


def take_type(modifiers: list[str]) -> str:
    """Takes the type, which comes last."""
    if not modifiers or not is_type(modifiers[-1]):
        raise Odd("its type")
    return modifiers.pop()


def is_type(word: str) -> bool:
    """`u32`, `b8`, `f16x2`, `pred`, …."""
    if word in ("pred", "f16x2", "bf16", "bf16x2", "tf32", "u16x2", "s16x2"):
        return True
    return word[:1] in tuple("usbf") and word[1:] in _WIDTHS


def take_strength(words: list[str], default: str, allowed: Collection[str]) -> Strength:
    """Takes space, order and scope out of the modifiers."""
    space, order, scope = "generic", default, None
    for word in list(words):
        if word in SPACES:
            space = SPACES[word]
        elif word in allowed:
            order = word
        elif word in SCOPES:
            scope = word
        elif word in _ORDERS:
            raise Odd(f"`.{word}` is not known")
        else:
            continue
        words.remove(word)
    if order in ("weak", "volatile") and scope is not None:
        raise Odd("a scope on a weak access")
    if order not in ("weak", "volatile") and scope is None:
        # `atom` and `red` have the scope of the device unless one is written.
        if default == "weak":
            raise Odd("its scope")
        scope = "gpu"
    return Strength(space, order, scope)


def plain_address(operand: Operand) -> Address:
    if not isinstance(operand, Address) or operand.coordinates:
        raise Odd("its address")
    return operand


def take_elements(operand: Operand, words: list[str]) -> tuple[Operand, ...]:
    """The registers of a vector access; takes `v2`, `v4` or `v8`."""
    count = next((int(w[1:]) for w in words if w in ("v2", "v4", "v8")), None)
    if count is None:
        return (operand,)
    words.remove(f"v{count}")
    if not isinstance(operand, Vector) or len(operand.elements) != count:
        raise Odd("its vector")
    return operand.elements


def nothing_left(words: Collection[str]) -> None:
    if words:
        raise Odd(f"`.{next(iter(words))}` is not known")


def both_targets(operand: Operand) -> tuple[Operand, ...]:
    return (operand.first, operand.second) if isinstance(operand, Pair) else (operand,)
