"""One cell of a litmus test: an instruction."""

from __future__ import annotations

import re
from typing import NoReturn, TypeVar

from cuq.base.span import Span
from cuq.ptx.litmus.source import Piece
from cuq.ptx.litmus.syntax import (
    Barrier,
    Branch,
    Compute,
    Fence,
    Goto,
    Instruction,
    Label,
    Load,
    Number,
    Operand,
    Order,
    Proxy,
    ProxyFence,
    Register,
    Rmw,
    Scope,
    Store,
)

_NAME = re.compile(r"[A-Za-z_]\w*\Z")
_LABEL = re.compile(r"([A-Za-z_]\w*)\s*:\s*")
_LOADS = {"ld": Proxy.GENERIC, "tld": Proxy.TEXTURE, "suld": Proxy.SURFACE, "cold": Proxy.CONSTANT}
_STORES = {"st": Proxy.GENERIC, "sust": Proxy.SURFACE}
_RMWS = {
    "atom": (Proxy.GENERIC, True),
    "red": (Proxy.GENERIC, False),
    "suatom": (Proxy.SURFACE, True),
    "sured": (Proxy.SURFACE, False),
}
_ARGUMENTS = {"cas": 2, **dict.fromkeys(("add", "sub", "and", "or", "xor", "min", "max", "exch"), 1)}
_ARITHMETIC = frozenset({"add", "sub", "mul", "div", "and", "or", "xor"})
_BRANCHES = frozenset({"beq", "bne", "blt", "ble", "bgt", "bge"})
_LOAD_ORDERS = (Order.WEAK, Order.RELAXED, Order.ACQUIRE)
_STORE_ORDERS = (Order.WEAK, Order.RELAXED, Order.RELEASE)
_RMW_ORDERS = (Order.RELAXED, Order.ACQUIRE, Order.RELEASE, Order.ACQ_REL)
_FENCE_ORDERS = (Order.ACQ_REL, Order.SC)
_MEMBARS = {"cta": Scope.CTA, "gl": Scope.GPU, "sys": Scope.SYS}

_E = TypeVar("_E", Order, Scope, Proxy)


def parse_cell(piece: Piece) -> list[Instruction]:
    """Labels, and at most one instruction. Raises InputError."""
    found: list[Instruction] = []
    piece = piece.stripped()
    while match := _LABEL.match(str(piece)):
        found.append(Label(match[1], piece.span))
        piece = piece.part(match.end(), len(str(piece))).stripped()
    if str(piece):
        found.append(_Cell(piece).instruction())
    return found


