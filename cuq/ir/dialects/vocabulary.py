"""The operations that dialect tables may name, with their fields: how each becomes a meaning."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import TypeVar

from cuq.base.records import dataclass
from cuq.base.suggest import did_you_mean
from cuq.ir.dialects.model import (
    Arithmetic,
    Assumption,
    AtomicRead,
    AtomicWrite,
    Bits,
    BlockBarrier,
    BlockReduction,
    BlockSize,
    Branching,
    Collective,
    CompareExchange,
    Diverges,
    DynamicShared,
    Elect,
    Element,
    FloatFunction,
    LaneRegister,
    LanesMeet,
    Library,
    Match,
    MaxThreads,
    Meaning,
    MemoryFence,
    Never,
    NeverReached,
    NoEffect,
    PtxTemplate,
    PureFunction,
    ReadRegister,
    Reduce,
    Refused,
    Rmw,
    Same,
    Shuffle,
    Unknown,
    Unmodelled,
    VolatileRead,
    VolatileWrite,
    Vote,
)
from cuq.ir.floats import FLOAT_OPS
from cuq.ir.ops import ExchangeOp, PanicKind, RmwOp
from cuq.ir.types import Order, Scope, Special
from cuq.mir.tree import BinOp

_E = TypeVar("_E", bound=Enum)


class Misnamed(Exception):
    """A table says something that is not understood; `help` is what may have been meant."""

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.message, self.help = message, help


class Fields:
    """The fields of one entry, taken one by one; what is left at the end is an error."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self.values = dict(values)

    def text(self, name: str) -> str:
        value = self.values.pop(name, None)
        if value is None:
            raise Misnamed(f"`{name}` is missing")
        if not isinstance(value, str):
            raise Misnamed(f"`{name}` must be a string")
        return value

    def choice(self, name: str, kind: type[_E]) -> _E:
        value = self.text(name)
        known = [member.value for member in kind]
        if value not in known:
            raise Misnamed(f"unknown {name} `{value}`", did_you_mean(value, known))
        return kind(value)

    def order(self, allowed: frozenset[Order]) -> Order | None:
        """None unless the table fixes it."""
        if "order" not in self.values:
            return None
        found = self.choice("order", Order)
        if found not in allowed:
            raise Misnamed(f"`{found.value}` is no order of this operation")
        return found

    def last(self) -> bool:
        """Whether the value is the last argument."""
        if "value" not in self.values:
            return False
        if self.text("value") != "last":
            raise Misnamed('`value` may be "last"')
        return True

    def word(self, name: str, known: tuple[str, ...]) -> str:
        """One of these words."""
        value = self.text(name)
        if value not in known:
            raise Misnamed(f"unknown {name} `{value}`", did_you_mean(value, known))
        return value

    def flag(self, name: str) -> bool:
        value = self.values.pop(name, False)
        if not isinstance(value, bool):
            raise Misnamed(f"`{name}` must be true or false")
        return value

    def done(self) -> None:
        for name in self.values:
            raise Misnamed(f"unknown field `{name}`")


@dataclass(frozen=True, slots=True)
class Operation:
    """What an entry with this name means. `doc` is for the manual; `internal`: for cuq's own tables."""

    build: Callable[[Fields], Meaning]
    doc: str
    fields: tuple[str, ...] = ()
    internal: bool = False


_READS = frozenset({Order.RELAXED, Order.ACQUIRE, Order.SC})
_WRITES = frozenset({Order.RELAXED, Order.RELEASE, Order.SC})
_ANY = frozenset(order for order in Order if order.atomic)
_FENCES = _ANY - {Order.RELAXED}


def _scope(fields: Fields) -> Scope:
    return fields.choice("scope", Scope)


def _float(fields: Fields) -> Meaning:
    name = fields.text("function")
    if name not in FLOAT_OPS:
        raise Misnamed(f"unknown function `{name}`", did_you_mean(name, FLOAT_OPS))
    return FloatFunction(name)


