"""The effect of an instruction, from its opcode (PTX ISA, "Instructions").

A modifier that is not known makes the instruction not known: it may change what the instruction does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from cuq.ptx.instructions.effects import (
    BlockBarrier,
    Choose,
    ClusterBarrier,
    CompareTo,
    Compute,
    Control,
    ConvertAddress,
    Effect,
    Exchange,
    Fence,
    Move,
    Nothing,
    NotKnown,
    Read,
    Strength,
    Update,
    WarpBarrier,
    Write,
)
from cuq.ptx.instructions.tree import Address, Instruction, Operand, Pair, Vector

SCOPES = frozenset({"cta", "cluster", "gpu", "sys"})
_ORDERS = frozenset({"weak", "volatile", "relaxed", "acquire", "release", "acq_rel", "sc"})
_SPACES = {
    "global": "global",
    "shared": "shared",
    "shared::cta": "shared",
    "local": "local",
    "const": "const",
    "param": "param",
    "param::entry": "param",
    "param::func": "param",
}
_LEVELS = {"cta": "cta", "gl": "gpu", "sys": "sys"}
_CACHE_HINTS = frozenset(
    {"ca", "cg", "cs", "lu", "cv", "wb", "wt", "L1::evict_normal", "L1::evict_unchanged", "L1::evict_first"}
    | {"L1::evict_last", "L1::no_allocate", "L2::64B", "L2::128B", "L2::256B", "L2::evict_first"}
    | {"L2::evict_last", "L2::evict_normal"}
)
_WIDTHS = {"8", "16", "32", "64", "128"}
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
_ATOMS = frozenset(["add", "min", "max", "inc", "dec", "and", "or", "xor", "exch", "cas"])
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
_SHAPE = frozenset(["lo", "hi", "wide", "clamp", "wrap", "l", "r"])
_CONTROL = frozenset({"bra", "brx", "ret", "exit", "trap", "call", "brkpt"})
_HINTS = frozenset(
    {"prefetch", "prefetchu", "applypriority", "nanosleep", "pmevent", "setmaxnreg", "createpolicy"}
)
_ASYNC = "asynchronous copies are not modelled: their accesses happen at no point of the thread's program"
REASONS = {
    "mbarrier": "mbarrier objects are not modelled",
    "cp": _ASYNC,
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
    "red.async": _ASYNC,
    "st.async": _ASYNC,
}
"""Why the instructions of a name have no effect here."""


def effect(instruction: Instruction) -> Effect:
    """What the instruction does when its guard holds."""
    rule = _RULES.get(instruction.name)
    try:
        if rule is not None:
            return rule(instruction)
        if instruction.name in _ARITHMETIC:
            return _compute(instruction)
    except _Odd as odd:
        return _not_known(instruction, str(odd))
    if instruction.name in _CONTROL:
        return Control(instruction.opcode, instruction.operands)
    if instruction.name in _HINTS:
        return Nothing()
    return _not_known(instruction, REASONS.get(instruction.name, ""))


class _Odd(Exception):
    """The instruction has a form that the rule does not know."""


def _not_known(instruction: Instruction, reason: str) -> NotKnown:
    return NotKnown(f"`{instruction.opcode}`{f': {reason}' if reason else ''}")


def _operands(instruction: Instruction, *counts: int) -> tuple[Operand, ...]:
    if len(instruction.operands) not in counts:
        raise _Odd("its operands")
    return instruction.operands


def _type(modifiers: list[str]) -> str:
    """Takes the type, which comes last."""
    if not modifiers or not is_type(modifiers[-1]):
        raise _Odd("its type")
    return modifiers.pop()


def is_type(word: str) -> bool:
    """`u32`, `b8`, `f16x2`, `pred`, …."""
    if word in ("pred", "f16x2", "bf16", "bf16x2", "tf32", "u16x2", "s16x2"):
        return True
    return word[:1] in tuple("usbf") and word[1:] in _WIDTHS


def _strength(words: list[str], default: str, allowed: Collection[str]) -> Strength:
    """Takes space, order and scope out of the modifiers."""
    space, order, scope = "generic", default, None
    for word in list(words):
        if word in _SPACES:
            space = _SPACES[word]
        elif word in allowed:
            order = word
        elif word in SCOPES:
            scope = word
        elif word in _ORDERS:
            raise _Odd(f"`.{word}` is not known")
        else:
            continue
        words.remove(word)
    if order in ("weak", "volatile") and scope is not None:
        raise _Odd("a scope on a weak access")
    if order not in ("weak", "volatile") and scope is None:
        # `atom` and `red` have the scope of the device unless one is written.
        if default == "weak":
            raise _Odd("its scope")
        scope = "gpu"
    return Strength(space, order, scope)


def _address(operand: Operand) -> Address:
    if not isinstance(operand, Address) or operand.coordinates:
        raise _Odd("its address")
    return operand


def _elements(operand: Operand, words: list[str]) -> tuple[Operand, ...]:
    """The registers of a vector access; takes `v2`, `v4` or `v8`."""
    count = next((int(w[1:]) for w in words if w in ("v2", "v4", "v8")), None)
    if count is None:
        return (operand,)
    words.remove(f"v{count}")
    if not isinstance(operand, Vector) or len(operand.elements) != count:
        raise _Odd("its vector")
    return operand.elements


def _done(words: Collection[str]) -> None:
    if words:
        raise _Odd(f"`.{next(iter(words))}` is not known")


def _ld(i: Instruction) -> Effect:
    words = [w for w in i.modifiers if w not in _CACHE_HINTS]
    kind = _type(words)
    strength = _strength(words, "weak", ("weak", "volatile", "relaxed", "acquire"))
    cached = "nc" in words
    if cached:
        words.remove("nc")
    target, address = _operands(i, 2)
    targets = _elements(target, words)
    _done(words)
    return Read(targets, _address(address), kind, strength, cached)


def _st(i: Instruction) -> Effect:
    words = [w for w in i.modifiers if w not in _CACHE_HINTS]
    if "async" in words:
        raise _Odd(_ASYNC)
    kind = _type(words)
    strength = _strength(words, "weak", ("weak", "volatile", "relaxed", "release"))
    address, source = _operands(i, 2)
    sources = _elements(source, words)
    _done(words)
    return Write(sources, _address(address), kind, strength)


def _atom(i: Instruction) -> Effect:
    words = [w for w in i.modifiers if w != "noftz"]
    if "async" in words:
        raise _Odd(_ASYNC)
    kind = _type(words)
    returns = i.name == "atom"
    orders = ("relaxed", "acquire", "release", "acq_rel") if returns else ("relaxed", "release")
    strength = _strength(words, "relaxed", orders)
    if len(words) != 1 or words[0] not in _ATOMS:
        raise _Odd(f"`.{'.'.join(words)}` is not known")
    op = words[0]
    operands = _operands(i, returns + 2 + (op == "cas"))
    target = operands[0] if returns else None
    address, *sources = operands[returns:]
    return Update(op, target, _address(address), tuple(sources), kind, strength)


def _fence(i: Instruction) -> Effect:
    words = list(i.modifiers)
    scope = next((w for w in words if w in SCOPES), None)
    order = next((w for w in words if w in ("sc", "acq_rel", "acquire", "release")), "acq_rel")
    _done([w for w in words if w not in (scope, order)])
    if scope is None:
        raise _Odd("its scope")
    _operands(i, 0)
    return Fence(order, scope)


def _membar(i: Instruction) -> Effect:
    if len(i.modifiers) != 1 or i.modifiers[0] not in _LEVELS:
        raise _Odd("its level")
    return Fence("sc", _LEVELS[i.modifiers[0]])


def _bar(i: Instruction) -> Effect:
    words = list(i.modifiers)
    if words[:1] == ["warp"]:
        _done([w for w in words if w not in ("warp", "sync")])
        return WarpBarrier(*_operands(i, 1))
    if words[:1] == ["cluster"]:
        kind = words[1] if len(words) > 1 else ""
        _done([w for w in words[2:] if w not in ("aligned", "relaxed", "release", "acquire")])
        if kind not in ("arrive", "wait"):
            raise _Odd("its form")
        return ClusterBarrier(kind, "relaxed" in words)
    if words[:1] == ["cta"]:
        words = words[1:]
    aligned = i.name == "bar" or "aligned" in words
    words = [w for w in words if w != "aligned"]
    match words:
        case ["sync"] | ["arrive"]:
            id, *count = _operands(i, 1, 2)
            if words == ["arrive"] and not count:
                raise _Odd("its count")
            return BlockBarrier(words[0], id, count[0] if count else None, aligned)
        case ["red", ("popc" | "and" | "or") as kind, ("u32" | "pred")]:
            target, id, *rest = _operands(i, 3, 4)
            count = rest[:-1]
            return BlockBarrier(kind, id, count[0] if count else None, aligned, target, rest[-1])
        case [] if i.name == "bar":
            raise _Odd("its form")
        case _:
            raise _Odd("its form")


def _targets(operand: Operand) -> tuple[Operand, ...]:
    return (operand.first, operand.second) if isinstance(operand, Pair) else (operand,)


def _shfl(i: Instruction) -> Effect:
    match i.modifiers:
        case ("sync", ("up" | "down" | "bfly" | "idx") as mode, "b32"):
            target, a, lane, clamp, mask = _operands(i, 5)
            return Exchange(f"shfl.{mode}", _targets(target), (a, lane, clamp), mask, "b32")
        case _:
            raise _Odd("it is not `shfl.sync`" if "sync" not in i.modifiers else "its form")


def _vote(i: Instruction) -> Effect:
    match i.modifiers:
        case ("sync", ("all" | "any" | "uni" | "ballot") as mode, ("pred" | "b32") as kind):
            target, source, mask = _operands(i, 3)
            return Exchange(f"vote.{mode}", (target,), (source,), mask, kind)
        case _:
            raise _Odd("it is not `vote.sync`" if "sync" not in i.modifiers else "its form")


def _match(i: Instruction) -> Effect:
    match i.modifiers:
        case (("any" | "all") as mode, "sync", ("b32" | "b64") as kind):
            target, source, mask = _operands(i, 3)
            return Exchange(f"match.{mode}", _targets(target), (source,), mask, kind)
        case _:
            raise _Odd("its form")


def _redux(i: Instruction) -> Effect:
    match i.modifiers:
        case ("sync", ("add" | "min" | "max" | "and" | "or" | "xor") as op, ("u32" | "s32" | "b32") as kind):
            target, source, mask = _operands(i, 3)
            return Exchange(f"redux.{op}", (target,), (source,), mask, kind)
        case _:
            raise _Odd("its form")


def _elect(i: Instruction) -> Effect:
    target, mask = _operands(i, 2)
    return Exchange("elect", _targets(target), (), mask, "b32")


def _activemask(i: Instruction) -> Effect:
    return Exchange("activemask", _operands(i, 1), (), None, "b32")


def _mov(i: Instruction) -> Effect:
    words = list(i.modifiers)
    kind = _type(words)
    _done(words)
    target, source = _operands(i, 2)
    return Move(target, source, kind)


def _cvta(i: Instruction) -> Effect:
    words = [w for w in i.modifiers if w not in ("u64", "u32")]
    to_space = words[:1] == ["to"]
    space = _SPACES.get(words[-1]) if words else None
    if space is None or len(words) != 1 + to_space:
        raise _Odd("its space")
    target, source = _operands(i, 2)
    return ConvertAddress(target, source, space, to_space)


def _compute(i: Instruction) -> Effect:
    words = list(i.modifiers)
    kind = _type(words)
    extra = [w for w in words if not is_type(w)]
    _done([w for w in extra if w not in _SHAPE | _ROUNDING])
    target, *sources = i.operands
    return Compute(".".join((i.name, *words)), kind, _targets(target), tuple(sources))


def _cvt(i: Instruction) -> Effect:
    words = list(i.modifiers)
    source = _type(words)
    target = _type(words)
    _done([w for w in words if w not in _ROUNDING])
    to, value = _operands(i, 2)
    return Compute(".".join(("cvt", *words, target)), source, (to,), (value,))


def _setp(i: Instruction) -> Effect:
    words = [w for w in i.modifiers if w != "ftz"]
    kind = _type(words)
    target, a, b = _operands(i, 3)
    if len(words) != 1 or words[0] not in _RELATIONS or isinstance(target, Pair):
        raise _Odd("its form")
    return CompareTo(words[0], kind, target, a, b)


def _selp(i: Instruction) -> Effect:
    words = list(i.modifiers)
    kind = _type(words)
    _done(words)
    return Choose(kind, *_operands(i, 4))


_RULES: dict[str, Callable[[Instruction], Effect]] = {
    "ld": _ld,
    "ldu": _ld,
    "st": _st,
    "atom": _atom,
    "red": _atom,
    "fence": _fence,
    "membar": _membar,
    "bar": _bar,
    "barrier": _bar,
    "shfl": _shfl,
    "vote": _vote,
    "match": _match,
    "redux": _redux,
    "elect": _elect,
    "activemask": _activemask,
    "mov": _mov,
    "cvta": _cvta,
    "cvt": _cvt,
    "setp": _setp,
    "selp": _selp,
}
