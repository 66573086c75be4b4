"""Programs as terms of Coq: what they say, what the runner in Coq does with them, and what is proved of them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cuq.base.errors import Unsupported
from cuq.checks.options import Options
from cuq.checks.session import Session
from cuq.coq.program import program_term
from cuq.coq.program_statement import program_statement
from cuq.coq.proof import invariants
from cuq.coq.race_witness import launch_term, thread_term
from cuq.coq.registers import dead_registers
from cuq.coq.syntax import atomic
from cuq.ir.interp import Interpreter, LaunchConfig, Limits
from cuq.ir.interp.memory import Memory
from cuq.ir.interp.report import Report
from cuq.ir.interp.setup import set_up
from cuq.ir.interp.thread import TraceEvent
from cuq.ir.module import Kernel
from cuq.ir.ops import Op, PtrAdd
from cuq.ir.types import MemSem, Space
from tests.coq.build import coqc
from tests.coq.kernels import session
from tests.fixtures.pipeline import load, task_of
from tests.fixtures.table import FIXTURES, Fixture
from tests.golden import Golden
from tests.soundness.launches import launches

RUN = {
    "saxpy/saxpy_u32": "a branch, words that wrap at 32 bits, pointers with offsets",
    "grid_stride/grid_stride": "a loop with a parameter of its header",
    "reduction/tree": "nested branches in a loop with a barrier, traps",
    "transpose/transpose_tiled": "two dimensions, shared memory, several bounds checks",
    "histogram/histogram": "an atomic update, and an address from a loaded value",
    "halving/fold_mask_64": "bitwise operations and shifts",
    "sort/bitonic": "nested loops with a barrier",
    "enums/stored": "a switch",
}
"""Kernels that the runner in Coq executes, and what each of them has."""

MACHINE = {
    "block_shift/block_shift": "a value handed on through shared memory, over a barrier",
    "sort/odd_even": "a barrier in a loop, values that are compared",
    "histogram/histogram": "atomic updates",
    "ticket/work_queue": "a loop that goes on as the old value of an update says",
    "lock/spin_lock": "a compare-and-swap that decides a loop",
    "last_block/grid_barrier": "blocks that wait for each other, so that threads have to take turns",
    "bytes/copy_records": "copies of bytes, and accesses of other widths to them",
    "slices/swapped": "copies to and from memory of the thread's own",
}
"""Kernels that the machine in Coq runs as launches, and what each of them has; none computes with floats."""

_KINDS = {"read": "Rd", "write": "Wr", "update": "Rmw"}
_LIMITS = Limits(thread_steps=2_000, launch_steps=20_000)
_HEADER = """\
From Coq Require Import ZArith List.
From Cuq.Gpu Require Import Trace Launch Summary.
From Cuq.Mir Require Import Program Run.
Import ListNotations.
Local Open Scope Z_scope.
Definition accesses (b : trace * bool) : trace * bool :=
  (filter (fun e => match e with Acc _ => true | Bar _ => false end) (fst b), snd b).
"""


@pytest.mark.parametrize(
    "name", ["saxpy/saxpy_u32", "grid_stride/grid_stride", "reduction/tree", "lock/spin_lock"]
)
def test_statement(name: str, golden: Golden) -> None:
    about = program_statement(session(name))
    golden(
        f"coq/golden/{name.rpartition('/')[2]}_program.v", about.text() + "\n" + invariants(about.invariants)
    )


def test_dead_registers_decide_nothing() -> None:
    """Values that are only stored: the loads, the product and the sum."""
    kernel = session("saxpy/saxpy_u32").kernel
    assert set(dead_registers(kernel)) == {14, 15, 19, 26}


def test_what_the_language_cannot_say_is_said() -> None:
    with pytest.raises(Unsupported, match="width is not a constant"):
        program_statement(session("bytes/copy_records_count"))


def test_pointers_that_may_wrap_are_not_written() -> None:
    """In the program language an offset is a mathematical integer."""
    kernel = session("saxpy/saxpy_u32").kernel
    blocks = tuple(replace(b, ops=tuple(map(_wrapping, b.ops))) for b in kernel.blocks)
    with pytest.raises(Unsupported, match="pointer arithmetic that may wrap"):
        program_term(replace(kernel, blocks=blocks))


def _wrapping(op: Op) -> Op:
    return replace(op, inbounds=False, unsigned=False) if isinstance(op, PtrAdd) else op


@pytest.mark.slow
@pytest.mark.parametrize("fixture", [f for f in FIXTURES if not f.is_undecidable], ids=lambda f: f.name)
def test_every_program_can_be_written(fixture: Fixture) -> None:
    task = task_of(load(fixture), Options())
    assert isinstance(task.kernel, Kernel)
    blocks = len(task.kernel.blocks)
    try:
        written, why = program_term(task.kernel).program.count("mkB"), ""
    except Unsupported as error:
        written, why = blocks, error.message
    assert written == blocks
    assert why in ("", *_NOT_WRITTEN)


_NOT_WRITTEN = (
    "not modelled: a pointer loaded from memory",
    "not modelled: an access whose width is not a constant",
    "not modelled: a pointer made from an integer, or the other way round",
    "not modelled: an uninitialised pointer",
    "not modelled: pointer arithmetic that may wrap",
    "not modelled: a pointer parameter that points to no object",
)


_LAUNCH = """\
From Coq Require Import ZArith List Bool.
From Cuq.Gpu Require Import Trace Launch Summary.
From Cuq.Mir Require Import Program Machine Simulate.
Import ListNotations.
Local Open Scope Z_scope.
Definition holds (cells : list (nat * Z * Z)) : memory := fun _ o p =>
  match find (fun c => Nat.eqb (fst (fst c)) o && (snd (fst c) =? p)) cells with Some c => snd c | None => 0 end.
