"""The sequences of operations that are left to a kernel once what is constant decides its branches.

A loop whose rounds are counted by constants is unrolled, as back ends do. Each state is a block with the constants that it is
entered with; of a block with many states the constants are forgotten, so that other loops stay loops.
"""

from __future__ import annotations

from collections.abc import Iterator

from cuq.checks.artefact.source import Asked, Part, end_of, parts_of
from cuq.ir.fold import fold
from cuq.ir.liveness import live_registers
from cuq.ir.module import Block, Kernel
from cuq.ir.operands import map_operands, result
from cuq.ir.ops import FALSE, TRUE, Branch, Const, Edge, Jump, Reg, Switch, Value

_MOST_STATES_OF_A_BLOCK = 300

_MOST_ROUNDS = 30
"""Loops that are found to be no loops over constants, one by one; then nothing is evaluated."""

_Known = dict[Reg, Const]
_State = tuple[str, frozenset[tuple[Reg, Const]]]


def evaluated(kernel: Kernel, operations: Asked) -> list[Part]:
    """Only ways that a condition on constants rules out are left out: what threads do is among the others."""
    forgotten: set[str] = set()
    while operations.operations and len(forgotten) <= _MOST_ROUNDS:
        found = _Evaluation(kernel, operations, forgotten).parts()
        if isinstance(found, list):
            return found
        forgotten.add(found)
    return parts_of(kernel, operations)


class _Evaluation:
    def __init__(self, kernel: Kernel, operations: Asked, forgotten: set[str]) -> None:
        self.blocks = {block.label: block for block in kernel.blocks}
        self.entry = kernel.blocks[0].label
        self.operations, self.forgotten = operations, forgotten
        self.live = live_registers(kernel)

    def parts(self) -> list[Part] | str:
        """One for each state; or a block that has too many."""
        index: dict[_State, int] = {(self.entry, frozenset()): 0}
        states = list(index)
        count = dict.fromkeys(self.blocks, 0)
        parts: list[Part] = []
        for label, constants in states:  # grows meanwhile
            count[label] += 1
            if count[label] > _MOST_STATES_OF_A_BLOCK:
                return label
            block = self.blocks[label]
            following = []
            for state in self._following(block, dict(constants)):
                if state not in index:
                    index[state] = len(states)
                    states.append(state)
                following.append(index[state])
            parts.append(
                Part(label, self.operations.blocks[label], tuple(following), end_of(block.terminator))
            )
        return parts

    def _following(self, block: Block, known: _Known) -> Iterator[_State]:
        for op in block.ops:
            reg = result(op)
            if reg is not None:
                known.pop(reg, None)
                value = fold(map_operands(op, lambda v: _value(v, known)), {})
                if isinstance(value, Const):
                    known[reg] = value
        match block.terminator:
            case Jump(edge=edge):
                yield self._enter(edge, known)
            case Branch(cond=cond, then=then, otherwise=otherwise):
                match _value(cond, known):
                    case Const(bits=bits):
                        yield self._enter(then if bits else otherwise, known)
                    case _:
                        yield self._enter(then, _with(known, cond, TRUE))
                        yield self._enter(otherwise, _with(known, cond, FALSE))
            case Switch(value=value, cases=cases, default=default):
                match _value(value, known):
                    case Const(bits=bits):
                        yield self._enter(next((e for word, e in cases if word == bits), default), known)
                    case _:
                        for _, edge in cases:
                            yield self._enter(edge, known)
                        yield self._enter(default, known)
            case _:
                pass

    def _enter(self, edge: Edge, known: _Known) -> _State:
        if edge.target in self.forgotten:
            return edge.target, frozenset()
        inner = {reg: known[reg] for reg in self.live[edge.target] if reg in known}
        for param, arg in zip(self.blocks[edge.target].params, edge.args, strict=True):
            if isinstance(value := _value(arg, known), Const):
                inner[param] = value
        return edge.target, frozenset(inner.items())


def _value(value: Value, known: _Known) -> Value:
    return known.get(value, value) if isinstance(value, Reg) else value


def _with(known: _Known, cond: Value, value: Const) -> _Known:
    return {**known, cond: value} if isinstance(cond, Reg) else known
