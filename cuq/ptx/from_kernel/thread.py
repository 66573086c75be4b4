"""One thread of a launch as a column of a litmus test.

What the launch and the thread's place decide is computed; branches on what memory holds stay, and with them
loops that wait. A block is written once for each set of values that it is entered with.
"""

from __future__ import annotations

from collections.abc import Mapping

from cuq.ir.liveness import live_registers
from cuq.ir.module import Block
from cuq.ir.ops import (
    FALSE,
    Barrier,
    Branch,
    Const,
    Edge,
    Jump,
    Panic,
    Reg,
    Return,
    Switch,
    Unreachable,
)
from cuq.ptx.from_kernel.flow import following
from cuq.ptx.from_kernel.operations import Environment, Operations, cannot
from cuq.ptx.from_kernel.values import Compared, Known, Lost, Named, names

MOST_LINES = 400
END = "END"

_State = tuple[str, tuple[tuple[int, Known], ...], int]
"""A block, the values that it is entered with, and how many barriers were passed before."""


class Column:
    """Writes one thread. Raises Unsupported for what litmus tests cannot express."""

    def __init__(self, out: Operations) -> None:
        self.out = out
        self._blocks = {block.label: block for block in out.kernel.blocks}
        self._live, self._after = live_registers(out.kernel), following(out.kernel)
        self._labels: dict[_State, str] = {}
        self._pending: list[tuple[_State, Environment]] = []
        self._moves: list[tuple[str, list[str]]] = []
        self._copies = 0

    def write(self, arguments: Mapping[Reg, Known]) -> None:
        """`arguments`: the values of the parameters."""
        self._label(self.out.kernel.blocks[0].label, dict(arguments), 0)
        while self._pending:
            state, env = self._pending.pop()
            self.out.mark(self._labels[state])
            self._block(self._blocks[state[0]], dict(env), state[2])
            for label, steps in self._moves:
                self.out.mark(label)
                for step in steps:
                    self.out.emit(step)
            self._moves.clear()
        self.out.mark(END)

    def _block(self, block: Block, env: Environment, barriers: int) -> None:
        out = self.out
        for op in block.ops:
            if len(out.lines) > MOST_LINES:
                raise cannot(f"a thread of more than {MOST_LINES} instructions", op.loc.span)
            if isinstance(op, Barrier):
                barriers += 1
                out.emit(f"bar.cta.sync b{barriers}_{out.cta}, 0, {out.config.block_size}")
            else:
                out.op(op, env, block.label)
        match block.terminator:
            case Return() | Panic() | Unreachable():
                out.emit(f"goto {END}")
            case Jump(edge=edge):
                self._go(edge, env, barriers)
            case Branch(cond=cond, then=then, otherwise=otherwise, loc=loc):
                match out.value(cond, env):
                    case Const(bits=bits):
                        self._go(then if bits else otherwise, env, barriers)
                    case Compared() | Named() as value:
                        condition = Compared("ne", value, FALSE) if isinstance(value, Named) else value
                        out.branch(condition, self._target(then, env, barriers))
                        self._go(otherwise, env, barriers)
                    case value:
                        raise cannot(_reason(value), loc.span)
            case Switch(value=tested, cases=cases, default=default, loc=loc):
                match out.value(tested, env):
                    case Const(bits=bits):
                        self._go(next((e for word, e in cases if word == bits), default), env, barriers)
                    case Named(name=name):
                        for word, edge in cases:
                            out.emit(f"beq {name}, {word}, {self._target(edge, env, barriers)}")
                        self._go(default, env, barriers)
                    case value:
                        raise cannot(_reason(value), loc.span)

    def _go(self, edge: Edge, env: Environment, barriers: int) -> None:
        self.out.emit(f"goto {self._target(edge, env, barriers)}")

    def _target(self, edge: Edge, env: Environment, barriers: int) -> str:
        """The label to go to; registers that a way round a loop sets anew are copied before."""
        block = self._blocks[edge.target]
        inner: Environment = {reg: env[reg] for reg in self._live[edge.target] if reg in env}
        copied: dict[str, str] = {}
        for param, arg in zip(block.params, edge.args, strict=True):
            value = self.out.value(arg, env)
            if any(self._share_a_loop(name.block, edge.target) for name in names(value)):
                if not isinstance(value, Named):
                    raise cannot(
                        "a comparison that the next iteration of a loop uses", block.terminator.loc.span
                    )
                own = self.out.named(param, edge.target)
                if value.name != own.name:
                    copied[own.name] = value.name
                value = own
            inner[param] = value
        label = self._label(edge.target, inner, barriers)
        if not copied:
            return label
        self._copies += 1
        clash = {source: f"t{i}" for i, source in enumerate(copied.values()) if source in copied}
        steps = [f"mov {scratch}, {source}" for source, scratch in clash.items()]
        steps += [f"mov {name}, {clash.get(source, source)}" for name, source in copied.items()]
        self._moves.append((f"M{self._copies}", [*steps, f"goto {label}"]))
        return f"M{self._copies}"

    def _share_a_loop(self, a: str, b: str) -> bool:
        return b in self._after[a] and a in self._after[b]

    def _label(self, target: str, env: Environment, barriers: int) -> str:
        values = tuple(sorted(((reg.id, value) for reg, value in env.items()), key=lambda pair: pair[0]))
        state: _State = (target, values, barriers)
        if state not in self._labels:
            self._labels[state] = f"L{len(self._labels)}"
            self._pending.append((state, env))
        return self._labels[state]


def _reason(value: Known) -> str:
    return value.reason if isinstance(value, Lost) else "a decision by what is no number"
