"""What a run of cuq found: verdicts, findings, witnesses. Read by every report format.

The meaning of each word is fixed by the specification of verdicts (docs/verdicts.md).
"""

from __future__ import annotations

from enum import Enum

from cuq.base.records import dataclass
from cuq.base.span import Span


class Property(Enum):
    """The properties of a kernel, in the order of reports."""

    RACE = "race"
    DIVERGENCE = "divergence"
    BOUNDS = "bounds"
    PANIC = "panic"
    UB = "ub"
    ARTEFACT = "artefact"

    @property
    def is_of_source(self) -> bool:
        """About the program as written, and always decided; the other one is about what the compiler made."""
        return self is not Property.ARTEFACT


class Verdict(Enum):
    VERIFIED = "verified"
    REFUTED = "refuted"
    POTENTIAL = "potential"
    UNKNOWN = "unknown"


Coord = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class ThreadId:
    """Thread and block index of one thread of a launch."""

    thread: Coord
    block: Coord


@dataclass(frozen=True, slots=True)
class Launch:
    """A concrete launch. `params` are scalar parameters and slice lengths by their printed names.

    `memory` gives initial contents of objects as far as the witness needs them: object name to
    (byte offset, width, unsigned value).
    """

    block: Coord
    grid: Coord
    params: tuple[tuple[str, int], ...] = ()
    memory: tuple[tuple[str, tuple[tuple[int, int, int], ...]], ...] = ()
    dynamic_shared: int = 0
    aliases: tuple[tuple[str, str, int], ...] = ()
    """(object, other, byte offset): the object begins that far into the other one."""


@dataclass(frozen=True, slots=True)
class IndexPart:
    """The value of a variable that an access's address is made of in the witness: `t = 1`, `k = 2`."""

    text: str
    value: int


@dataclass(frozen=True, slots=True)
class Event:
    """One thread's part in a finding: what it does, where, with which values.

    `action` is a verb for the report (`reads`, `writes`, `updates atomically`, `waits`, `exits`,
    `panics`); `target` names the place in the user's terms (`s[1]`), `obj`, `offset` and `width` in bytes.
    """

    thread: ThreadId
    action: str
    span: Span | None
    chain: tuple[Span, ...] = ()
    target: str | None = None
    obj: str | None = None
    offset: int | None = None
    width: int | None = None
    value: int | None = None
    parts: tuple[IndexPart, ...] = ()
    barriers: int | None = None
    """How many barriers the thread's block had passed, where that was seen."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A violation (or a possible one): the events that make it, and the launch that shows it.

    `code` is a check id such as `CUQ-R001`, `title` what kind of violation that is, `message` the sentence
    about this one that heads its report (`data race on `s` (write/read), within a block`). `interval` says in words between which barriers it happens.
    `confirmed` is True exactly when replay in the interpreter showed the violation, or the machine code has it; in the
    latter case `by_profile` says that the back end is known to make it so, without a look at it.
    `suppressed` holds the reason of an `allow` directive that covers it.
    """

    code: str
    title: str
    message: str
    events: tuple[Event, ...]
    launch: Launch | None
    confirmed: bool
    span: Span | None = None
    interval: str | None = None
    notes: tuple[str, ...] = ()
    help: tuple[str, ...] = ()
    unknowns: tuple[str, ...] = ()
    fingerprint: str = ""
    suppressed: str | None = None
    by_profile: bool = False


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a verdict is `unknown`: the construct or the limit, with its place and what would help."""

    reason: str
    span: Span | None = None
    help: str | None = None


@dataclass(frozen=True, slots=True)
class Certificate:
    """What came of proving a `verified` in Coq, if that was asked for.

    `level` says what the theorem is about: the `program` that cuq read, or its `summary` of it, where `reason` says
    why it is not the program; None if there is no proof, for `reason`. `claims`: what the theorem is given of the
    histories of threads.
    """

    level: str | None
    reason: str = ""
    time_ms: float = 0.0
    claims: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The verdict of one property of one kernel."""

    property: Property
    verdict: Verdict
    assumptions: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    """Sufficient conditions under which the kernel is verified although it is refuted, or not decided, in general."""
    findings: tuple[Finding, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    bounded: str | None = None
    queries: int = 0
    time_ms: float = 0.0
    certificate: Certificate | None = None


@dataclass(frozen=True, slots=True)
class KernelResult:
    """All verdicts of one kernel. `contract` is the contract in force as directive lines.

    `timings_ms`: how long each of STAGES took for this kernel, as far as it took part.
    """

    name: str
    file: str
    span: Span | None
    contract: tuple[str, ...]
    checks: tuple[CheckResult, ...]
    warnings: tuple[str, ...] = ()
    timings_ms: tuple[tuple[str, float], ...] = ()


STAGES = ("rustc", "parse", "lower", "analysis", "solve", "replay")


@dataclass(frozen=True, slots=True)
class RunError:
    """An input, or a part of cuq, that failed: the run went on without it. `exit_code` as in docs/cli.md."""

    message: str
    exit_code: int
    span: Span | None = None
    help: str | None = None


@dataclass(frozen=True, slots=True)
class RunResult:
    """A whole run. `errors` in input order; `timings_ms` has a key for each stage and `total`."""

    kernels: tuple[KernelResult, ...]
    tool: tuple[tuple[str, str], ...] = ()
    timings_ms: tuple[tuple[str, float], ...] = ()
    errors: tuple[RunError, ...] = ()
    interrupted: bool = False
