"""Litmus tests of kernels: what they look like, what they say, and that executions of the kernel are among theirs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from cuq.base.errors import Unsupported, UsageError
from cuq.checks.options import Options
from cuq.cli.main import run
from cuq.ir.interp import Fill, InOrder, Interleaved, Interpreter, LaunchConfig, Pattern, Report, Schedule
from cuq.ir.module import Kernel
from cuq.ptx.from_kernel import Part, litmus_text
from cuq.ptx.litmus import parse_litmus
from cuq.ptx.litmus.engines import decide
from cuq.ptx.litmus.syntax import Final
from cuq.ptx.models import model
from tests.fixtures.kinds import ROOT
from tests.fixtures.pipeline import load, task_of
from tests.fixtures.table import FIXTURES

MODEL = model("ptx-7.5")
BY_NAME = {fixture.name: fixture for fixture in FIXTURES}
ONES = {"x": Fill(Pattern.CONSTANT, 4, value=1)}


def kernel(name: str) -> Kernel:
    found = task_of(load(BY_NAME[name]), Options()).kernel
    assert isinstance(found, Kernel)
    return found


@dataclass(frozen=True)
class Case:
    """A fixture, what is asked of two blocks of one thread, whether it holds, and why the case exists."""

    fixture: str
    condition: str
    holds: bool | None
    why: str


CASES = (
    Case("handoff/handoff", "~exists (out == 0)", True, "a flag with release and acquire"),
    Case("handoff/handoff_relaxed", "~exists (out == 0)", False, "a relaxed flag orders nothing"),
    Case("handoff/handoff_early", "~exists (out == 0)", False, "the flag is set before the data"),
    Case("handoff/handoff_fence", "~exists (out == 0)", True, "fences, and a relaxed flag"),
    Case("handoff/handoff_fence_one", "~exists (out == 0)", False, "one fence is not enough"),
    Case(
        "handoff/seqlock",
        "forall (out_1 == 0 \\/ out_1 == 7)",
        True,
        "a loop that starts over, and a remainder",
    ),
    Case(
        "lock/ticket_lock", "forall (total == 2)", True, "a register of one round is used in the next block"
    ),
    Case("lock/ticket_lock_relaxed", "forall (total == 2)", False, "both may read the first total"),
    Case("lock/try_lock", "~exists (total == 0)", True, "a branch that is skipped"),
    Case("lock/spin_lock", "~exists (total == 1)", None, "a loop that is taken again is beyond the bound"),
    Case(
        "last_block/grid_barrier", "forall (b_0 == 1 /\\ b_1 == 0)", True, "barriers of blocks, and a counter"
    ),
    Case("last_block/grid_barrier_relaxed", "forall (b_0 == 1 /\\ b_1 == 0)", False, "a relaxed counter"),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.fixture)
def test_what_they_say(case: Case) -> None:
    subject = kernel(case.fixture)
    fills = {name: fill for name, fill in ONES.items() if any(name == obj.name for obj in subject.objects)}
    text = litmus_text([Part(subject, LaunchConfig((1, 1, 1), (2, 1, 1), fills=fills))], case.condition)
    assert decide(parse_litmus(text, "t.litmus"), MODEL, 1).holds is case.holds, case.why


@pytest.mark.parametrize("case", [c for c in CASES if c.holds is not None], ids=lambda case: case.fixture)
def test_executions_of_the_kernel_are_among_theirs(case: Case) -> None:
    subject = kernel(case.fixture)
    fills = {name: fill for name, fill in ONES.items() if any(name == obj.name for obj in subject.objects)}
    config = LaunchConfig((1, 1, 1), (2, 1, 1), fills=fills)
    text = litmus_text([Part(subject, config)])
    test = parse_litmus(text, "t.litmus")
    places = [quantity for quantity in test.shown if isinstance(quantity, Final)]
    assert places
    allowed = {tuple(dict(state)[place] for place in places) for state in decide(test, MODEL, 1).states}
    interpreter = Interpreter(subject)
    schedules: list[Schedule] = [InOrder(), InOrder(reverse=True), *map(Interleaved, range(12))]
    for schedule in schedules:
        report = interpreter.run(config, schedule=schedule)
        assert report.finished
        assert tuple(_word(report, place.location) for place in places) in allowed


def _word(report: Report, name: str) -> int:
    obj, _, index = name.partition("_")
    word = report.memory.instances(obj)[0].read(4 * int(index or 0), 4)
    assert isinstance(word, int)
    return word


def test_the_text() -> None:
    text = litmus_text([Part(kernel("handoff/handoff"), LaunchConfig((1, 1, 1), (2, 1, 1)))])
    assert text == (
        "PTX handoff\n"
        '"handoff: blocks 2x1x1 of 1x1x1 threads"\n'
        "{ data=0; flag=0; out=0; }\n"
        "P0@cta 0,gpu 0         | P1@cta 1,gpu 0               ;\n"
        "st.weak data, 42       | L3: ld.acquire.sys r10, flag ;\n"
        "st.release.sys flag, 1 | beq r10, 0, L3               ;\n"
        "                       | ld.weak r14, data            ;\n"
        "                       | st.weak out, r14             ;\n"
        "locations [data; flag; out; P1:r10; P1:r14;]\n"
        "forall (0 == 0)\n"
    )


@pytest.mark.parametrize(
    ("fixture", "block", "reason"),
    [
        pytest.param("scan/hillis_steele", 2, "`FloatOp`", id="floats"),
        pytest.param(
            "histogram/histogram", 1, "an address that depends on what memory holds", id="an address"
        ),
        pytest.param("gaps/unknown_mask", 2, "lanes of a warp that meet", id="lanes"),
    ],
)
def test_what_they_cannot_express(fixture: str, block: int, reason: str) -> None:
    subject = kernel(fixture)
    names = [
        name for p in subject.params for name, obj in zip(p.names, p.objects, strict=True) if obj is None
    ]
    config = LaunchConfig((block, 1, 1), (1, 1, 1), dict.fromkeys(names, 2))
    with pytest.raises(Unsupported, match=re.escape(reason)) as error:
        litmus_text([Part(subject, config)])
    assert error.value.span is not None


def test_too_many_threads() -> None:
    with pytest.raises(UsageError, match="9 threads are too many"):
        litmus_text([Part(kernel("handoff/handoff"), LaunchConfig((3, 1, 1), (3, 1, 1)))])


class TestCommand:
    def test_it_is_read_again(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        dump = str(ROOT / "lock/try_lock.mir")
        assert run(["litmus", dump, "--from-kernel", "try_lock", "--arg", "x=5,6"]) == 0
        written = tmp_path / "t.litmus"
        written.write_text(capsys.readouterr().out)
        assert "x_1=6;" in written.read_text()
        assert run(["litmus", str(written)]) == 0
        assert "total=11;" in capsys.readouterr().out

    def test_two_kernels_share_memory_by_name(self, capsys: pytest.CaptureFixture[str]) -> None:
        dumps = [str(ROOT / f"lock/{name}.mir") for name in ("try_lock", "try_lock_both")]
        assert run(["litmus", *dumps, "--from-kernel", "try_lock", "--from-kernel", "try_lock_both"]) == 0
        text = capsys.readouterr().out
        assert text.startswith("PTX try_lock+try_lock_both\n")
        assert "P0@cta 0,gpu 0" in text
        assert "P1@cta 1,gpu 0" in text
        assert text.count("lock=0;") == 1

    @pytest.mark.parametrize(
        ("flags", "said"),
        [
            (("--from-kernel", "nobody"), "nobody"),
            (("--block", "2"), "--block is about a kernel"),
            (("--from-kernel", "try_lock", "--arg", "y=1"), "has no parameter `y`"),
            (("--from-kernel", "try_lock", "--grid", "20"), "20 threads are too many"),
        ],
    )
    def test_wrong_flags(self, flags: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["litmus", str(ROOT / "lock/try_lock.mir"), *flags]) == 2
        assert said in capsys.readouterr().err


class TestFunctions:
    """Of a library without kernels."""

    SAMPLES = Path(__file__).parent / "samples"
    LIBRARY = str(SAMPLES / "handover.mir")

    def text(self, capsys: pytest.CaptureFixture[str], *flags: str) -> str:
        assert run(["litmus", self.LIBRARY, *flags]) == 0
        return capsys.readouterr().out

    def test_two_of_them_side_by_side(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Parameters of one name are one object; what they call is in them; numbers are those of --arg."""
        flags = ("--from-kernel", "producer", "--from-kernel", "consumer", "--arg", "value=7")
        assert self.text(capsys, *flags) == (
            "PTX producer+consumer\n"
            '"producer: blocks 1x1x1 of 1x1x1 threads value=7; consumer: blocks 1x1x1 of 1x1x1 threads"\n'
            "{ data=0; flag=0; }\n"
            "P0@cta 0,gpu 0         | P1@cta 1,gpu 0              ;\n"
            "st.weak data, 7        | L1: ld.acquire.sys r3, flag ;\n"
            "st.release.sys flag, 1 | beq r3, 0, L1               ;\n"
            "                       | ld.weak r7, data            ;\n"
            "locations [data; flag; P1:r3; P1:r7;]\n"
            "forall (0 == 0)\n"
        )

    @pytest.mark.parametrize(
        ("consumer", "holds", "why"),
        [
            ("consumer", True, "what was released is acquired"),
            ("relaxed::consumer", False, "the path tells functions of one name apart"),
        ],
    )
    def test_what_they_say(
        self, consumer: str, holds: bool, why: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        flags = ("--from-kernel", "producer", "--from-kernel", consumer, "--arg", "value=7")
        text = self.text(capsys, *flags, "--condition", "~exists (P1:r7 == 0)")
        assert decide(parse_litmus(text, "t.litmus"), MODEL, 1).holds is holds, why

    def test_two_threads_of_a_method(self, capsys: pytest.CaptureFixture[str]) -> None:
        text = self.text(capsys, "--from-kernel", "bump", "--arg", "by=2")
        assert text.count("atom.acq_rel.sys.add r3, count, 2") == 2

    def test_a_function_beside_a_kernel(self, capsys: pytest.CaptureFixture[str]) -> None:
        files = [self.LIBRARY, str(ROOT / "handoff/handoff.mir")]
        flags = ["--from-kernel", "handoff", "--from-kernel", "consumer"]
        assert run(["litmus", *files, *flags]) == 0
        assert capsys.readouterr().out.startswith("PTX handoff+consumer\n")

    @pytest.mark.parametrize(
        ("name", "code", "said"),
        [
            ("read", 2, "`read` is generic (`T`)"),
            ("prodcer", 2, "did you mean `producer`?"),
            ("relaxed", 2, "no kernel and no other function has this name"),
            ("take", 4, "the memory layout of Slot<T>"),
        ],
    )
    def test_what_cannot_be_entered(
        self, name: str, code: int, said: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(["litmus", self.LIBRARY, "--from-kernel", name]) == code
        assert said in capsys.readouterr().err

    def test_a_name_that_two_have(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Of two modules: then the path has to be given."""
        dump = tmp_path / "two.mir"
        dump.write_text(
            (self.SAMPLES / "handover.mir").read_text().replace("fn consumer(", "fn acquire::consumer(")
        )
        assert run(["litmus", str(dump), "--from-kernel", "consumer"]) == 2
        assert (
            "2 functions have this name: `acquire::consumer`, `relaxed::consumer`" in capsys.readouterr().err
        )

    @pytest.mark.rustc
    def test_of_a_source(self, capsys: pytest.CaptureFixture[str]) -> None:
        flags = ("--from-kernel", "producer", "--from-kernel", "consumer")
        kept = self.text(capsys, *flags)
        assert run(["litmus", str(self.SAMPLES / "handover.rs"), *flags]) == 0
        assert capsys.readouterr().out == kept

    @pytest.mark.rustc
    def test_a_source_without_functions(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        source = tmp_path / "none.rs"
        source.write_text("#![no_std]\npub const X: u32 = 1;\n")
        assert run(["litmus", str(source), "--from-kernel", "x"]) == 2
        assert "no kernel and no other function has this name" in capsys.readouterr().err

    def test_check_does_not_see_them(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Only kernels are launched."""
        assert run(["check", self.LIBRARY]) == 2
        assert "no kernel found" in capsys.readouterr().err
