"""The effect of an instruction, from its opcode (PTX ISA, "Instructions").

A modifier that is not known makes the instruction not known: it may change what the instruction does.
"""

from __future__ import annotations

from collections.abc import Callable

from cuq.ptx.instructions import compute, memory, sync
from cuq.ptx.instructions.effects import Control, Effect, Nothing, NotKnown
from cuq.ptx.instructions.forms import Odd
from cuq.ptx.instructions.memory import ASYNC
from cuq.ptx.instructions.tree import Instruction

_ARITHMETIC = frozenset(
    [
        "add",
        "sub",
        "mul",
        "mad",
        "mul24",
        "mad24",
        "div",
        "rem",
        "abs",
        "neg",
        "min",
        "max",
        "sad",
        "fma",
        "and",
        "or",
        "xor",
        "not",
        "cnot",
        "shl",
        "shr",
        "shf",
        "lop3",
        "bfe",
        "bfi",
        "bfind",
        "brev",
        "clz",
        "popc",
        "prmt",
        "rcp",
        "sqrt",
        "rsqrt",
        "sin",
        "cos",
        "lg2",
        "ex2",
        "tanh",
        "copysign",
        "testp",
        "dp4a",
        "dp2a",
        "szext",
    ]
)
_CONTROL = frozenset({"bra", "brx", "ret", "exit", "trap", "call", "brkpt"})
_HINTS = frozenset(
    {"prefetch", "prefetchu", "applypriority", "nanosleep", "pmevent", "setmaxnreg", "createpolicy"}
)
REASONS = {
    "mbarrier": "mbarrier objects are not modelled",
    "cp": ASYNC,
    "wgmma": "warp-group matrix operations read shared memory asynchronously",
    "tcgen05": "tensor memory is not modelled",
    "mma": "matrix fragments are not modelled",
    "wmma": "matrix fragments are not modelled",
    "ldmatrix": "matrix fragments are not modelled",
    "stmatrix": "matrix fragments are not modelled",
    "movmatrix": "matrix fragments are not modelled",
    "griddepcontrol": "dependent launches are not modelled",
    "multimem": "multimem addresses are not modelled",
    "clusterlaunchcontrol": "cluster launch control is not modelled",
    "mapa": "shared memory of other blocks is not modelled",
    "getctarank": "shared memory of other blocks is not modelled",
    "tex": "textures are not modelled",
    "tld4": "textures are not modelled",
    "suld": "surfaces are not modelled",
    "sust": "surfaces are not modelled",
    "sured": "surfaces are not modelled",
}
"""Why the instructions of a name have no effect here."""


def effect(instruction: Instruction) -> Effect:
    """What the instruction does when its guard holds."""
    rule = _RULES.get(instruction.name)
    try:
        if rule is not None:
            return rule(instruction)
        if instruction.name in _ARITHMETIC:
            return compute.compute(instruction)
    except Odd as odd:
        return _not_known(instruction, str(odd))
    if instruction.name in _CONTROL:
        return Control(instruction.opcode, instruction.operands)
    if instruction.name in _HINTS:
        return Nothing()
    return _not_known(instruction, REASONS.get(instruction.name, ""))


def _not_known(instruction: Instruction, reason: str) -> NotKnown:
    return NotKnown(f"`{instruction.opcode}`{f': {reason}' if reason else ''}")


_RULES: dict[str, Callable[[Instruction], Effect]] = {
    "ld": memory.ld,
    "ldu": memory.ld,
    "st": memory.st,
    "atom": memory.atom,
    "red": memory.atom,
    "fence": memory.fence,
    "membar": memory.membar,
    "bar": sync.bar,
    "barrier": sync.bar,
    "shfl": sync.shfl,
    "vote": sync.vote,
    "match": sync.match,
    "redux": sync.redux,
    "elect": sync.elect,
    "activemask": sync.activemask,
    "mov": compute.mov,
    "cvta": compute.cvta,
    "cvt": compute.cvt,
    "setp": compute.setp,
    "selp": compute.selp,
}
