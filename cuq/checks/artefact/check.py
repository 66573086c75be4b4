"""The verdict on a kernel's PTX: is anything in it weaker than the source?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from time import perf_counter

from cuq.analysis.roots import pointer_roots, written_objects
from cuq.checks.artefact.by_place import Difference, Weaker, differences, weaker_by_kind
from cuq.checks.artefact.code import code
from cuq.checks.artefact.constants import evaluated
from cuq.checks.artefact.endless import has_endless_loop, self_branches, waiting
from cuq.checks.artefact.intervals import between
from cuq.checks.artefact.roots import cached_reads
from cuq.checks.artefact.said import apart, finding, not_shared, verdict, weaker
from cuq.checks.artefact.source import asked_for, automaton, parts_of
from cuq.checks.result import CheckResult, Finding, Obstacle, Property, Verdict
from cuq.ir.module import Kernel, MemObject
from cuq.ir.types import Space
from cuq.ptx.instructions.tree import Declaration
from cuq.ptx.module import Function, Module

ASSUMPTIONS = ("artefact-by-path", "one-device")


def check_artefact(kernel: Kernel, module: Module) -> CheckResult:
    """Compares the synchronising operations, the place of shared memory, and reads that may be stale."""
    since = perf_counter()
    function = _entry(kernel, module)
    if function is None:
        reason = f"the PTX has no entry `{kernel.name}`"
        help = "is it exported, by `#[no_mangle]`, from a crate of type `cdylib`?"
        obstacle = Obstacle(reason, kernel.span, help)
        return CheckResult(Property.ARTEFACT, Verdict.UNKNOWN, obstacles=(obstacle,))
    seen = (
        *_operations(kernel, module, function),
        *_shared(kernel, module),
        *_stale(kernel, function),
        *_endless(kernel, function),
    )
    return verdict(seen, ASSUMPTIONS, since)


def _entry(kernel: Kernel, module: Module) -> Function | None:
    name = kernel.name.rpartition("::")[2]
    return next((f for f in module.functions if f.entry and f.body is not None and f.name == name), None)


def _operations(kernel: Kernel, module: Module, function: Function) -> Iterator[Finding | Obstacle]:
    asked, made = asked_for(kernel), code(module, function, _objects(kernel, module, function))
    if made.unclear:
        yield from (Obstacle(f"in the PTX, {one.what} at {one.span}", kernel.span) for one in made.unclear)
        found: Iterable[Difference] = weaker_by_kind(asked.operations, made.operations)
    else:
        possible = evaluated(kernel, asked)
        found = differences(
            automaton(asked.operations, parts_of(kernel, asked)),
            automaton(asked.operations, possible),
            made,
            between(kernel, asked, possible),
        )
    for one in found:
        match one:
            case Weaker(asked=source_op, found=there):
                yield weaker(source_op, there, f"in the PTX: {there.span}")
            case _:
                yield apart(one, kernel.span)


def _objects(kernel: Kernel, module: Module, function: Function) -> dict[str, frozenset[str]]:
    """The objects of the parameters and variables of the PTX; only what is certain."""
    found: dict[str, frozenset[str]] = {}
    if len(function.params) == len(kernel.params):
        for name, param in zip(function.params, kernel.params, strict=True):
            found[name] = frozenset(obj for obj in param.objects if obj is not None)
    for obj in kernel.objects:
        found |= {variable.name: frozenset((obj.name,)) for variable in _variables(obj, module)}
    return found


def _variables(obj: MemObject, module: Module) -> list[Declaration]:
    """The variables of the PTX that may be a static."""
    name = obj.name.rpartition("::")[2]
    return [v for v in module.variables if v.name == name or f"{len(name)}{name}" in v.name]


def _shared(kernel: Kernel, module: Module) -> Iterator[Finding | Obstacle]:
    """Statics that are meant to be shared memory of a block."""
    for obj in kernel.objects:
        if obj.space is not Space.SHARED or obj.device:
            continue
        variables = _variables(obj, module)
        if not variables:
            yield Obstacle(f"the PTX has no variable for `{obj.name}`", kernel.span)
        for variable in variables:
            if variable.space != "shared":
                yield not_shared(obj.name, variable.space, kernel.span, f"in the PTX: {variable.span}")


def _stale(kernel: Kernel, function: Function) -> Iterator[Finding | Obstacle]:
    """Reads by way of a cache that does not see what the launch writes."""
    written = set(written_objects(kernel, pointer_roots(kernel)))
    objects: dict[str, set[str]] = {
        name: {obj for obj in param.objects if obj is not None}
        for name, param in zip(function.params, kernel.params, strict=False)
    }
    for span, roots in cached_reads(function):
        named = [name for name in roots if name in objects]
        hit = sorted({obj for name in named for obj in objects[name]} & written)
        if hit:
            yield finding(
                "CUQ-A003",
                "read that may miss what the launch writes",
                f"`{hit[0]}` is written, and read with `ld.global.nc`",
                kernel.span,
                f"in the PTX: {span}",
                "do not hand the same memory to a `&T` and a pointer that is written through",
            )
        elif not named and not roots:
            yield Obstacle(f"in the PTX, a cached read of an unknown address at {span}", kernel.span)


def _endless(kernel: Kernel, function: Function) -> Iterator[Finding]:
    """Loops that wait for what is no longer read."""
    if has_endless_loop(kernel):
        return
    for span in self_branches(function):
        yield finding(
            "CUQ-A004",
            "loop that nothing ends",
            "a loop of the kernel became a branch to itself",
            waiting(kernel) or kernel.span,
            f"in the PTX: {span}",
            "wait with an atomic load",
        )
