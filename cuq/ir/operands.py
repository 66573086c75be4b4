"""What an operation or terminator reads and defines, derived from its declared fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any, TypeVar, get_args

from cuq.ir.module import Block, successors
from cuq.ir.ops import Branch, Edge, Jump, Op, Reg, Switch, Terminator, Value

_O = TypeVar("_O", bound=Op)


_SHAPES = {"Value": False, "tuple[Value, ...]": True}
_READS: dict[type, tuple[tuple[str, bool], ...]] = {
    kind: tuple((f.name, _SHAPES[str(f.type)]) for f in fields(kind) if str(f.type) in _SHAPES)
    for kind in get_args(Op)
}
"""For each operation: the fields that hold operands, and whether the field is a tuple of them."""

_DEFINES = frozenset(kind for kind in get_args(Op) if any(f.name == "result" for f in fields(kind)))


def operands(op: Op) -> tuple[Value, ...]:
    """Values that `op` reads, in the order of its fields."""
    values: list[Value] = []
    for name, many in _READS[type(op)]:
        if many:
            values.extend(getattr(op, name))
        else:
            values.append(getattr(op, name))
    return tuple(values)


def result(op: Op) -> Reg | None:
    """The register that `op` defines, if any."""
    if type(op) not in _DEFINES:
        return None
    reg: Reg = getattr(op, "result")  # noqa: B009 (not every member of the union has it)
    return reg


def defined(block: Block) -> Iterator[Reg]:
    """The registers that a block defines: its parameters, then what its operations define."""
    yield from block.params
    yield from filter(None, map(result, block.ops))


def with_result(op: Op, reg: Reg) -> Op:
    """The same operation with another register to define."""
    changes: dict[str, Any] = {"result": reg}
    return replace(op, **changes)


def block_operands(block: Block) -> Iterator[Value]:
    """Values that the block reads: its operations, its terminator, and the arguments of its edges."""
    for op in block.ops:
        yield from operands(op)
    yield from terminator_operands(block.terminator)
    for edge in successors(block.terminator):
        yield from edge.args


def map_operands(op: _O, f: Callable[[Value], Value]) -> _O:
    """`op` with `f` applied to each value it reads; `op` itself when nothing changes."""
    changes: dict[str, Any] = {}
    for name, many in _READS[type(op)]:
        old = getattr(op, name)
        new = tuple(map(f, old)) if many else f(old)
        if new != old:
            changes[name] = new
    return replace(op, **changes) if changes else op


def terminator_operands(terminator: Terminator) -> Iterator[Value]:
    """Values that the terminator itself reads, without the arguments of its edges."""
    match terminator:
        case Branch(cond=value) | Switch(value=value):
            yield value
        case _:
            return


def map_terminator(
    terminator: Terminator, value: Callable[[Value], Value], edge: Callable[[Edge], Edge]
) -> Terminator:
    """The terminator with its own operand and its edges mapped."""
    match terminator:
        case Jump():
            return replace(terminator, edge=edge(terminator.edge))
        case Branch():
            return replace(
                terminator,
                cond=value(terminator.cond),
                then=edge(terminator.then),
                otherwise=edge(terminator.otherwise),
            )
        case Switch():
            return replace(
                terminator,
                value=value(terminator.value),
                cases=tuple((case, edge(e)) for case, e in terminator.cases),
                default=edge(terminator.default),
            )
        case _:
            return terminator
