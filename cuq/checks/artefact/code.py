"""The control flow graph of a PTX function, as far as synchronising operations are concerned.

Called functions are part of it. Conditions of branches are left out: an instruction with a guard may be executed or not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from cuq.checks.artefact.nodes import Code, Node, Unclear, with_fences
from cuq.checks.artefact.operations import Access, Targets, of_effect
from cuq.checks.artefact.roots import address_roots
from cuq.ptx.instructions import effect
from cuq.ptx.instructions.effects import (
    Choose,
    ClusterBarrier,
    CompareTo,
    Compute,
    Control,
    ConvertAddress,
    Effect,
    Move,
    Nothing,
    NotKnown,
    Read,
    Strength,
    Write,
)
from cuq.ptx.instructions.tree import Address, Directive, Instruction, Label, Name, Statement
from cuq.ptx.module import Function, Module

_PANICS = re.compile(
    r"(?:_RI?N\w(?:Nt)*Cs[0-9A-Za-z]+_|_ZN)4core"
    r"(?:9panicking|6option13(?:unwrap|expect)_failed|6result13unwrap_failed)|.*rust_begin_unwind"
)
"""Mangled names of functions that end a thread."""

_MOST_NODES = 100_000

Objects = Mapping[str, frozenset[str]]
"""For each parameter of the entry and each variable the objects that it leads to."""


def code(module: Module, function: Function, objects: Objects | None = None) -> Code:
    """The graph of a function with those that it calls. objects: None where operations are not told apart by them."""
    builder = _Builder(module, objects or {})
    builder.add(function, None, frozenset())
    nodes = with_fences([node for node in builder.nodes if node is not None])
    return Code(tuple(nodes), function.params, tuple(builder.unclear))


class _Builder:
    def __init__(self, module: Module, objects: Objects) -> None:
        self.module, self.objects = module, objects
        self.nodes: list[Node | None] = []
        self.unclear: list[Unclear] = []
        self._frames = 0

    def add(self, function: Function, back: int | None, inside: frozenset[str]) -> int:
        """A node for each statement of a body and one behind them; the first one. back: where it returns to, None if
        the thread ends then. inside: the functions that called this one."""
        body = function.body or ()
        start = len(self.nodes)
        frame = self._frames
        self._frames += 1
        self.nodes += [None] * (len(body) + 1)
        leave = Node(function.span, (), returns=True) if back is None else Node(function.span, (back,))
        self.nodes[start + len(body)] = leave
        targets = _targets(function, self.objects)
        jumps = _Jumps(body, start)
        self.unclear += jumps.unclear
        for i, statement in enumerate(body):
            here, following = start + i, start + i + 1
            if not isinstance(statement, Instruction):
                self.nodes[here] = Node(statement.span, (following,))
                continue
            what = effect(statement)
            match what:
                case Control(op=op) if op.startswith(("bra", "brx")):
                    done = Node(statement.span, jumps.targets(statement))
                    self.unclear += [] if done.next else [_unclear(statement)]
                case Control(op=op) if op.startswith("ret"):
                    done = replace(leave, span=statement.span)
                case Control(op="exit"):
                    done = Node(statement.span, (), returns=True)
                case Control(op="trap"):
                    done = Node(statement.span, ())
                case Control(op=op) if op.startswith("call"):
                    done = self._call(statement, following, inside | {function.name})
                case _:
                    done = self._plain(what, statement, following, targets)
            self._put(here, replace(done, instruction=statement, frame=frame), following)
        return start

    def _put(self, here: int, done: Node, following: int) -> None:
        if done.instruction is None or done.instruction.guard is None:
            self.nodes[here] = done
        else:
            ways = (len(self.nodes), following)
            self.nodes[here] = Node(done.span, ways, instruction=done.instruction, frame=done.frame)
            self.nodes.append(done)

    def _call(self, statement: Instruction, following: int, inside: frozenset[str]) -> Node:
        callee = next((x.text for x in statement.operands if isinstance(x, Name)), "")
        if _PANICS.match(callee):
            return Node(statement.span, ())
        target = self.module.function(callee)
        if target is None or target.body is None or callee in inside or len(self.nodes) > _MOST_NODES:
            self.unclear.append(Unclear(f"a call of `{callee or 'a pointer'}`", statement.span))
            return Node(statement.span, (following,), access=True)
        return Node(statement.span, (self.add(target, following, inside),))

    def _plain(self, what: Effect, statement: Instruction, following: int, targets: _Targets) -> Node:
        match what:
            case NotKnown(reason=reason):
                self.unclear.append(Unclear(reason, statement.span))
            case ClusterBarrier():
                self.unclear.append(_unclear(statement))
            case _:
                pass
        operation = of_effect(what, statement.span, targets)
        access = operation is None and not _orders_nothing(what)
        return Node(
            statement.span, (following,), operation, access, _access(what, targets) if access else None
        )


_Targets = Callable[[Address], Targets]


def _targets(function: Function, objects: Objects) -> _Targets:
    """The objects of an address, where all that it may come from is known."""
    roots = address_roots(function)

    def found(address: Address) -> Targets:
        names = roots(address)
        if not names or not all(name in objects for name in names):
            return None
        return frozenset[str]().union(*(objects[name] for name in names)) or None

    return found


class _Jumps:
    """Where the labels of a body are."""

    def __init__(self, body: Sequence[Statement], start: int) -> None:
        self.unclear: list[Unclear] = []
        self._at: dict[str, int] = {}
        self._lists: dict[str, tuple[str, ...]] = {}
        label = ""
        for i, statement in enumerate(body):
            match statement:
                case Label(name=name):
                    if name in self._at:
                        self.unclear.append(Unclear(f"a second label `{name}`", statement.span))
                    self._at[name] = start + i
                    label = name
                case Directive(name="branchtargets", words=words):
                    self._lists[label] = tuple(word for word in words if word != ",")
                case _:
                    pass

    def targets(self, branch: Instruction) -> tuple[int, ...]:
        """Where a branch may lead; nothing if that is not clear."""
        named = [x.text for x in branch.operands if isinstance(x, Name) and not x.text.startswith("%")]
        found = [target for name in named for target in self._lists.get(name, (name,))]
        known = [self._at[name] for name in found if name in self._at]
        return tuple(known) if len(known) == len(found) else ()


def _access(what: Effect, targets: _Targets) -> Access | None:
    match what:
        case Read(strength=Strength(space="local" | "const")) | Write(strength=Strength(space="local")):
            return None
        case Read(address=address):
            return Access(False, targets(address))
        case Write(address=address):
            return Access(True, targets(address))
        case _:
            return None


def _unclear(statement: Instruction) -> Unclear:
    return Unclear(f"`{statement.opcode}`", statement.span)


def _orders_nothing(what: Effect) -> bool:
    """Nothing that a fence orders."""
    match what:
        case Move() | ConvertAddress() | Compute() | CompareTo() | Choose() | Nothing() | Control():
            return True
        case Read(strength=Strength(space="param")) | Write(strength=Strength(space="param")):
            return True
        case _:
            return False
