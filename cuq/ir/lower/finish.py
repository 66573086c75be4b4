"""From blocks under construction to a kernel: block parameters that matter, values resolved."""

from __future__ import annotations

from typing import assert_never

from cuq.base.errors import SelfCheckError
from cuq.base.span import Span
from cuq.ir.lower.blocks import OpenBlock, OpenBranch, OpenJump, OpenSwitch, Phi, Ssa
from cuq.ir.module import Block
from cuq.ir.operands import map_operands, operands
from cuq.ir.ops import Branch, Edge, Jump, Panic, Reg, Return, Switch, Terminator, Unreachable, Value


def finish(ssa: Ssa, entry: OpenBlock) -> tuple[Block, ...]:
    """The blocks that `entry` reaches, in reverse post-order. Raises `NeedsMemory` like `Ssa.value`."""
    order = _order(entry)
    live = _live_phis(ssa, order)
    return tuple(_Finisher(ssa, live, block).close() for block in order)


def targets(block: OpenBlock) -> tuple[OpenBlock, ...]:
    match block.terminator:
        case OpenJump(target=target):
            return (target,)
        case OpenBranch(then=then, otherwise=otherwise):
            return (then, otherwise)
        case OpenSwitch(cases=cases, default=default):
            return (*(target for _, target in cases), default)
        case Return() | Panic() | Unreachable():
            return ()
        case None:
            raise SelfCheckError(f"block {block.label} has no terminator")
        case other:
            assert_never(other)


def _order(entry: OpenBlock) -> list[OpenBlock]:
    post: list[OpenBlock] = []
    seen = {entry}
    stack = [(entry, iter(reversed(targets(entry))))]
    while stack:
        block, rest = stack[-1]
        for target in rest:
            if target not in seen:
                seen.add(target)
                stack.append((target, iter(reversed(targets(target)))))
                break
        else:
            post.append(block)
            stack.pop()
    return post[::-1]


def _live_phis(ssa: Ssa, order: list[OpenBlock]) -> set[Reg]:
    """Registers of the block parameters that an operation or branch depends on."""
    phis: dict[Reg, Phi] = {phi.reg: phi for block in order for phi in block.phis}
    work: list[Value] = []
    for block in order:
        for op in block.ops:
            work.extend(operands(op))
        match block.terminator:
            case OpenBranch(cond=value) | OpenSwitch(value=value):
                work.append(value)
            case _:
                pass
    live: set[Reg] = set()
    while work:
        reg = ssa.resolve(work.pop())
        if isinstance(reg, Reg) and reg in phis and reg not in live:
            live.add(reg)
            for arg in phis[reg].args.values():
                arg = ssa.resolve(arg)
                if isinstance(arg, Reg):
                    work.append(arg)
    return live


class _Finisher:
    def __init__(self, ssa: Ssa, live: set[Reg], block: OpenBlock) -> None:
        self.ssa = ssa
        self.live = live
        self.block = block
        assert block.terminator is not None, "checked by targets()"
        self.span: Span = block.terminator.loc.span

    def close(self) -> Block:
        ops = tuple(map_operands(op, self._value) for op in self.block.ops)
        params = tuple(phi.reg for phi in self.block.phis if phi.reg in self.live)
        return Block(self.block.label, params, ops, self._terminator())

    def _value(self, value: Value) -> Value:
        return self.ssa.value(value, value.type, self.span)

    def _edge(self, target: OpenBlock) -> Edge:
        phis = [phi for phi in target.phis if phi.reg in self.live]
        return Edge(
            target.label,
            tuple(self.ssa.final(phi.args[self.block], phi.reg.type, self.span) for phi in phis),
        )

    def _terminator(self) -> Terminator:
        match self.block.terminator:
            case OpenJump(target=target, loc=loc):
                return Jump(self._edge(target), loc)
            case OpenBranch(cond=cond, then=then, otherwise=otherwise, loc=loc):
                return Branch(self._value(cond), self._edge(then), self._edge(otherwise), loc)
            case OpenSwitch(value=value, cases=cases, default=default, loc=loc):
                arms = tuple((bits, self._edge(target)) for bits, target in cases)
                return Switch(self.ssa.final(value, value.type, self.span), arms, self._edge(default), loc)
            case Return() | Panic() | Unreachable() as end:
                return end
            case None:
                raise SelfCheckError(f"block {self.block.label} has no terminator")
            case other:
                assert_never(other)
