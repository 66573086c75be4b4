"""The entry points of lowering: which kernels a MIR file has, and the IR of one."""

from __future__ import annotations

import re
import sys
from dataclasses import field, replace

from cuq.base.errors import Unsupported, UsageError
from cuq.base.kernel_name import is_oxide_kernel
from cuq.base.records import dataclass
from cuq.base.span import Span
from cuq.ir.dialects.dialects import dialects_for
from cuq.ir.lower.blocks import NeedsMemory, Ssa
from cuq.ir.lower.cursor import Cursor
from cuq.ir.lower.declared import table_structs
from cuq.ir.lower.facts import EntryFacts
from cuq.ir.lower.finish import finish
from cuq.ir.lower.frames import Frame
from cuq.ir.lower.layout import Layouts
from cuq.ir.lower.naming import named_registers, variables
from cuq.ir.lower.objects import Objects
from cuq.ir.lower.params import Parameters
from cuq.ir.lower.places import assign
from cuq.ir.lower.program import Program
from cuq.ir.lower.terminators import checks_overflow
from cuq.ir.lower.translate import NeedsPeeling, Peeled, Translator
from cuq.ir.lower.values import Keys, Slot
from cuq.ir.module import Kernel
from cuq.ir.passes.pipeline import run_passes
from cuq.mir.body import Body
from cuq.mir.file import MirFile
from cuq.mir.terminators import Call
from cuq.mir.tree import Place
from cuq.mir.types import UNIT, Ty

MAX_HOMED = 64
"""Locals of one kernel that may turn out to need memory."""
_RECURSION = 20_000
"""Python frames: values are looked up through the kernel's blocks, each of which may take a few."""


def kernel_names(mir: MirFile, facts: EntryFacts) -> tuple[str, ...]:
    """Names of the kernels, as their bodies are headed, in the order of the file.

    Raises `UsageError` for a kernel that `facts` names and the file does not have.
    """
    functions = mir.names("fn")
    if facts.kernels is not None:
        missing = [name for name in facts.kernels if name not in functions]
        if missing:
            raise UsageError(f"no function `{missing[0]}` in {mir.path}", span=Span.at(mir.path, 1))
        return tuple(name for name in functions if name in facts.kernels)
    if marked := tuple(filter(is_oxide_kernel, functions)):
        return marked
    called: set[str] = set()
    kernels = []
    for name in functions:
        bodies = mir.bodies(name)
        for body in bodies:
            called.update(_callees(body))
        if len(bodies) == 1 and _may_be_kernel(name, bodies[0]):
            kernels.append(name)
    return tuple(name for name in kernels if name not in called)


def _callees(body: Body) -> set[str]:
    kinds = [block.terminator.kind for block in body.blocks]
    paths = [kind.callee for kind in kinds if isinstance(kind, Call)]
    return {text for path in paths if path is not None for text in (str(path), path.plain)}


def _may_be_kernel(name: str, body: Body) -> bool:
    return body.return_ty == UNIT and not re.search(r"[<{]", name)


@dataclass(frozen=True, slots=True)
class Needs:
    """What lowering a kernel found that it needs, each time from the start again: which locals live in memory, with
    their names, which parts of others do, and which loops run their first iterations apart."""

    homed: dict[Slot, str] = field(default_factory=dict)
    parts: dict[Slot, dict[Keys, Ty]] = field(default_factory=dict)
    peeled: dict[tuple[tuple[str, int], ...], tuple[int, ...]] = field(default_factory=dict)


def lower_kernel(mir: MirFile, name: str, facts: EntryFacts, needs: Needs | None = None) -> Kernel:
    """The kernel whose body is headed `name`, everything it calls inlined, verified, passes run.

    needs: what is known from an earlier try, to which is added what this one finds.

    Raises `UsageError` for an unknown name, `Unsupported` for a construct that the IR does not model,
    `InputError` for MIR that does not parse.
    """
    body = mir.body(name)
    if hidden := sorted(facts.crates & facts.modules):
        raise Unsupported(
            f"a module called `{hidden[0]}` at the root of the crate, which MIR does not tell from the crate",
            span=_span(Frame(body, (), "", None, ())),
            help="give the module another name",
        )
    dialects = dialects_for((item.text for item in mir.items), facts.dialects, facts.modules)
    facts = replace(
        facts,
        enums={**dialects.enums(), **facts.enums},
        structs={**table_structs(dialects.structs()), **facts.structs},
    )
    overflow_checks = facts.overflow_checks or checks_overflow(body)
    program = Program(mir, overflow_checks, dialects, facts)
    needs = needs or Needs()
    homed, parts, peeled = needs.homed, needs.parts, needs.peeled
    sys.setrecursionlimit(max(sys.getrecursionlimit(), _RECURSION))
    while True:
        try:
            return run_passes(_lower(program, body, facts, homed, parts, peeled))
        except NeedsMemory as need:
            new = need.slots - homed.keys()
            fresh = {part: ty for part, ty in need.parts.items() if part[1] not in parts.get(part[0], {})}
            for (slot, keys), ty in fresh.items():
                parts.setdefault(slot, {})[keys] = ty
            if not fresh:  # the part alone did not help
                new |= {slot for slot, _ in need.parts} - homed.keys()
            if not (new or fresh) or len(homed) + len(parts) > MAX_HOMED:
                raise Unsupported(need.reason, span=need.span) from need
            for slot in sorted(new, key=str):
                homed[slot] = _local_name(body, slot)
        except NeedsPeeling as need:
            peeled[need.path] = (*peeled.get(need.path, ()), need.header)


def _local_name(body: Body, slot: Slot) -> str:
    """What the object of a local that lives in memory is called."""
    if not slot.frame:
        for var in body.debug_vars:
            if isinstance(var.value, Place) and var.value == Place(slot.local):
                return f"{var.name}._{slot.local}"
    return ".".join([*(callee for callee, _ in slot.frame), f"_{slot.local}"])


def _lower(
    program: Program,
    body: Body,
    facts: EntryFacts,
    homed: dict[Slot, str],
    parts: dict[Slot, dict[Keys, Ty]],
    peeled: Peeled,
) -> Kernel:
    ssa = Ssa()
    ssa.variables = variables(body)
    objects = Objects(
        program,
        facts,
        Layouts(facts.structs, facts.oracle, facts.enums, facts.payloads, facts.unions, program.seen_fields),
        homed,
        parts,
    )
    frame = Frame(body, (), "", None, peeled.get((), ()))
    entry = ssa.block("bb0")
    ssa.seal(entry)
    span = _span(frame)
    parameters = Parameters(ssa, objects, body, span)
    ssa.at_entry = parameters.at_entry
    at = Cursor(ssa, objects, frame, entry, frame.first_source())
    for local, value in parameters.values.items():
        assign(at, Place(local), value)
    Translator(program, objects, ssa, peeled).frame(frame, entry)
    blocks = finish(ssa, entry)
    trusted = tuple(
        f"`{e.pattern}` is {e.op} ({e.source.file}:{e.source.line})" for e in program.trusted.values()
    )
    return Kernel(
        body.name,
        parameters.params(),
        tuple(objects.known.values()),
        blocks,
        span,
        debug_names=named_registers(ssa),
        launch=objects.launch.markers(),
        trusted=trusted,
    )


def _span(frame: Frame) -> Span:
    """Where the kernel is: its return place is declared at its signature."""
    source = frame.body.locals[0].source
    return frame.loc(source).span if source is not None else Span.at(frame.body.path, frame.body.line)
