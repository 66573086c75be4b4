"""One kernel under one contract: its summary, the facts of its launches, what a verdict rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field, replace
from time import perf_counter
from typing import TypedDict, Unpack

from cuq.analysis.evaluate import evaluate
from cuq.analysis.expr import AXES, TRUE, Cond, Sym, all_of, eq
from cuq.analysis.substitute import Substitution
from cuq.analysis.summary import Access, BarrierItem, Item, Kind, Loop, Summary, WarpItem, walk
from cuq.analysis.transfer import Dims, Geometry, bits_of
from cuq.base.records import dataclass
from cuq.checks.options import Options
from cuq.checks.terms import Scope
from cuq.contract import Contract
from cuq.contract import Dims as ContractDims
from cuq.ir.interp.run import Interpreter
from cuq.ir.launch_dims import free_dims
from cuq.ir.module import Kernel, ObjectKind
from cuq.ir.operands import block_operands
from cuq.ir.ops import Undef
from cuq.ir.types import Space
from cuq.smt.expand import Expansion, expand
from cuq.smt.instance import Instance, Thread
from cuq.smt.launch import ANYONE, LaunchFacts
from cuq.smt.problem import Alternative, Answer, Problem, Solution, solve
from cuq.smt.strengthen import strengthen


class How(TypedDict, total=False):
    """Options of `cuq.smt.problem.solve` that checks may set."""

    exact: bool
    fixed: Substitution
    small: tuple[Sym, ...]
    most_iterations: int
    timeout_ms: int
    patient: bool


@dataclass(slots=True)
class Clock:
    """Time spent, in milliseconds, by stage."""

    spent: dict[str, float] = field(default_factory=dict)

    def add(self, stage: str, since: float) -> None:
        self.spent[stage] = self.spent.get(stage, 0.0) + (perf_counter() - since) * 1000


_OUT_OF_TIME = Solution(Answer.UNKNOWN, reason="timeout")


class Session:
    """Everything that the checks of one kernel share.

    Raises Unsupported for control flow that has no summary, UsageError for a contract that cannot be read.
    """

    def __init__(self, kernel: Kernel, contract: Contract, options: Options) -> None:
        self.kernel, self.contract, self.options = kernel, contract, options
        self.clock = Clock()
        self.started = perf_counter()
        self.queries = 0
        self.geometry, self.implied_ones = _geometry(kernel, contract)
        self.scope = scope = Scope(kernel, self.geometry, {x.param: x.elements for x in contract.lengths})
        self.extents = {}
        for obj in kernel.objects:
            length = contract.length_of(obj.name)
            if length is not None and obj.length is None and obj.size is None:
                self.extents[obj.name] = scope.poly(length) * obj.element
        self.requires = tuple(scope.cond(r.condition) for r in contract.requires) + tuple(
            _slice_length(scope, kernel, contract)
        )
        self.aliased = frozenset(frozenset(g.params) for g in contract.may_alias)
        self.facts = LaunchFacts(self.geometry)
        self.summary: Summary = evaluate(kernel, self.geometry, self.aliased, self.extents)
        self.expansion: Expansion = expand(strengthen(self.summary, self.solve_facts), all_of(*self.requires))
        self.summary = self.expansion.summary
        self.clock.add("analysis", self.started)
        self.interpreter = Interpreter(kernel)
        self.items: tuple[tuple[Item, tuple[Loop, ...]], ...] = tuple(walk(self.summary.body))

    def seen_by(self, kernel: Kernel) -> Session:
        """A session about another view of the same kernel; launches are replayed with the kernel as it is."""
        other = Session(kernel, self.contract, self.options)
        other.interpreter, other.clock, other.started = self.interpreter, self.clock, self.started
        return other

    def quick(self, *, kernel: Kernel | None = None, contract: Contract | None = None) -> Session:
        """A session about a changed kernel or contract, in the time that is left; what the solver does not answer at
        once stays open."""
        options = replace(self.options, patient=False, budget_ms=self.left_ms())
        return Session(kernel or self.kernel, contract or self.contract, options)

    def ask(self, problem: Problem, **how: Unpack[How]) -> Solution:
        """The solver's answer within the kernel's budget."""
        if not self.left_ms():
            return _OUT_OF_TIME  # to put the question together takes time, too
        since = perf_counter()
        wanted = how.get("timeout_ms", self.options.timeout_ms)
        how["timeout_ms"] = max(1, min(wanted, self.left_ms()))
        how.setdefault("patient", self.options.patient)
        self.queries += 1
        solution = solve(problem, seed=self.options.seed, **how)
        self.clock.add("solve", since)
        return solution

    def signed_value(self, name: str, word: int) -> int:
        """A parameter's word as the number that a contract means by its name."""
        for param in self.kernel.params:
            flags = param.signed or (False,) * len(param.regs)
            for reg, printed, is_signed in zip(param.regs, param.names, flags, strict=True):
                bits = bits_of(reg.type)
                if printed == name and is_signed and word >> (bits - 1):
                    return word - (1 << bits)
        return word

    # --- launches ------------------------------------------------------------------------------------

    def thread_facts(self, threads: Iterable[Thread]) -> tuple[Cond, ...]:
        """What holds of every launch, and of these threads in it."""
        conds = [*self.facts.launch(), *self.requires]
        for thread in threads:
            conds += self.facts.thread(thread)
        return tuple(c for c in dict.fromkeys(conds) if c != TRUE)

    def solve_facts(self, facts: tuple[Cond, ...], alternatives: tuple[Alternative, ...]) -> Solution:
        """A quick question on top of the facts of one thread, for the analysis itself, which may take half of the
        kernel's budget."""
        if self.left_ms() <= self.options.budget_ms // 2:
            return _OUT_OF_TIME
        conds = (*self.facts.launch(), *self.facts.thread(ANYONE), *self.requires, *facts)
        return solve(
            Problem(conds, alternatives),
            timeout_ms=500,
            seed=self.options.seed,
            patient=self.options.patient,
        )

    def left_ms(self) -> int:
        """What is left of the kernel's budget."""
        return max(0, self.options.budget_ms - int((perf_counter() - self.started) * 1000))

    def reads(self, instance: Instance) -> Iterator[tuple[Access, Sym]]:
        """Reads of written memory whose value an instance names, with that name."""
        for item, _ in self.items:
            if isinstance(item, Access) and item.result is not None and item.result in instance.named:
                name = instance.named[item.result].atom
                if isinstance(name, Sym):
                    yield item, name

    # --- what a verdict rests on ---------------------------------------------------------------------

    @property
    def has_barriers(self) -> bool:
        return any(isinstance(i, BarrierItem | WarpItem) for i, _ in self.items)

    @property
    def may_read_undefined(self) -> bool:
        """Whether a thread may read what nothing was written to: on chip, or what a variant leaves open."""
        return (
            any(isinstance(v, Undef) for block in self.kernel.blocks for v in block_operands(block))
            or any(obj.space is Space.LOCAL for obj in self.kernel.objects)
            or any(
                isinstance(i, Access) and i.obj.space is Space.SHARED and i.kind is not Kind.WRITE
                for i, _ in self.items
            )
        )

    def assumptions(self, *, race: bool = False) -> tuple[str, ...]:
        """Names of the assumptions that a `verified` of this kernel rests on."""
        accessed = {i.obj.name: i.obj for i, _ in self.items if isinstance(i, Access)}
        names: list[str] = []
        distinct = set(accessed) - {n for g in self.aliased for n in g}
        if len(distinct) > 1 or (distinct and self.aliased):
            names.append("distinct-params")
        if any(
            o.kind in (ObjectKind.PARAM, ObjectKind.SHARED)
            and o.size is None
            and o.length is None
            and n not in self.extents
            for n, o in accessed.items()
        ):
            names.append("pointer-params-in-bounds")
        if not self.contract.any_launch:
            names.append("launch-no-wrap")
        if self.implied_ones:
            names.append("unused-dims-are-one")
        if race and any(
            o.size is not None or o.length is not None or n in self.extents for n, o in accessed.items()
        ):
            names.append("in-object")
        if any(o.space is Space.SHARED and not o.device for o in accessed.values()):
            names.append("shared-by-attribute")
        return tuple(names)


def _geometry(kernel: Kernel, contract: Contract) -> tuple[Geometry, tuple[str, ...]]:
    """Fixed dimensions; and those that are taken to be 1 because the kernel never reads their axis."""
    possible = free_dims(kernel, contract)
    implied: list[str] = []

    def dims(given: ContractDims | None, name: str) -> Dims:
        if given is not None:
            return given.as_tuple()
        free = [(name, axis) in possible for axis in AXES]
        implied.extend(f"{name}.{axis}" for axis, is_free in zip(AXES, free, strict=True) if not is_free)
        x, y, z = (None if is_free else 1 for is_free in free)
        return x, y, z

    block, grid = dims(contract.block, "block"), dims(contract.grid, "grid")
    return Geometry(block, grid, not contract.any_launch), tuple(implied)


def _slice_length(scope: Scope, kernel: Kernel, contract: Contract) -> list[Cond]:
    """A contract's length for a slice is a fact about its length parameter."""
    conds = []
    for obj in kernel.objects:
        length = contract.length_of(obj.name)
        if length is not None and obj.length is not None:
            conds.append(eq(scope.params[f"{obj.name}.len"] - scope.poly(length)))
    return conds