OPERATIONS: dict[str, Operation] = {
    "register": Operation(
        lambda f: ReadRegister(f.choice("register", Special)),
        "`f() -> u32`: the special register `register`, by its PTX name (`tid.x`)",
        ("register",),
    ),
    "block-barrier": Operation(
        lambda f: BlockBarrier(), "`f()`: waits for all threads of the block (`bar.sync 0`)"
    ),
    "block-reduce": Operation(
        lambda f: BlockReduction(), "`f(x) -> u32`: a block barrier with a result that depends on all threads"
    ),
    "warp-barrier": Operation(
        lambda f: LanesMeet(), "`f(mask)`: waits for the lanes of the mask (`bar.warp.sync`)"
    ),
    "lane": Operation(
        lambda f: LaneRegister(f.word("value", ("id", "lt", "le", "eq", "ge", "gt"))),
        "`f() -> u32`: `id` is the lane's number, `lt` the mask of lanes less than it, …",
        ("value",),
    ),
    "shuffle": Operation(
        lambda f: Shuffle(f.word("mode", ("idx", "bfly", "up", "down"))),
        "`f(mask, value, lane) -> T`: `shfl.sync` over the whole warp",
        ("mode",),
    ),
    "vote": Operation(
        lambda f: Vote(f.word("mode", ("all", "any", "uni", "ballot"))),
        "`f(mask, predicate)`: `vote.sync`",
        ("mode",),
    ),
    "match": Operation(
        lambda f: Match(f.word("mode", ("any", "all"))), "`f(mask, value) -> u32`: `match.sync`", ("mode",)
    ),
    "reduce": Operation(
        lambda f: Reduce(f.choice("reduce", ExchangeOp)),
        "`f(mask, value) -> T`: `redux.sync`",
        ("reduce",),
    ),
    "collective": Operation(
        lambda f: Collective(),
        "`f(…) -> T`: registers that all lanes of the warp compute together, in a way that is not said (`mma.sync`)",
    ),
    "elect": Operation(
        lambda f: Elect(),
        "`f(mask) -> (u32, bool)` or `-> bool`: a lane of the mask, whether it is the own one (`elect.sync`)",
    ),
    "arbitrary": Operation(
        lambda f: Unknown(), "`f(…) -> number`: may differ in each call (a clock, a hardware id)"
    ),
    "block-size": Operation(lambda f: BlockSize(), "`f::<X, Y, Z>()`: blocks have this size"),
    "max-threads": Operation(lambda f: MaxThreads(), "`f::<N, …>()`: blocks have at most so many threads"),
    "rmw": Operation(
        lambda f: Rmw(f.choice("rmw", RmwOp), _scope(f), f.order(_ANY), f.last()),
        "`f(pointer, value) -> old`: an atomic update; `rmw` is the operation",
        ("rmw", "scope", "order?", "value?"),
    ),
    "load": Operation(
        lambda f: AtomicRead(_scope(f), f.order(_READS)),
        "`f(pointer) -> value`: an atomic load",
        ("scope", "order?"),
    ),
    "store": Operation(
        lambda f: AtomicWrite(_scope(f), f.order(_WRITES), f.last()),
        "`f(pointer, value)`: an atomic store",
        ("scope", "order?", "value?"),
    ),
    "compare-exchange": Operation(
        lambda f: CompareExchange(_scope(f), f.order(_ANY), f.flag("returns_old")),
        "`f(pointer, expected, new) -> (old, bool)`, or `-> old` with `returns_old = true`",
        ("scope", "order?", "returns_old?"),
    ),
    "fence": Operation(
        lambda f: MemoryFence(_scope(f), f.order(_FENCES)),
        "`f()`: a memory fence",
        ("scope", "order?"),
    ),
    "volatile-load": Operation(lambda f: VolatileRead(), "`f(pointer) -> value`: races like a plain load"),
    "volatile-store": Operation(lambda f: VolatileWrite(), "`f(pointer, value)`: races like a plain store"),
    "dynamic-shared": Operation(
        lambda f: DynamicShared(),
        "`f() -> *mut T` or `f(byte_offset) -> *mut T`: shared memory whose size the launch sets",
    ),
    "element": Operation(lambda f: Element(), "`f(&array, index) -> &T`: an element, without a check"),
    "none": Operation(
        lambda f: NoEffect(),
        "`f(…)`: nothing that the kernel or another thread could notice (a marker, a hint, a log)",
    ),
    "same": Operation(lambda f: Same(), "`f(x, …) -> x`: the first argument"),
    "pure": Operation(
        lambda f: PureFunction(),
        "`f(…) -> number`: depends on the arguments alone, in a way that is not said",
    ),
    "float": Operation(
        _float, "`f(a…) -> F`: the floating-point operation `function` of the IR (`sqrt`)", ("function",)
    ),
    "assume": Operation(lambda f: Assumption(), "`f(condition)`: undefined behaviour unless it holds"),
    "trap": Operation(
        lambda f: Diverges(PanicKind[f.text("kind").upper()] if "kind" in f.values else PanicKind.ABORT),
        "`f(…) -> !`: the thread traps; `kind` is `abort`, `explicit`, `bounds`, `overflow` or `div_zero`",
        ("kind?",),
    ),
    "unsupported": Operation(
        lambda f: Refused(f.text("reason")),
        "not modelled: a kernel that calls it is `unknown`, with the `reason`",
        ("reason",),
    ),
    "unreachable": Operation(lambda f: NeverReached(), "`f() -> !`: undefined behaviour"),
    "false": Operation(lambda f: Never(), "`f() -> bool`: false"),
    "opaque": Operation(
        lambda f: Unmodelled(), "`f(…)`: a pure function whose result is refused when it is used"
    ),
    "operator": Operation(
        lambda f: Arithmetic(f.choice("operator", BinOp)), "a MIR operator", ("operator",), internal=True
    ),
    "bits": Operation(
        lambda f: Bits(f.text("function")), "counts and permutations of bits", ("function",), internal=True
    ),
    "library": Operation(
        lambda f: Library(f.text("function")),
        "expanded by `cuq.ir.lower.library`",
        ("function",),
        internal=True,
    ),
    "ptx": Operation(
        lambda f: PtxTemplate(),
        "`f(&template, &constraints, &options, …) -> T`: inline PTX with LLVM's constraints",
        internal=True,
    ),
    "branching": Operation(
        lambda f: Branching(f.text("function")),
        "expanded by `cuq.ir.lower.branching`",
        ("function",),
        internal=True,
    ),
}
"""All operations, by the name that tables give in `op`."""


def build(values: Mapping[str, object], internal: bool) -> Meaning:
    """The meaning of an entry. Raises Misnamed. `internal`: operations for cuq's own tables are allowed."""
    fields = Fields(values)
    name = fields.text("op")
    known = [key for key, operation in OPERATIONS.items() if internal or not operation.internal]
    if name not in known:
        raise Misnamed(f"unknown op `{name}`", did_you_mean(name, known))
    try:
        meaning = OPERATIONS[name].build(fields)
    except KeyError as error:
        raise Misnamed(f"unknown kind `{error.args[0].lower()}`") from error
    fields.done()
    return meaning
