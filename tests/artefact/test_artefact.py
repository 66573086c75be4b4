"""`--artefact`: what rustc's own back end makes of fixtures, from committed PTX; and edits of it that break them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from cuq.checks.artefact import check_artefact
from cuq.checks.options import Options
from cuq.checks.result import CheckResult, Verdict
from cuq.ir.module import Kernel
from cuq.ir.parse import parse_kernel
from cuq.ptx.module import parse_module
from cuq.toolchain import find_rustc
from cuq.toolchain.compile import compile_ptx
from tests.fixtures.pipeline import load, task_of
from tests.fixtures.table import FIXTURES
from tests.golden import Golden

SAMPLES = Path(__file__).parent / "samples"
BY_KERNEL = {fixture.kernel: fixture for fixture in FIXTURES}
VERIFIED, REFUTED, UNKNOWN = Verdict.VERIFIED, Verdict.REFUTED, Verdict.UNKNOWN


def judged(kernel: str, text: str) -> CheckResult:
    task = task_of(load(BY_KERNEL[kernel]), Options())
    assert isinstance(task.kernel, Kernel)
    return check_artefact(task.kernel, parse_module(text, f"{kernel}.ptx"))


def sample(kernel: str) -> str:
    return (SAMPLES / f"{kernel}.ptx").read_text()


CASES = [
    ("spin_lock", VERIFIED, [], "a compare-and-swap keeps its ordering"),
    ("try_lock", VERIFIED, [], "the same without a loop"),
    ("handoff", VERIFIED, [], "loads and stores keep theirs"),
    ("handoff_fence", VERIFIED, [], "fences are fences"),
    ("seqlock", VERIFIED, [], "loads, stores and fences together"),
    ("histogram", VERIFIED, [], "a relaxed addition is one"),
    ("swap_lock", REFUTED, ["CUQ-A001"], "an exchange becomes relaxed"),
    (
        "last_block_told",
        REFUTED,
        ["CUQ-A001", "CUQ-A002"],
        "an addition becomes relaxed, and a static global",
    ),
    ("block_shift", REFUTED, ["CUQ-A002"], "a static of .shared is global"),
]

BY_PLACE = [
    ("look_back", VERIFIED, [], "two loads of the source are one in the PTX, on all ways"),
    ("try_lock_stolen", VERIFIED, [], "so are two stores"),
    ("block_shift_global", UNKNOWN, [], "the barrier is in both arms of a branch on the thread's number"),
    (
        "block_shift_twice",
        REFUTED,
        ["CUQ-A002"],
        "two barriers, both in both arms, and a static of .shared is global",
    ),
]
"""What is not seen in how many operations there are, and so not in tables of back ends."""

READ = [*CASES, *BY_PLACE]


@pytest.mark.parametrize(("kernel", "verdict", "codes", "why"), READ, ids=[f"{c[0]}: {c[3]}" for c in READ])
def test_verdicts(kernel: str, verdict: Verdict, codes: list[str], why: str) -> None:
    result = judged(kernel, sample(kernel))
    assert result.verdict is verdict
    assert [finding.code for finding in result.findings] == codes


@pytest.mark.slow
@pytest.mark.rustc
@pytest.mark.parametrize("kernel", [case[0] for case in READ])
def test_samples_are_what_rustc_makes(kernel: str, golden: Golden) -> None:
    """`pytest tests/artefact --promote` writes them. Names of crates are hashes of what rustc was told."""
    if not find_rustc().release.startswith("1.96."):
        pytest.skip("the samples are of another rustc")
    made = judged(kernel, compile_ptx(BY_KERNEL[kernel].source))
    kept = judged(kernel, sample(kernel))
    assert (made.verdict, [f.code for f in made.findings]) == (kept.verdict, [f.code for f in kept.findings])


EDITS = [
    ("spin_lock", "atom.acquire.sys", "atom.relaxed.sys", REFUTED, "a weaker compare-and-swap"),
    ("spin_lock", "st.release.sys", "st.relaxed.sys", REFUTED, "a weaker store"),
    ("spin_lock", "st.release.sys.global.b32", "st.global.b32", UNKNOWN, "a plain store"),
    ("spin_lock", "atom.acquire.sys", "atom.acquire.cta", REFUTED, "a narrower scope"),
    ("spin_lock", "atom.acquire.sys", "atom.acquire.gpu", VERIFIED, "the device is wide enough"),
    ("spin_lock", "\tret;", "\tfrobnicate.b32 \t%r1;\n\tret;", UNKNOWN, "an instruction that is not known"),
    ("spin_lock", "\tret;", "\tcall.uni \tsomewhere;\n\tret;", UNKNOWN, "a call of a function without a body"),
    ("spin_lock", ".entry spin_lock", ".entry other", UNKNOWN, "no entry of that name"),
    ("handoff_fence", "\tfence.acq_rel.sys;\n", "", UNKNOWN, "fences are gone"),
    ("handoff_fence", "fence.acq_rel.sys", "fence.acq_rel.cta", REFUTED, "narrower fences"),
    ("seqlock", "ld.acquire.sys", "ld.relaxed.sys", REFUTED, "a fence of the source makes up for nothing"),
    ("handoff", "ld.acquire.sys", "ld.relaxed.sys", REFUTED, "no acquiring load is left"),
    ("swap_lock", "\tatom.global.exch.b32 \t%r2, [%rd1], 1;\n", "\tatom.acquire.gpu.global.exch.b32 \t%r2, [%rd1], 1;\n", VERIFIED, "as it should be"),
    ("swap_lock", "\tatom.global.exch.b32 \t%r2, [%rd1], 1;\n", "\tatom.global.exch.b32 \t%r2, [%rd1], 1;\n\tfence.acq_rel.gpu;\n", VERIFIED, "a fence right behind it acquires"),
    ("swap_lock", "\tatom.global.exch.b32 \t%r2, [%rd1], 1;\n", "\tfence.acq_rel.gpu;\n\tatom.global.exch.b32 \t%r2, [%rd1], 1;\n", REFUTED, "a fence before it does not"),
    ("block_shift", ".global .align", ".shared .align", VERIFIED, "in shared memory"),
    ("block_shift", "\tbar.sync \t0;\n", "\tbar.sync \t0;\n\tbar.sync \t0;\n", REFUTED, "still in global memory"),
    ("spin_lock", "ld.global.b32 \t%r4", "ld.global.nc.b32 \t%r4", VERIFIED, "a cached read of what nobody writes"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kernel", "find", "instead", "verdict", "why"), EDITS, ids=[f"{e[0]}: {e[4]}" for e in EDITS]
)
def test_edits(kernel: str, find: str, instead: str, verdict: Verdict, why: str) -> None:
    text = sample(kernel)
    assert find in text
    assert judged(kernel, text.replace(find, instead)).verdict is verdict


def test_a_barrier_that_was_copied_is_not_verified() -> None:
    text = sample("block_shift").replace(".global .align", ".shared .align")
    copied = text.replace("\tbar.sync \t0;\n", "\tbar.sync \t0;\n\tbar.sync \t0;\n")
    result = judged("block_shift", copied)
    assert result.verdict is UNKNOWN
    assert "once more than the source" in result.obstacles[0].reason


def test_a_cached_read_of_what_is_written() -> None:
    text = sample("spin_lock")
    assert text.count("ld.global.b32") == 2
    result = judged("spin_lock", text.replace("ld.global.b32", "ld.global.nc.b32"))
    assert [finding.code for finding in result.findings] == ["CUQ-A003"]
    assert "`total` is written" in result.findings[0].message


def edits(text: str) -> Iterator[tuple[str, str]]:
    """Each synchronising line once left out, doubled, weakened, and exchanged with the next one; with what was done."""
    lines = text.splitlines()
    at = [i for i, line in enumerate(lines) if SYNCHRONISES.match(line)]
    for i in at:
        here = lines[i].strip()
        yield f"without line {i + 1}: {here}", "\n".join(lines[:i] + lines[i + 1 :])
        if not here.startswith("fence"):
            yield f"twice line {i + 1}: {here}", "\n".join(lines[: i + 1] + lines[i:])
        weaker = re.sub("acquire|release|acq_rel", "relaxed", lines[i])
        if weaker != lines[i] and not here.startswith("fence"):
            yield f"weaker line {i + 1}: {here}", "\n".join([*lines[:i], weaker, *lines[i + 1 :]])
    for i, j in pairwise(at):
        if lines[i] != lines[j]:
            between = lines[i + 1 : j]
            exchanged = [*lines[:i], lines[j], *between, lines[i], *lines[j + 1 :]]
            yield f"lines {i + 1} and {j + 1} exchanged", "\n".join(exchanged)


UNHARMED = [case[0] for case in READ if case[1] is VERIFIED] + ["block_shift"]
SYNCHRONISES = re.compile(r"\t(bar|fence|atom|(ld|st)\.(acquire|release|relaxed))\b")


@pytest.mark.parametrize("kernel", UNHARMED)
def test_no_edit_is_verified(kernel: str) -> None:
    """A fence more does no harm; anything else is seen in code as rustc makes it."""
    text = sample(kernel).replace("\n.global .align", "\n.shared .align")
    assert judged(kernel, text).verdict is VERIFIED
    made = list(edits(text))
    assert made
    for what, edited in made:
        assert judged(kernel, f"{edited}\n").verdict is not VERIFIED, what


WAITS = """\
kernel spin {
  object flag: param global element 4
  param flag: "*const u32" = %0:ptr as flag unsigned -> @flag
bb0:
  jump bb1()
bb1:
  %1:i32 = load global.weak %0
  %2:i1 = cmp eq %1, 0:i32
  branch %2, bb1(), bb2()
bb2:
  return
}
"""
HANGS = """\
.version 6.0
.target sm_70
.address_size 64
.visible .entry spin(.param .u64 spin_param_0)
{
\t.reg .pred \t%p<2>;
\t.reg .b32 \t%r<2>;
\t.reg .b64 \t%rd<2>;
\tld.param.b64 \t%rd1, [spin_param_0];
\tld.global.b32 \t%r1, [%rd1];
\tsetp.ne.b32 \t%p1, %r1, 0;
\t@%p1 bra \t$L__BB1_2;
$L__BB1_1:
\tbra.uni \t$L__BB1_1;
$L__BB1_2:
\tret;
}
"""


@pytest.mark.parametrize(
    ("ir", "ptx", "codes", "why"),
    [
        (WAITS, HANGS, ["CUQ-A004"], "the read was taken out of the loop"),
        (WAITS, HANGS.replace("BB1_1:", "BB1_1:\n\tld.global.b32 \t%r1, [%rd1];"), [], "it is read again"),
        (WAITS, HANGS.replace("\tbra.uni", "\t@%p1 bra.uni"), [], "there is a condition"),
        (
            WAITS.replace("branch %2, bb1(), bb2()", "branch %2, bb3(), bb2()\nbb3:\n  jump bb3()"),
            HANGS,
            [],
            "so the source",
        ),
    ],
)
def test_a_loop_that_nothing_ends(ir: str, ptx: str, codes: list[str], why: str) -> None:
    result = check_artefact(parse_kernel(ir), parse_module(ptx, "spin.ptx"))
    assert [finding.code for finding in result.findings] == codes, why
