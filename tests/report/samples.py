"""Hand-built runs, one for each thing that a report must be able to say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cuq.base.span import Span
from cuq.checks.result import (
    CheckResult,
    Event,
    Finding,
    IndexPart,
    KernelResult,
    Launch,
    Obstacle,
    Property,
    RunError,
    RunResult,
    ThreadId,
    Verdict,
)
from cuq.report.formats import Context
from cuq.report.gate import Gate
from cuq.report.source import Sources
from cuq.report.style import Style

REDUCE = """\
//! Sums a block.
pub unsafe extern "ptx-kernel" fn reduce(x: *const f32, out: *mut f32) {
    let t = _thread_idx_x() as usize;
    s[t] = *x.add(t);
    let mut k = 128;
    while k > 0 {
        if t < k { s[t] += s[t + k]; }
\tk /= 2;
    }
    *out = s[0];
}
"""

UNICODE = '    let größe = "漢字"; Ω[é] = Ω[é + 1];\n'

FILES = {
    "src/reduce.rs": REDUCE,
    "src/unicode.rs": UNICODE,
    "src/helper.rs": "fn put() { unsafe { *P = 1 } }\n",
}


def context(root: Path, **changes: object) -> Context:
    """A context whose sources lie below `root`, without colour or limits."""
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    base = Context(Sources(root), Gate(), Style())
    return replace(base, **changes)  # type: ignore[arg-type]  # the fields are named by the tests


def span(line: int, start: int, end: int, file: str = "src/reduce.rs") -> Span:
    return Span(file, line, start, line, end)


T0 = ThreadId((0, 0, 0), (0, 0, 0))
T1 = ThreadId((1, 0, 0), (0, 0, 0))
T1_B1 = ThreadId((1, 0, 0), (1, 0, 0))
LAUNCH = Launch((2, 1, 1), (1, 1, 1), (("n", 2),))
GRID_LAUNCH = Launch((2, 1, 1), (2, 1, 1), (("n", 4),), (("idx", ((0, 4, 3), (4, 4, 3))),), 64)

READ = Event(
    T0, "reads", span(7, 28, 36), (), "s[1]", "s", 4, 4, None, (IndexPart("t", 0), IndexPart("k", 1))
)
WRITE = Event(T1, "writes", span(7, 20, 24), (), "s[1]", "s", 4, 4, None, (IndexPart("t", 1),))

RACE = Finding(
    "CUQ-R001",
    "data race between threads of a block",
    "data race on `s` (write/read), within a block",
    (READ, WRITE),
    LAUNCH,
    confirmed=True,
    span=span(7, 20, 24),
    interval="between the start of an iteration of the loop at 6:5 and its end",
    notes=("the loop has no barrier",),
    help=("add `_syncthreads()` after line 7",),
    fingerprint="7f3a91c2aabbccdd",
)
SAME_PLACE = replace(
    RACE,
    code="CUQ-R002",
    message="data race on `out` (write/write), between blocks",
    events=(
        Event(T0, "writes", span(10, 5, 9), (), "out[0]", "out", 0, 4, 7),
        Event(T1_B1, "writes", span(10, 5, 9), (), "out[0]", "out", 0, 4, 9),
    ),
    launch=GRID_LAUNCH,
    span=span(10, 5, 9),
    interval=None,
    notes=(),
    help=(),
)
POTENTIAL = replace(
    RACE, confirmed=False, unknowns=("idx[t]",), launch=GRID_LAUNCH, fingerprint="0011223344556677"
)
TWO_FILES = replace(
    RACE,
    message="data race on `P` (write/write), within a block",
    events=(
        WRITE,
        replace(
            WRITE,
            thread=T0,
            span=span(1, 21, 27, "src/helper.rs"),
            chain=(
                Span("/rustc/library/core/src/ptr/mod.rs", 1500, 9, 1500, 20),
                Span("/rustc/library/core/src/ptr/mut_ptr.rs", 30, 9, 30, 20),
            ),
        ),
    ),
)
UNICODE_RACE = replace(
    RACE,
    events=(
        replace(READ, span=span(1, 30, 38, "src/unicode.rs")),
        replace(WRITE, span=span(1, 23, 27, "src/unicode.rs")),
    ),
)
NO_SOURCE = replace(
    RACE,
    events=(
        replace(READ, span=span(7, 28, 36, "gone.rs")),
        replace(WRITE, span=None),
    ),
)
SUPPRESSED = replace(RACE, suppressed="the same value is written")
TABS = replace(
    RACE,
    events=(replace(WRITE, span=span(8, 2, 9)),),
    message="a line with a tab",
)
FAR_APART = replace(RACE, events=(replace(WRITE, span=span(4, 5, 21)), replace(READ, span=span(10, 12, 16))))
NESTED = replace(RACE, events=(READ, replace(WRITE, span=span(7, 20, 36))))
ONE_BETWEEN = replace(
    RACE, events=(replace(WRITE, span=span(4, 5, 9)), replace(READ, span=Span("src/reduce.rs", 6, 5, 9, 6)))
)
PANIC = Finding(
    "CUQ-P001",
    "reachable panic",
    "index out of bounds: the length is 4 but the index is 4",
    (Event(T0, "panics", span(4, 12, 21), parts=(IndexPart("t", 4),)),),
    LAUNCH,
    confirmed=True,
    fingerprint="99aabbccddeeff00",
)

ASM = Obstacle("not modelled: inline assembly `bar.sync 1`", span(5, 9, 14), "use `_syncthreads()`")
TIMEOUT = Obstacle("the solver gave no answer within 10 s")


def check(prop: Property, verdict: Verdict = Verdict.VERIFIED, **fields: object) -> CheckResult:
    base = CheckResult(prop, verdict, queries=1, time_ms=1.5)
    if verdict is Verdict.VERIFIED:
        base = replace(base, assumptions=("distinct-params", "in-object"))
    return replace(base, **fields)  # type: ignore[arg-type]  # the fields are named by the samples


def kernel(*checks: CheckResult, name: str = "reduce", **fields: object) -> KernelResult:
    given = {c.property for c in checks}
    rest = [check(prop) for prop in Property if prop.is_of_source and prop not in given]
    ordered = sorted([*checks, *rest], key=lambda c: list(Property).index(c.property))
    base = KernelResult(name, "src/reduce.rs", span(2, 34, 40), (), tuple(ordered))
    return replace(base, **fields)  # type: ignore[arg-type]  # the fields are named by the samples


def run(*kernels: KernelResult, **fields: object) -> RunResult:
    base = RunResult(
        kernels,
        tool=(("name", "cuq"), ("version", "0.0.0")),
        timings_ms=(("rustc", 100.0), ("parse", 20.0), ("solve", 30.0), ("total", 160.0)),
    )
    return replace(base, **fields)  # type: ignore[arg-type]  # the fields are named by the samples


def refuted(*findings: Finding) -> CheckResult:
    verdict = Verdict.REFUTED if any(f.confirmed for f in findings) else Verdict.POTENTIAL
    return check(Property.RACE, verdict, findings=findings)


SAMPLES: dict[str, RunResult] = {
    # All that a clean run says, with a contract and each kind of assumption.
    "verified": run(
        kernel(
            check(Property.RACE, assumptions=("distinct-params", "initial.lock=0", "home-made")),
            contract=("block=[256,1,1]", 'requires="n <= grid.x * block.x"'),
        )
    ),
    # Does not count as verified.
    "bounded": run(kernel(check(Property.RACE, bounded="at most 64 threads"))),
    # The example of every introduction: two accesses on one line.
    "race": run(kernel(refuted(RACE))),
    # Both threads at the same place; initial memory; values; another block.
    "same_place": run(kernel(refuted(SAME_PLACE))),
    "potential": run(kernel(refuted(POTENTIAL))),
    # One access is in library code that was inlined into another file.
    "two_files": run(kernel(refuted(TWO_FILES))),
    # Wide characters before the marks.
    "unicode": run(kernel(refuted(UNICODE_RACE))),
    # The file went away; an event without a place.
    "no_source": run(kernel(refuted(NO_SOURCE))),
    "tabs": run(kernel(refuted(TABS))),
    # `...` between the lines.
    "far_apart": run(kernel(refuted(FAR_APART))),
    # `s[t] += s[t + k]`: the write is the whole, the read a part of it.
    "nested": run(kernel(refuted(NESTED))),
    # The line between is shown; a region over several lines.
    "one_between": run(kernel(refuted(ONE_BETWEEN))),
    "suppressed": run(kernel(refuted(SUPPRESSED))),
    "suppressed_and_not": run(kernel(refuted(SUPPRESSED, SAME_PLACE))),
    # A panic is a warning and does not fail the run.
    "panic": run(kernel(check(Property.PANIC, Verdict.REFUTED, findings=(PANIC,)))),
    # One obstacle for two properties is told once; one without a place.
    "unknown": run(
        kernel(
            check(Property.RACE, Verdict.UNKNOWN, obstacles=(ASM,)),
            check(Property.BOUNDS, Verdict.UNKNOWN, obstacles=(ASM, TIMEOUT)),
        )
    ),
    # Refuted in general, with the condition that cuq found.
    "conditions": run(
        kernel(
            check(
                Property.RACE, Verdict.REFUTED, findings=(RACE,), conditions=("block.y = 1", "n ≤ block.x")
            ),
            warnings=("`allow(CUQ-R002)` matches no finding",),
        )
    ),
    "several": run(kernel(name="first"), kernel(refuted(RACE), name="second"), kernel(name="third")),
    "errors": run(
        errors=(
            RunError("cannot read src/a.rs: Permission denied", 3),
            RunError("this MIR does not parse", 3, span(5, 5, 8), "rustc 1.96 prints MIR that does"),
        )
    ),
    "interrupted": run(kernel(), interrupted=True),
    "empty": run(),
}
