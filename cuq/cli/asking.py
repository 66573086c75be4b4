"""Lowering kernels, and asking rustc for what stops one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cuq.base.errors import CuqError, Unsupported
from cuq.base.kernel_name import kernel_path
from cuq.checks.result import Obstacle, RunError
from cuq.cli.crash import failure
from cuq.cli.stopwatch import Stopwatch
from cuq.ir.lower import EntryFacts, Needs, kernel_names, lower_kernel
from cuq.ir.module import Kernel
from cuq.mir.file import MirFile
from cuq.toolchain.answers import Answers, Question

Failed = Callable[[RunError], None]

_ROUNDS = 16
"""An answer may lead to a place that raises the next question."""


def no_answers(questions: frozenset[Question]) -> Answers:
    """For a dump, of which no compiler can be asked."""
    return Answers()


def add_bodies(mir: MirFile, answers: Answers) -> None:
    """The functions of other crates that rustc told become items of the file."""
    for path, text in answers.bodies.items():
        mir.add(text, f"<{path}>")


def lower_all(
    mir: MirFile,
    known: EntryFacts,
    asked: Callable[[frozenset[Question]], Answers],
    watch: Stopwatch,
    failed: Failed,
) -> tuple[dict[str, Kernel | Obstacle], Answers]:
    """The kernels by their paths, in the order of the file, and all that rustc was asked.

    What stops a kernel for want of a fact is asked for, and its lowering begins again. Of kernels that fail
    otherwise, `failed` hears. Raises UsageError for a kernel that the file does not have.
    """
    paths = kernel_names(mir, known)
    lowered: dict[str, Kernel | Obstacle] = {}
    needs = {path: Needs() for path in paths}
    stopped, put, foreseen = paths, frozenset[Question](), set[int]()
    for _ in range(_ROUNDS):
        known.oracle.missing.clear()
        with watch.stage("lower"):
            for path in stopped:
                lowered.pop(path, None)
                if (kernel := _lowered(mir, path, known, needs[path], failed)) is not None:
                    lowered[path] = kernel
        stopped = tuple(path for path in stopped if isinstance(lowered.get(path), Obstacle))
        if not stopped or not known.oracle.missing - put:
            break
        for body in mir.parsed():
            if id(body) not in foreseen:
                known.oracle.foresee(body)
                foreseen.add(id(body))
        new = frozenset(known.oracle.missing) - put
        put |= new
        answers = asked(new)
        add_bodies(mir, answers)
        known = replace(known, oracle=known.oracle.told(answers))
    return {path: lowered[path] for path in paths if path in lowered}, known.oracle.answers


def _lowered(
    mir: MirFile, path: str, known: EntryFacts, needs: Needs, failed: Failed
) -> Kernel | Obstacle | None:
    """The kernel, or what is in the way; None when it failed otherwise."""
    try:
        return lower_kernel(mir, path, known, needs)
    except Unsupported as error:
        return Obstacle(error.message, error.span, error.help)
    except CuqError as error:
        failed(RunError(f"{kernel_path(path)}: {error.message}", error.exit_code, error.span, error.help))
    except Exception as error:  # noqa: BLE001  the other kernels go on
        failed(failure(path, error))
    return None
