"""The texts of `cuq show`: a new stage is a function here, a row of `TEXTS`, and one of `show.STAGES`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cuq.base.errors import CuqError, Unsupported
from cuq.base.records import dataclass
from cuq.checks.options import Options
from cuq.checks.result import Obstacle, RunError
from cuq.cli.compile import Input
from cuq.cli.loaded import LoadedFile, LoadedKernel
from cuq.cli.pipeline import Request, chosen, read, tasks
from cuq.cli.stopwatch import Stopwatch
from cuq.contract import Contract
from cuq.ir.module import Kernel
from cuq.ir.text import kernel_text

if TYPE_CHECKING:
    from cuq.checks.session import Session
    from cuq.smt.pairs import Group
    from cuq.smt.problem import Problem


@dataclass(frozen=True, slots=True)
class Subject:
    """A kernel on its way, with the contract in force."""

    loaded: LoadedKernel
    contract: Contract

    @property
    def kernel(self) -> Kernel:
        """Its IR. Raises Unsupported when it could not be lowered."""
        match self.loaded.kernel:
            case Kernel() as kernel:
                return kernel
            case Obstacle(reason, span, help):
                raise Unsupported(reason.removeprefix("not modelled: "), span=span, help=help)

    @property
    def parameters(self) -> tuple[str, ...]:
        """`name: type` of each parameter, as far as the kernel could be lowered."""
        match self.loaded.kernel:
            case Kernel(params=params):
                return tuple(f"{param.name}: {param.rust_type}" for param in params)
            case Obstacle():
                return ()


def subjects(paths: Sequence[Path], pattern: str, given: Input) -> Iterator[Subject]:
    """The kernels whose name matches, each with the contract in force.

    Raises the first error of the inputs, UsageError for a name that none of them has.
    """
    request = Request(given, Options(), {}, kernels=(pattern,))
    yield from selected(read_all(paths, request), request)


def read_all(paths: Sequence[Path], request: Request) -> tuple[LoadedFile, ...]:
    """Raises the first error of the inputs."""
    errors: list[RunError] = []
    files = read(paths, request, Stopwatch(), errors.append)
    for error in errors[:1]:
        kind = next((k for k in CuqError.__subclasses__() if k.exit_code == error.exit_code), CuqError)
        raise kind(error.message, span=error.span, help=error.help)
    return files


def selected(files: Sequence[LoadedFile], request: Request) -> Iterator[Subject]:
    """Those that `request` names, with the contract in force. Raises UsageError for a name that no kernel has."""
    for (_, kernel), task in zip(chosen(files, request), tasks(files, request), strict=True):
        yield Subject(kernel, task.contract)


def _mir(subject: Subject) -> str:
    kernel = subject.loaded
    return "\n\n".join(item.text for item in kernel.mir.items if item.name == kernel.names[-1])


def _ir(subject: Subject) -> str:
    return kernel_text(subject.kernel)


def _summary(subject: Subject) -> str:
    from cuq.analysis.text import summary_text

    return summary_text(_session(subject).summary)


def _query(subject: Subject) -> str:
    from cuq.smt.text import queries_text

    return queries_text(_race_queries(subject))


def _smt2(subject: Subject) -> str:
    from cuq.smt.text import queries_smtlib

    return queries_smtlib(_race_queries(subject))


def _coq(subject: Subject) -> str:
    from cuq.coq.statement import statement

    return statement(_session(subject)).text()


def _session(subject: Subject) -> Session:
    from cuq.checks.session import Session

    return Session(subject.kernel, subject.contract, Options())


def _race_queries(subject: Subject) -> Iterator[tuple[Group, Problem]]:
    from cuq.checks.race import race_problem
    from cuq.smt.pairs import groups

    session = _session(subject)
    for group in groups(session.expansion, session.aliased):
        yield group, race_problem(session, group)


TEXTS: dict[str, Callable[[Subject], str]] = {
    "mir": _mir,
    "ir": _ir,
    "summary": _summary,
    "query": _query,
    "smt2": _smt2,
    "coq": _coq,
}
