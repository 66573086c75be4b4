"""Where synchronising operations stand: PTX that a compiler might make of small kernels, right and wrong."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from cuq.checks.artefact import check_artefact
from cuq.checks.result import CheckResult, Verdict
from cuq.ir.parse import parse_kernel
from cuq.ptx.module import parse_module

VERIFIED, REFUTED, UNKNOWN = Verdict.VERIFIED, Verdict.REFUTED, Verdict.UNKNOWN

HEAD = """\
.version 6.0
.target sm_70
.address_size 64
"""
ENTRY = """\
.visible .entry k(.param .u64 k_param_0, .param .u64 k_param_1, .param .u32 k_param_2)
{
\tld.param.b64 %rd1, [k_param_0];
\tld.param.b64 %rd2, [k_param_1];
\tld.param.b32 %r1, [k_param_2];
"""
KERNEL = """\
kernel k {
  object data: param global element 4
  object flag: param global element 4
  param data: "*mut u32" = %0:ptr as data unsigned -> @data
  param flag: "&AtomicU32" = %1:ptr as flag unsigned -> @flag
  param n: "u32" = %2:i32 as n unsigned
"""
WRITE, BARRIER, READ = (
    "st.release.sys.global.b32 [%rd2], 1;",
    "bar.sync 0;",
    "ld.acquire.sys.global.b32 %r2, [%rd2];",
)
FENCE = "fence.acq_rel.sys;"

STRAIGHT = """\
bb0:
  store global.release.sys %1, 1:i32
  barrier 0
  %3:i32 = load global.acquire.sys %1
  return
"""
TWO_FLAGS = """\
bb0:
  store global.release.sys %0, 1:i32
  store global.release.sys %1, 1:i32
  return
"""
OPTIONAL = """\
bb0:
  %3:i1 = cmp eq %2, 0:i32
  branch %3, bb1(), bb2()
bb1:
  fence acq_rel sys
  jump bb2()
bb2:
  store global.relaxed.sys %1, 1:i32
  return
"""
BY_THREAD = """\
bb0:
  %3:i32 = special tid.x
  %4:i1 = cmp eq %3, 0:i32
  branch %4, bb1(), bb2()
bb1:
  store global.release.sys %1, 1:i32
  jump bb2()
bb2:
  barrier 0
  return
"""
LOOP = """\
bb0:
  jump bb1(0:i32)
bb1(%3:i32):
  %4:i1 = cmp ult %3, %2
  branch %4, bb2(), bb3()
bb2:
  barrier 0
  %5:i32 = add %3, 1:i32
  jump bb1(%5)
bb3:
  return
"""
THREE_ROUNDS = LOOP.replace("cmp ult %3, %2", "cmp ult %3, 3:i32")
UPDATE = """\
bb0:
  %3:i32 = rmw nand global.acquire.sys %1, 1:i32
  return
"""
BYTE_CAS = """\
bb0:
  %3:i8 = cas global.acquire.sys relaxed %1, 0:i8, 1:i8
  store global.weak %0, %3
  return
"""
FAILING_ACQUIRES = """\
bb0:
  %3:i32 = cas global.relaxed.sys acquire %1, 0:i32, 1:i32
  return
"""
SEQUENTIAL = """\
bb0:
  %3:i32 = load global.sc.sys %1
  return
"""
PANICS = """\
bb0:
  store global.release.sys %1, 1:i32
  %3:i1 = cmp eq %2, 0:i32
  branch %3, bb1(), bb2()
bb1:
  panic BOUNDS "index out of bounds"
bb2:
  barrier 0
  return
"""
EITHER = """\
bb0:
  %3:i32 = load global.weak %0
  %4:i1 = cmp eq %3, 0:i32
  branch %4, bb1(), bb2()
bb1:
  store global.weak %0, 1:i32
  jump bb3()
bb2:
  store global.weak %0, 2:i32
  jump bb3()
bb3:
  %5:i32 = load global.acquire.sys %1
  return
"""


HANDS_ON = """\
bb0:
  store global.weak %0, 1:i32
  barrier 0
  %3:i32 = load global.weak %0
  %4:i32 = load global.weak %1
  return
"""
ROUNDS = """\
bb0:
  jump bb1(0:i32)
bb1(%3:i32):
  %4:i1 = cmp ult %3, %2
  branch %4, bb2(), bb3()
bb2:
  store global.weak %0, %3
  barrier 0
  %5:i32 = load global.weak %0
  barrier 1
  %6:i32 = add %3, 1:i32
  jump bb1(%6)
bb3:
  return
"""
PUT, GET = "st.global.b32 [%rd1], 1;", "ld.global.b32 %r3, [%rd1];"


def rounds(*body: str) -> str:
    return f"$L1: setp.ge.u32 %p1, %r2, %r1; @%p1 bra $L2; {' '.join(body)} bra.uni $L1; $L2: ret;"


@dataclass(frozen=True, slots=True)
class Case:
    """said: a part of what is reported; empty where nothing is."""

    why: str
    source: str
    body: str
    verdict: Verdict
    said: str = ""


def by_thread(first: str, second: str, condition: str = "mov.u32 %r3, %tid.x;") -> str:
    """Two arms with a barrier each."""
    return f"""{condition} setp.ne.b32 %p1, %r3, 0; @%p1 bra $L1;
    {WRITE} {first} bra.uni $L2;
    $L1: {second}
    $L2: ret;"""


UNROLLED = f"""setp.eq.b32 %p1, %r1, 0; @%p1 bra $END; mov.b32 %r3, 0; and.b32 %r4, %r1, 1;
    setp.eq.u32 %p4, %r4, 1; @%p4 bra $ODD;
    $L1: {BARRIER} add.u32 %r3, %r3, 1;
    $ODD: {BARRIER} add.u32 %r3, %r3, 1; setp.lt.u32 %p3, %r3, %r1; @%p3 bra $L1;
    $END: ret;"""
BYTE_LOOP = """ld.global.b32 %r1, [%rd2]; $L1: ATOM.cas.b32 %r2, [%rd2], %r1, %r3;
    setp.eq.b32 %p1, %r2, %r1; @%p1 bra $L2; mov.b32 %r1, %r2; bra.uni $L1;
    $L2: FENCE st.global.b8 [%rd1], %r2; ret;"""
CAS_LOOP = """$L1: ld.global.b32 %r2, [%rd2]; ATOM %r3, [%rd2], %r2, %r4;
    setp.ne.b32 %p1, %r3, %r2; @%p1 bra $L1; ret;"""

CASES = [
    Case("as it should be", STRAIGHT, f"{WRITE} {BARRIER} {READ} ret;", VERIFIED),
    Case("the store moved behind the barrier", STRAIGHT, f"{BARRIER} {WRITE} {READ} ret;", UNKNOWN, "stands before `store release.sys` of `flag`"),
    Case("the load moved before the barrier", STRAIGHT, f"{WRITE} {READ} {BARRIER} ret;", UNKNOWN, "stands before `barrier acq_rel.cta`"),
    Case("the barrier is missing", STRAIGHT, f"{WRITE} {READ} ret;", UNKNOWN, "the PTX has no `barrier acq_rel.cta` before"),
    Case("the load is missing", STRAIGHT, f"{WRITE} {BARRIER} ret;", UNKNOWN, "no `load acquire.sys` of `flag` before the end"),
    Case("the barrier comes twice", STRAIGHT, f"{WRITE} {BARRIER} {BARRIER} {READ} ret;", UNKNOWN, "once more"),
    Case("the load comes twice", STRAIGHT, f"{WRITE} {BARRIER} {READ} {READ} ret;", UNKNOWN, "once more"),
    Case("an addition comes from nowhere", STRAIGHT, f"{WRITE} atom.global.add.u32 %r4, [%rd2], 1; {BARRIER} {READ} ret;", UNKNOWN, "which the source does not have"),
    Case("a weaker store", STRAIGHT, f"{WRITE.replace('release', 'relaxed')} {BARRIER} {READ} ret;", REFUTED, "CUQ-A001"),
    Case("a weaker load", STRAIGHT, f"{WRITE} {BARRIER} {READ.replace('acquire', 'relaxed')} ret;", REFUTED, "CUQ-A001"),
    Case("a fence before a relaxed store releases", STRAIGHT, f"{FENCE} {WRITE.replace('release', 'relaxed')} {BARRIER} {READ} ret;", VERIFIED),
    Case("not with an access between", STRAIGHT, f"{FENCE} st.global.b32 [%rd1], 1; {WRITE.replace('release', 'relaxed')} {BARRIER} {READ} ret;", REFUTED, "CUQ-A001"),
    Case("not if it reaches a block only", STRAIGHT, f"fence.acq_rel.cta; {WRITE.replace('release', 'relaxed')} {BARRIER} {READ} ret;", REFUTED, "CUQ-A001"),
    Case("a fence behind a relaxed load acquires", STRAIGHT, f"{WRITE} {BARRIER} {READ.replace('acquire', 'relaxed')} {FENCE} ret;", VERIFIED),
    Case("not with an access between", STRAIGHT, f"{WRITE} {BARRIER} {READ.replace('acquire', 'relaxed')} ld.global.b32 %r5, [%rd1]; {FENCE} ret;", REFUTED, "CUQ-A001"),
    Case("not on one of two ways", STRAIGHT, f"{WRITE} {BARRIER} {READ.replace('acquire', 'relaxed')} setp.eq.b32 %p1, %r2, 0; @%p1 bra $L1; {FENCE} $L1: ret;", REFUTED, "CUQ-A001"),
    Case("a back end's own fence does no harm", STRAIGHT, f"{WRITE} {FENCE} {BARRIER} fence.sc.sys; {READ} ret;", VERIFIED),
    Case("another barrier than that of the block", STRAIGHT, f"{WRITE} bar.sync 1; {READ} ret;", UNKNOWN, "barrier of a part (1)"),
    Case("a barrier of some of the threads", STRAIGHT, f"{WRITE} bar.sync 0, 64; {READ} ret;", UNKNOWN, "barrier of a part (0)"),
    Case("sequentially consistent, as rustc writes it", SEQUENTIAL, f"fence.sc.sys; {READ} ret;", VERIFIED),
    Case("without its fence", SEQUENTIAL, f"{READ} ret;", REFUTED, "CUQ-A001"),
    Case("with a weaker one", SEQUENTIAL, f"{FENCE} {READ} ret;", REFUTED, "CUQ-A001"),
    Case("stores to two flags", TWO_FLAGS, f"st.release.sys.global.b32 [%rd1], 1; {WRITE} ret;", VERIFIED),
    Case("the other way round", TWO_FLAGS, f"{WRITE} st.release.sys.global.b32 [%rd1], 1; ret;", UNKNOWN, "stands before `store release.sys` of `data`"),
    Case("both to one", TWO_FLAGS, f"{WRITE} {WRITE} ret;", UNKNOWN, "of `data`"),
    Case("to an address that is not known", TWO_FLAGS, "ld.global.b64 %rd3, [%rd1]; st.release.sys.global.b32 [%rd3], 1; st.release.sys.global.b32 [%rd3], 1; ret;", VERIFIED),
    Case("a fence on one way", OPTIONAL, f"setp.ne.b32 %p1, %r1, 0; @%p1 bra $L1; {FENCE} $L1: st.relaxed.sys.global.b32 [%rd2], 1; ret;", VERIFIED),
    Case("the same with a guard", OPTIONAL, f"setp.eq.b32 %p1, %r1, 0; @%p1 {FENCE} st.relaxed.sys.global.b32 [%rd2], 1; ret;", VERIFIED),
    Case("the fence is on no way", OPTIONAL, "st.relaxed.sys.global.b32 [%rd2], 1; ret;", UNKNOWN, "the PTX has no `fence acq_rel.sys` at first"),
    Case("the fence is on both ways", OPTIONAL, f"{FENCE} st.relaxed.sys.global.b32 [%rd2], 1; ret;", VERIFIED),
    Case("one way is gone", LOOP, f"{BARRIER} ret;", UNKNOWN, "no end of the thread at first"),
    Case("the fence is behind the store", OPTIONAL, f"setp.ne.b32 %p1, %r1, 0; st.relaxed.sys.global.b32 [%rd2], 1; @%p1 bra $L1; {FENCE} $L1: ret;", UNKNOWN, "no `fence acq_rel.sys` at first"),
    Case("one barrier for all", BY_THREAD, by_thread("", "").replace("$L2:", f"$L2: {BARRIER}"), VERIFIED),
    Case("copied into arms that threads of a warp take differently", BY_THREAD, by_thread(BARRIER, BARRIER), UNKNOWN, "two copies of the barrier (k.ptx:10:42, k.ptx:11:10), and threads of a warp that part at k.ptx:9:47"),
    Case("by what comes from memory", BY_THREAD, by_thread(BARRIER, BARRIER, "ld.global.b32 %r3, [%rd1];"), UNKNOWN, "two copies of the barrier"),
    Case("by what is set where threads parted", BY_THREAD, by_thread(BARRIER, BARRIER, "mov.u32 %r4, %tid.x; mov.b32 %r3, 0; setp.eq.b32 %p4, %r4, 0; @%p4 bra $L4; mov.b32 %r3, 1; $L4:"), UNKNOWN, "two copies of the barrier"),
    Case("by a parameter", BY_THREAD, by_thread(BARRIER, BARRIER, "mov.b32 %r3, %r1;"), VERIFIED),
    Case("by the number of the block", BY_THREAD, by_thread(BARRIER, BARRIER, "mov.u32 %r3, %ctaid.x;"), VERIFIED),
    Case("copies that are not aligned", BY_THREAD, by_thread("barrier.sync 0;", "barrier.sync 0;"), VERIFIED),
    Case("in one arm only", BY_THREAD, by_thread(BARRIER, ""), UNKNOWN, "or `barrier acq_rel.cta` before the end"),
    Case("a loop that was unrolled", LOOP, UNROLLED, VERIFIED),
    Case("that threads enter at different places", LOOP, UNROLLED.replace("and.b32 %r4, %r1", "and.b32 %r4, %r3").replace("mov.b32 %r3, 0;", "mov.u32 %r3, %laneid;"), UNKNOWN, "two copies of the barrier"),
    Case("that a call decides on", LOOP, UNROLLED.replace("and.b32 %r4, %r1", "ld.param.b32 %r5, [retval0]; and.b32 %r4, %r5"), UNKNOWN, "two copies of the barrier"),
    Case("some number of rounds", LOOP, f"{BARRIER} {BARRIER} ret;", UNKNOWN, "no `barrier acq_rel.cta` behind `barrier acq_rel.cta`"),
    Case("two barriers in each round", LOOP, f"$L1: setp.eq.u32 %p1, %r3, %r1; @%p1 bra $L2; {BARRIER} {BARRIER} bra.uni $L1; $L2: ret;", UNKNOWN, "no end of the thread behind"),
    Case("three rounds", THREE_ROUNDS, f"{BARRIER} {BARRIER} {BARRIER} ret;", VERIFIED),
    Case("of which one is missing", THREE_ROUNDS, f"{BARRIER} {BARRIER} ret;", UNKNOWN, "no `barrier acq_rel.cta` behind `barrier acq_rel.cta`"),
    Case("and one too many", THREE_ROUNDS, f"{BARRIER} {BARRIER} {BARRIER} {BARRIER} ret;", UNKNOWN, "no end of the thread behind"),
    Case("three rounds of a loop", THREE_ROUNDS, f"$L1: {BARRIER} setp.lt.u32 %p1, %r3, 3; @%p1 bra $L1; ret;", VERIFIED),
    Case("a loop of compare-and-swaps", UPDATE, CAS_LOOP.replace("ATOM", "atom.acquire.sys.global.cas.b32"), VERIFIED),
    Case("of relaxed ones", UPDATE, CAS_LOOP.replace("ATOM", "atom.relaxed.sys.global.cas.b32"), REFUTED, "CUQ-A001"),
    Case("of ones elsewhere", UPDATE, CAS_LOOP.replace("ATOM", "atom.acquire.sys.global.cas.b32").replace("[%rd2]", "[%rd1]"), UNKNOWN, "which the source does not have"),
    Case("a compare-and-swap of a byte, as rustc writes it", BYTE_CAS, BYTE_LOOP.replace("ATOM", "atom.relaxed.sys.global").replace("FENCE", FENCE), VERIFIED),
    Case("without its fence", BYTE_CAS, BYTE_LOOP.replace("ATOM", "atom.relaxed.sys.global").replace("FENCE", ""), REFUTED, "CUQ-A001"),
    Case("a compare-and-swap that acquires when it fails", FAILING_ACQUIRES, "atom.acquire.sys.global.cas.b32 %r2, [%rd2], 0, 1; ret;", VERIFIED),
    Case("of which this is not known", FAILING_ACQUIRES, "atom.relaxed.sys.global.cas.b32 %r2, [%rd2], 0, 1; ret;", UNKNOWN, "nothing orders what is at k.ptx:9:52 after `cas acquire.sys` of `flag`"),
    Case("a panic becomes a trap", PANICS, f"{WRITE} setp.eq.b32 %p1, %r1, 0; @%p1 trap; {BARRIER} ret;", VERIFIED),
    Case("a panic becomes a return", PANICS, f"{WRITE} setp.eq.b32 %p1, %r1, 0; @%p1 bra $L1; {BARRIER} $L1: ret;", UNKNOWN, "before the end of the thread"),
    Case("one of two copies is weaker", EITHER, f"@%p1 bra $L1; st.global.b32 [%rd1], 1; {READ} ret; $L1: st.global.b32 [%rd1], 2; {READ.replace('acquire', 'relaxed')} ret;", REFUTED, "CUQ-A001"),
    Case("a write before a barrier, a read behind it", HANDS_ON, f"{PUT} {BARRIER} {GET} ret;", VERIFIED),
    Case("the write moved behind it", HANDS_ON, f"{BARRIER} {PUT} {GET} ret;", UNKNOWN, "no write to `data` before any barrier"),
    Case("the read moved before it", HANDS_ON, f"{PUT} {GET} {BARRIER} ret;", UNKNOWN, "a read of `data` (k.ptx:9:26) before any barrier"),
    Case("the read was left out", HANDS_ON, f"{PUT} {BARRIER} ret;", VERIFIED),
    Case("a read of what nobody writes moved", HANDS_ON, f"{PUT} ld.global.b32 %r4, [%rd2]; {BARRIER} {GET} ret;", VERIFIED),
    Case("a write by an address that is not known", HANDS_ON, f"ld.global.b64 %rd3, [%rd2]; st.global.b32 [%rd3], 1; {BARRIER} {GET} ret;", VERIFIED),
    Case("a write to a variable of one thread", HANDS_ON, f"{PUT} {BARRIER} {GET} st.local.b32 [%rd1], 1; ret;", VERIFIED),
    Case("rounds with a barrier on either side", ROUNDS, rounds(PUT, BARRIER, GET, BARRIER), VERIFIED),
    Case("the write moved into the reads", ROUNDS, rounds(BARRIER, PUT, GET, BARRIER), UNKNOWN, "a write to `data` (k.ptx:9:59) behind the barrier"),
    Case("the read moved to the writes", ROUNDS, rounds(PUT, GET, BARRIER, BARRIER), UNKNOWN, "a read of `data` (k.ptx:9:72) before any barrier"),
    Case("a table of jumps", EITHER, f"$TABLE: .branchtargets $L1, $L2; brx.idx %r1, $TABLE; $L1: {READ} ret; $L2: {READ} ret;", VERIFIED),
    Case("of which one is wrong", EITHER, f"$TABLE: .branchtargets $L1, $L2; brx.idx %r1, $TABLE; $L1: {READ} ret; $L2: ret;", UNKNOWN, "before the end of the thread"),
    Case("a table that is nowhere", EITHER, f"brx.idx %r1, $TABLE; $L1: {READ} ret;", UNKNOWN, "`brx.idx`"),
    Case("a jump to nowhere", EITHER, f"@%p1 bra $L7; {READ} ret;", UNKNOWN, "`bra`"),
]  # fmt: skip


def judged(source: str, body: str, functions: str = "") -> CheckResult:
    text = f"{HEAD}{functions}{ENTRY}{body}\n}}\n"
    return check_artefact(parse_kernel(f"{KERNEL}{source}}}\n"), parse_module(text, "k.ptx"))


def said(result: CheckResult) -> str:
    return "\n".join([*(f.code for f in result.findings), *(o.reason for o in result.obstacles)])


@pytest.mark.parametrize("case", CASES, ids=[case.why for case in CASES])
def test_places(case: Case) -> None:
    result = judged(case.source, case.body)
    assert result.verdict is case.verdict, said(result)
    assert case.said in said(result)


def test_nobody_else_sees_what_is_behind_a_mut() -> None:
    """Back ends may move such accesses over anything, barriers too."""
    exclusive = KERNEL.replace('"*mut u32"', '"&mut u32"')
    text = f"{HEAD}{ENTRY}{BARRIER} {PUT} {GET} ret;\n}}\n"
    for kernel, verdict in ((exclusive, VERIFIED), (KERNEL, UNKNOWN)):
        source = parse_kernel(f"{kernel}{HANDS_ON}}}\n")
        assert check_artefact(source, parse_module(text, "k.ptx")).verdict is verdict


CALLED = f""".func helper(.param .u64 helper_param_0)
{{
\tld.param.b64 %rd2, [helper_param_0];
\t@%p1 ret;
\t{WRITE}
\tret;
}}
"""
CALL = "{ .param .u64 p0; st.param.b64 [p0], %rd2; call.uni helper, (p0); }"


@pytest.mark.parametrize(
    ("functions", "body", "verdict", "why"),
    [
        (CALLED.replace("@%p1 ret;", ""), f"{CALL} {BARRIER} {READ} ret;", VERIFIED, "it is part of the kernel"),
        (CALLED.replace("@%p1 ret;", ""), f"{BARRIER} {CALL} {READ} ret;", UNKNOWN, "called too late"),
        (CALLED, f"{CALL} {BARRIER} {READ} ret;", UNKNOWN, "it may return before"),
        (CALLED.replace("@%p1 ret;", "call.uni helper, (p0);"), f"{CALL} {BARRIER} {READ} ret;", UNKNOWN, "it calls itself"),
    ],
)  # fmt: skip
def test_a_function_that_is_called(functions: str, body: str, verdict: Verdict, why: str) -> None:
    assert judged(STRAIGHT, body, functions).verdict is verdict, why


@pytest.mark.parametrize(
    ("name", "verdict", "why"),
    [
        ("_RNvNtCs2DxGA1hvVcO_4core9panicking5panic", VERIFIED, "the thread ends there"),
        ("_RNvNtCs2DxGA1hvVcO_4core6option13unwrap_failed", VERIFIED, "and there"),
        (
            "_RNvNtCs2DxGA1hvVcO_4mine9panicking4wait",
            UNKNOWN,
            "a module of the user's with the name of one of core",
        ),
    ],
)
def test_a_call_that_panics(name: str, verdict: Verdict, why: str) -> None:
    declared = f".extern .func {name}();\n"
    body = f"{WRITE} setp.eq.b32 %p1, %r1, 0; @%p1 bra $L1; {BARRIER} ret; $L1: call.uni {name}; {READ}"
    assert judged(PANICS, body, declared).verdict is verdict, why


def test_both_places_are_named() -> None:
    """The obstacle is at the source's operation, its reason has the lines of the PTX."""
    (obstacle,) = judged(STRAIGHT, f"{WRITE}\n{READ}\n{BARRIER}\nret;").obstacles
    assert obstacle.span is not None
    assert obstacle.span.line == KERNEL.count("\n") + STRAIGHT[: STRAIGHT.index("barrier")].count("\n") + 1
    assert "(k.ptx:10:1) stands before" in obstacle.reason
    assert "(k.ptx:11:1), which the source has first" in obstacle.reason