class _Cell:
    def __init__(self, piece: Piece) -> None:
        text = str(piece)
        head = text.split(None, 1)[0]
        self._piece = piece
        self._span: Span = piece.span
        self._words = head.split(".")
        rest = piece.part(len(head), len(text)).stripped()
        self._args = [a for a in rest.split(",")] if str(rest) else []

    def instruction(self) -> Instruction:
        kind, *suffixes = self._words
        if kind in _LOADS:
            if not suffixes and kind == "ld":
                self._arity(2)
                return Compute(self._register(0), None, (self._operand(1),), self._span)
            self._arity(2)
            order, scope = self._semantics(suffixes, _LOAD_ORDERS)
            return Load(self._register(0), self._location(1), order, scope, _LOADS[kind], self._span)
        if kind in _STORES:
            self._arity(2)
            order, scope = self._semantics(suffixes, _STORE_ORDERS)
            return Store(self._location(0), self._operand(1), order, scope, _STORES[kind], self._span)
        if kind in _RMWS:
            return self._rmw(*_RMWS[kind], suffixes)
        if kind == "mov" or (kind in _ARITHMETIC and len(self._args) == 3):
            op = None if kind == "mov" else kind
            self._arity(2 if op is None else 3)
            args = tuple(self._operand(i) for i in range(1, len(self._args)))
            return Compute(self._register(0), op, args, self._span)
        if kind in ("fence", "membar"):
            return self._fence(kind, suffixes)
        if kind == "bar":
            return self._barrier(suffixes)
        if kind == "goto":
            self._arity(1)
            return Goto(self._name(0, "a label"), self._span)
        if kind in _BRANCHES:
            self._arity(3)
            label = self._name(2, "a label")
            return Branch(kind[1:], self._operand(0), self._operand(1), label, self._span)
        return self._fail(f"`{'.'.join(self._words)}` is no instruction of litmus tests")

    def _rmw(self, proxy: Proxy, returns: bool, suffixes: list[str]) -> Instruction:
        op = suffixes[-1] if suffixes else ""
        if op not in _ARGUMENTS:
            self._fail(f"unknown atomic operation `{op}`")
        order, scope = Order.RELAXED, Scope.GPU
        for word in suffixes[:-1]:
            if word in {o.value for o in _RMW_ORDERS}:
                order = Order(word)
            else:
                scope = self._member(Scope, word)
        first = 1 if returns else 0
        self._arity(1 + first + _ARGUMENTS[op])
        dest = self._register(0) if returns else None
        args = tuple(self._operand(i) for i in range(first + 1, len(self._args)))
        return Rmw(dest, op, self._location(first), args, order, scope, proxy, self._span)

    def _fence(self, kind: str, suffixes: list[str]) -> Instruction:
        self._arity(0)
        if kind == "membar":
            if len(suffixes) != 1 or suffixes[0] not in _MEMBARS:
                self._fail("expected membar.cta, membar.gl or membar.sys")
            return Fence(Order.SC, _MEMBARS[suffixes[0]], self._span)
        if suffixes[:1] == ["proxy"] and len(suffixes) == 2:
            proxy = None if suffixes[1] == "alias" else self._member(Proxy, suffixes[1])
            return ProxyFence(proxy, self._span)
        if len(suffixes) != 2:
            self._fail("a fence has semantics and a scope, such as fence.sc.gpu")
        order, scope = self._member(Order, suffixes[0]), self._member(Scope, suffixes[1])
        if order not in _FENCE_ORDERS:
            self._fail(f"there is no fence.{order.value}")
        return Fence(order, scope, self._span)

    def _barrier(self, suffixes: list[str]) -> Instruction:
        if suffixes not in (["cta", "sync"], ["cta", "arrive"]):
            self._fail("expected bar.cta.sync or bar.cta.arrive")
        if not 1 <= len(self._args) <= 3:
            self._fail("a barrier has an instance, and perhaps an id and a number of threads")
        instance = str(self._args[0])
        id = self._operand(1) if len(self._args) > 1 else Number(0)
        quorum = self._operand(2) if len(self._args) > 2 else None
        return Barrier(instance, id, quorum, suffixes[1] == "sync", self._span)

    def _semantics(self, suffixes: list[str], allowed: tuple[Order, ...]) -> tuple[Order, Scope | None]:
        if not 1 <= len(suffixes) <= 2:
            self._fail("expected semantics and a scope, such as relaxed.gpu, or weak")
        order = self._member(Order, suffixes[0])
        if order not in allowed:
            self._fail(f"`{self._words[0]}` cannot be {order.value}")
        scope = self._member(Scope, suffixes[1]) if len(suffixes) == 2 else None
        if (order is Order.WEAK) is not (scope is None):
            self._fail("a weak access has no scope, and any other one has")
        return order, scope

    # --- operands ------------------------------------------------------------------------------------

    def _arity(self, wanted: int) -> None:
        if len(self._args) != wanted:
            self._fail(f"expected {wanted} operands, found {len(self._args)}")

    def _name(self, index: int, what: str) -> str:
        arg = self._args[index]
        text = str(arg).removeprefix("[").removesuffix("]").strip()
        if not _NAME.match(text):
            arg.fail(f"expected {what}, found `{arg}`")
        return text

    def _register(self, index: int) -> str:
        return self._name(index, "a register")

    def _location(self, index: int) -> str:
        return self._name(index, "a location")

    def _operand(self, index: int) -> Operand:
        arg = self._args[index]
        try:
            return Number(int(str(arg), 0))
        except ValueError:
            return Register(self._name(index, "a register or a number"))

    def _member(self, kind: type[_E], word: str) -> _E:
        try:
            return kind(word)
        except ValueError:
            known = ", ".join(member.value for member in kind)
            self._fail(f"unknown {kind.__name__.lower()} `{word}`: it is one of {known}")

    def _fail(self, message: str) -> NoReturn:
        self._piece.fail(message)
