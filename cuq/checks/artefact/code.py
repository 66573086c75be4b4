"""The control flow graph of a PTX function, as far as synchronising operations are concerned.

Called functions are part of it. Conditions of branches are left out: an instruction with a guard may be executed or not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from cuq.base.records import dataclass
from cuq.base.span import Span
from cuq.checks.artefact.operations import WIDTH, Operation, Targets, of_effect
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


@dataclass(frozen=True, slots=True)
class Unclear:
    """Something in the PTX that may synchronise or not."""

    what: str
    span: Span


@dataclass(frozen=True, slots=True)
class Node:
    """A place in the code.

    access: what is done here is a plain access to memory, which fences order. returns: the thread ends here, and does not
    trap. Where it traps nothing comes `next`. instruction: what is here, or what its guard decides on; frame: in which
    call of a function, 0 for the entry itself.
    """

    span: Span
    next: tuple[int, ...]
    operation: Operation | None = None
    access: bool = False
    returns: bool = False
    instruction: Instruction | None = None
    frame: int = 0


@dataclass(frozen=True, slots=True)
class Code:
    """`nodes[0]` is the entry. params: of the function. Nothing can be said where something is `unclear`."""

    nodes: tuple[Node, ...]
    params: tuple[str, ...]
    unclear: tuple[Unclear, ...]

    @property
    def operations(self) -> tuple[Operation, ...]:
        """In the order of the text, with the fences beside them."""
        return tuple(node.operation for node in self.nodes if node.operation is not None)

    def operations_behind(self, place: int) -> Iterator[Operation]:
        """All that may come after a place."""
        for i in sorted(_behind(self.nodes, self.nodes[place].next)):
            if (operation := self.nodes[i].operation) is not None:
                yield operation


def code(module: Module, function: Function, objects: Objects | None = None) -> Code:
    """The graph of a function with those that it calls. objects: None where operations are not told apart by them."""
    builder = _Builder(module, objects or {})
    builder.add(function, None, frozenset())
    nodes = _with_fences([node for node in builder.nodes if node is not None])
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
        return Node(statement.span, (following,), operation, access)


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


def leading_to(nodes: Sequence[Node], goals: Iterable[int]) -> set[int]:
    """The places from which a way leads to one of `goals`, these among them."""
    before: dict[int, list[int]] = {}
    for i, node in enumerate(nodes):
        for following in node.next:
            before.setdefault(following, []).append(i)
    return _closure(goals, lambda i: before.get(i, ()))


def _behind(nodes: Sequence[Node], starts: Iterable[int]) -> set[int]:
    return _closure(starts, lambda i: nodes[i].next)


def _closure(starts: Iterable[int], following: Callable[[int], Iterable[int]]) -> set[int]:
    found = set(starts)
    work = list(found)
    while work:
        for i in following(work.pop()):
            if i not in found:
                found.add(i)
                work.append(i)
    return found


def _with_fences(nodes: list[Node]) -> Iterator[Node]:
    """Back ends write an ordered operation as a relaxed one with fences right before and after it."""
    forward: list[Sequence[int]] = [node.next for node in nodes]
    back: list[list[int]] = [[] for _ in nodes]
    for i, node in enumerate(nodes):
        for following in node.next:
            back[following].append(i)
    for i, node in enumerate(nodes):
        operation = node.operation
        if operation is not None:
            before = _fence(operation, [nodes[j] for j in _beside(nodes, i, back)])
            after = _fence(
                operation, [nodes[j] for j in _beside(nodes, i, forward) if not _again(node, nodes[j])]
            )
            operation = replace(operation, before=before, after=after)
        yield replace(node, operation=operation)


def _again(node: Node, following: Node) -> bool:
    """A compare-and-swap that fails is tried again, and only then comes what follows."""
    return all(one.operation is not None and one.operation.kind == "cas" for one in (node, following))


def _beside(nodes: Sequence[Node], start: int, neighbours: Sequence[Sequence[int]]) -> Iterator[int]:
    """On each way the first place that does something to memory, or where the way ends."""
    seen: set[int] = set()
    work = list(neighbours[start])
    while work:
        i = work.pop()
        if i in seen:
            continue
        seen.add(i)
        if nodes[i].operation is not None or nodes[i].access or not neighbours[i]:
            yield i
        else:
            work += neighbours[i]


def _fence(operation: Operation, beside: Sequence[Node]) -> str:
    """The order that a fence beside an operation has on each way, and that reaches as far."""
    orders: list[str] = []
    for node in beside:
        fence = node.operation
        if fence is None or fence.kind != "fence" or WIDTH[fence.scope] < WIDTH[operation.scope]:
            return ""
        orders.append(fence.order)
    return min(orders, key=_FENCES.index, default="")


_FENCES = ("acquire", "release", "acq_rel", "sc")
