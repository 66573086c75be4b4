"""At which branches of the PTX threads of a block may part (a forward data flow over registers).

A register may differ between threads if it comes from what differs, or if it is set where threads are that parted and
have not met again: between a branch on what differs and the place that all ways from there lead to. Of what comes from
memory nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cuq.base.records import dataclass
from cuq.checks.artefact.nodes import Code, Node, leading_to
from cuq.ir.graph import EXIT, Graph, closure
from cuq.ptx.instructions import effect
from cuq.ptx.instructions.effects import (
    BlockBarrier,
    Choose,
    CompareTo,
    Compute,
    ConvertAddress,
    Effect,
    Exchange,
    Move,
    Read,
    Strength,
    Update,
)
from cuq.ptx.instructions.tree import Address, Instruction, Name, Not, Operand, Pair, Vector

_SAME_FOR_A_BLOCK = ("%ctaid", "%nctaid", "%ntid", "%gridid", "%dynamic_smem_size", "%total_smem_size")

Register = tuple[int, str]
"""A register of one call of a function."""


@dataclass(frozen=True, slots=True)
class Parting:
    """A place where threads of a block may take different ways. meet: where all ways lead to, None if nowhere."""

    place: int
    meet: int | None


def partings(code: Code) -> tuple[Parting, ...]:
    """Ways on which a thread only traps do not count: the launch is over then."""
    return _Flows(code).partings()


class _Flows:
    def __init__(self, code: Code) -> None:
        self.nodes, self.params = code.nodes, code.params
        alive = leading_to(
            self.nodes, [i for i, n in enumerate(self.nodes) if n.returns or n.operation is not None]
        )
        self.next = [tuple(j for j in node.next if j in alive) for node in self.nodes]
        graph = Graph("0", {str(i): [str(j) for j in following] for i, following in enumerate(self.next)})
        self.reached = sorted(map(int, graph.rpo))
        self.meets = graph.post_dominators.idom
        self.differs = set(self._special())
        self.found: dict[int, Parting] = {}

    def partings(self) -> tuple[Parting, ...]:
        before = (-1, -1)
        while before != (now := (len(self.differs), len(self.found))):
            before = now
            for i in self.reached:
                if (instruction := self.nodes[i].instruction) is not None:
                    self._visit(i, self.nodes[i], instruction)
        return tuple(self.found.values())

    def _special(self) -> Iterator[Register]:
        """Registers that nothing sets."""
        read, written = set[Register](), set[Register]()
        for node in self.nodes:
            if node.instruction is not None:
                read |= {
                    (node.frame, name) for operand in node.instruction.operands for name in _names(operand)
                }
                written |= {(node.frame, name) for name in _written(effect(node.instruction))}
        return (register for register in read - written if not register[1].startswith(_SAME_FOR_A_BLOCK))

    def _visit(self, i: int, node: Node, instruction: Instruction) -> None:
        what = effect(instruction)
        if self._varies(what, node.frame):
            self.differs |= {(node.frame, name) for name in _written(what)}
        if len(set(self.next[i])) > 1 and i not in self.found and self._decides(node, instruction):
            target = self.meets[str(i)]
            meet = None if target is None or target == EXIT else int(target)
            self.found[i] = Parting(i, meet)
            for apart in self._until(i, meet):
                other = self.nodes[apart]
                if other.instruction is not None:
                    self.differs |= {(other.frame, name) for name in _written(effect(other.instruction))}

    def _decides(self, node: Node, instruction: Instruction) -> bool:
        """A branch with a guard, or one with a table, by its operands."""
        by = instruction.operands if instruction.guard is None else (instruction.guard,)
        return any((node.frame, name) in self.differs for operand in by for name in _names(operand))

    def _varies(self, what: Effect, frame: int) -> bool:
        sources: Sequence[Operand]
        match what:
            case Read(strength=Strength(space="param"), address=Address(base=Name(text=text))):
                return frame != 0 or text not in self.params
            case Move(source=source) | ConvertAddress(source=source):
                sources = (source,)
            case Compute(sources=sources):
                pass
            case CompareTo(a=a, b=b):
                sources = (a, b)
            case Choose(a=a, b=b, predicate=predicate):
                sources = (a, b, predicate)
            case _:
                return True
        return any((frame, name) in self.differs for source in sources for name in _names(source))

    def _until(self, branch: int, meet: int | None) -> set[int]:
        return closure(
            (i for i in self.next[branch] if i != meet), lambda i: (j for j in self.next[i] if j != meet)
        )


def _written(what: Effect) -> Iterator[str]:
    match what:
        case Read(targets=targets) | Compute(targets=targets) | Exchange(targets=targets):
            found: Sequence[Operand | None] = targets
        case Move(target=target) | ConvertAddress(target=target) | CompareTo(target=target):
            found = (target,)
        case Choose(target=target):
            found = (target,)
        case Update(target=target) | BlockBarrier(target=target):
            found = (target,)
        case _:
            found = ()
    for operand in found:
        if operand is not None:
            yield from _names(operand)


def _names(operand: Operand) -> Iterator[str]:
    match operand:
        case Name(text=text):
            if text.startswith("%"):
                yield text
        case Not(operand=inner) | Address(base=inner):
            yield from _names(inner)
        case Pair(first=first, second=second):
            yield from _names(first)
            yield from _names(second)
        case Vector(elements=elements):
            for element in elements:
                yield from _names(element)
        case _:
            pass