Definition shows (cells : list (nat * Z * Z)) (M : memory) : bool :=
  forallb (fun c => M [] (fst (fst c)) (snd (fst c)) =? snd c) cells.
"""


@pytest.mark.coqc
@pytest.mark.slow
@pytest.mark.parametrize("name", MACHINE)
def test_the_machine_ends_in_the_memory_of_the_interpreter(name: str, tmp_path: Path) -> None:
    """Whole launches, with the memory that the interpreter began with: all bytes that it touched."""
    about = session(name)
    texts = [f"{_LAUNCH}Definition program : program := {program_term(about.kernel).program}."]
    for config in launches(about.kernel, about.contract, random.Random(name), 6):
        report = Interpreter(about.kernel).run(config, trace=True, limits=_LIMITS)
        if report.clean and 0 < len(report.trace) < 400:
            texts.append(_ending(about, config, report))
    assert len(texts) > 2
    file = tmp_path / "Launches.v"
    file.write_text("\n".join(texts) + "\n", encoding="utf-8")
    coqc(file)


def _ending(about: Session, config: LaunchConfig, report: Report) -> str:
    numbers = {x.name: i for i, x in enumerate(about.kernel.objects)}
    shown = [e for e in report.trace if about.kernel.object(e.obj).space is Space.GLOBAL]
    touched = dict.fromkeys((e.obj, e.offset + i) for e in shown for i in range(e.width))
    _, entered = set_up(about.kernel, config)

    def cells(memory: Memory) -> str:
        found = ((o, p, memory.instance(o, report.trace[0].thread).read(p, 1)) for o, p in touched)
        return "; ".join(f"({numbers[o]}%nat, {p}, {byte})" for o, p, byte in found)

    launch = f"({launch_term(about.summary.params, config)})"
    return (
        f"Goal let m := rounds {launch} program 12 120 (entry {launch} program (holds [{cells(entered)}])) in\n"
        f"  (all_exited {launch} m, shows [{cells(report.memory)}] (mem m)) = (true, true).\n"
        "Proof. vm_compute. reflexivity. Qed."
    )


@pytest.mark.coqc
@pytest.mark.slow
@pytest.mark.parametrize("name", RUN)
def test_the_runner_does_what_the_interpreter_does(name: str, tmp_path: Path) -> None:
    """Thread by thread, with the words that memory returned there: the same accesses in the same order."""
    about = session(name)
    texts = [f"{_HEADER}Definition program : program := {program_term(about.kernel).program}."]
    rng = random.Random(name)
    for config in launches(about.kernel, about.contract, rng, 4):
        report = Interpreter(about.kernel).run(config, trace=True, limits=_LIMITS)
        if report.finished and not report.faults:
            texts += list(_examples(about, config, report.trace))
    assert len(texts) > 4
    file = tmp_path / "Runs.v"
    file.write_text("\n".join(texts) + "\n", encoding="utf-8")
    coqc(file)


def _examples(about: Session, config: LaunchConfig, trace: tuple[TraceEvent, ...]) -> Iterator[str]:
    kernel = about.kernel
    numbers = {x.name: i for i, x in enumerate(kernel.objects)}
    private = {x.name for x in kernel.objects if x.space is Space.LOCAL}
    shared = {x.name for x in kernel.objects if x.space is Space.SHARED}
    launch = f"({launch_term(about.summary.params, config)})"
    for thread in sorted({e.thread for e in trace})[:6]:
        mine = [e for e in trace if e.thread == thread]
        words = "; ".join(str(e.returned) for e in mine if e.action in ("read", "update"))
        seen = "; ".join(_event(e, numbers, e.obj in shared) for e in mine if e.obj not in private)
        yield (
            f"Goal accesses (behaviour {launch} {thread_term(thread)} program 5000 ([{words}], repeat 0 2000))\n"
            f"  = ([{seen}], true). Proof. vm_compute. reflexivity. Qed."
        )


def _event(e: TraceEvent, numbers: dict[str, int], shared: bool) -> str:
    sem = getattr(e.site.op, "sem", None)
    scope = sem.scope if isinstance(sem, MemSem) and sem.order.atomic else None
    flag = "true" if shared else "false"
    saw = e.returned if scope is not None and e.action in ("read", "update") else ""
    return (
        f"Acc (mkA {numbers[e.obj]} {flag} {e.offset} {e.width} {_KINDS[e.action]} ({atomic(scope)}) [{saw}])"
    )
