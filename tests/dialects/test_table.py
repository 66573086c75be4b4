"""Dialect tables: what they say is found, what is wrong with one has a line."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from cuq.base.errors import UsageError
from cuq.ir.dialects.dialects import CRATES, TABLES, Dialects, builtin_table, dialects_for
from cuq.ir.dialects.model import AtomicRead, BlockBarrier, NoEffect, ReadRegister, Refused, Rmw
from cuq.ir.dialects.table import read_table
from cuq.ir.dialects.vocabulary import OPERATIONS
from cuq.ir.ops import RmwOp
from cuq.ir.types import Order, Scope, Special
from tests.cli.kernels import Cuq
from tests.fixtures.table import ROOT

SAMPLE = """
[functions]
"gpu::thread_{x,y,z}" = { op = "register", register = "tid.{1}" }
"gpu::{Block,Device}::{add,and}" = { op = "rmw", rmw = "{2}", scope = "gpu", order = "relaxed" }
"gpu::log::flush" = { op = "block-barrier" }
"gpu::log::**" = { op = "none" }
"gpu::log::never" = { op = "unsupported", reason = "no" }
"<gpu::T as gpu::Load>::*" = { op = "load", scope = "cta" }
[enums]
"gpu::Order" = { Relaxed = 0 }
[structs]
"gpu::Cell{32,64}" = ["core::cell::UnsafeCell<u32>"]
[shared]
"gpu::Tile" = "array"
"gpu::Lock" = 8
[slices]
"gpu::Out" = "mutable"
"""


@pytest.mark.parametrize(
    ("path", "meaning"),
    [
        ("gpu::thread_y", ReadRegister(Special.TID_Y)),
        ("gpu::Device::and", Rmw(RmwOp.AND, Scope.GPU, Order.RELAXED)),
        # an exact path comes before the pattern that stands above it
        ("gpu::log::never", Refused("no")),
        ("gpu::log::flush", BlockBarrier()),
        ("gpu::log::deep::inside", NoEffect()),
        ("<gpu::T as gpu::Load>::get", AtomicRead(Scope.CTA)),
        # a star stays within its segment
        ("<gpu::T as gpu::Load>::get::inner", None),
        ("gpu::thread_w", None),
    ],
)
def test_functions_are_found(path: str, meaning: object) -> None:
    assert Dialects((read_table("gpu", SAMPLE, "gpu.toml"),)).meaning(path) == meaning


def test_types_are_found() -> None:
    dialects = Dialects((read_table("gpu", SAMPLE, "gpu.toml"),))
    assert dialects.enums() == {"gpu::Order": {"Relaxed": 0}}
    assert set(dialects.structs()) == {"gpu::Cell32", "gpu::Cell64"}
    assert (dialects.shared("gpu::Tile"), dialects.shared("gpu::Lock")) == ((None,), (8,))
    assert dialects.shared("gpu::Out") is None
    assert dialects.is_slice("gpu::Out")


def test_tables_of_the_user_come_first() -> None:
    own = Dialects((read_table("own", '[functions]\n"core::intrinsics::abort" = { op = "none" }', "o.toml"),))
    found = dialects_for((), own).entry("core::intrinsics::abort")
    assert found is not None
    assert (found.meaning, found.trusted) == (NoEffect(), True)
    cuqs = dialects_for(()).entry("core::intrinsics::abort")
    assert cuqs is not None
    assert not cuqs.trusted


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("[functions", 1, "Expected"),
        ('\n[function]\n"a::b" = { op = "none" }', 2, "unknown section `function`"),
        ('[functions]\n\n"a::b" = "none"', 3, "must be a table"),
        ('[functions]\n"a::b" = { }', 2, "`op` is missing"),
        ('[functions]\n"a::b" = { op = "nothing" }', 2, "unknown op `nothing`"),
        ('[functions]\n"a::b" = { op = "register", register = "tid.w" }', 2, "unknown register `tid.w`"),
        ('[functions]\n"a::b" = { op = "rmw", rmw = "add" }', 2, "`scope` is missing"),
        ('[functions]\n"a::b" = { op = "rmw", rmw = "add", scope = 3 }', 2, "`scope` must be a string"),
        ('[functions]\n"a::b" = { op = "load", scope = "gpu", order = "release" }', 2, "no order of this"),
        ('[functions]\n"a::b" = { op = "fence", scope = "gpu", order = "weak" }', 2, "no order of this"),
        ('[functions]\n"a::b" = { op = "none", reason = "x" }', 2, "unknown field `reason`"),
        ('[functions]\n"a::b" = { op = "trap", kind = "boom" }', 2, "unknown kind `boom`"),
        ('[functions]\n"a::b" = { op = "float", function = "sqt" }', 2, "unknown function `sqt`"),
        ('[functions]\n"a::{b" = { op = "none" }', 2, "braces"),
        ('[functions]\n"a::{b,c}" = { op = "register", register = "tid.{2}" }', 2, "`{2}`"),
        ('[functions]\n"a::b" = { op = "none" }\n"a::{b,c}" = { op = "none" }', 3, "given twice"),
        # operations for cuq's own tables are not for others
        ('[functions]\n"a::b" = { op = "library", function = "min" }', 2, "unknown op `library`"),
        ('[enums]\n"a::E" = ["A"]', 2, "a number for each variant"),
        ('[structs]\n"a::S" = "u32"', 2, "a list of types"),
        ('[shared]\n"a::S" = 0', 2, "a size in bytes"),
        ('[slices]\n"a::S" = "const"', 2, '"mutable"'),
    ],
)
def test_what_is_wrong_has_a_line(text: str, line: int, message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)) as caught:
        read_table("a", text, "a.toml")
    span = caught.value.span
    assert span is not None
    assert (span.file, span.line) == ("a.toml", line)


def test_unknown_names_come_with_a_suggestion() -> None:
    with pytest.raises(UsageError) as caught:
        read_table("a", '[functions]\n"a::b" = { op = "block_barrier" }', "a.toml")
    assert caught.value.help == "did you mean `block-barrier`?"


@pytest.mark.parametrize("crate", [*CRATES, "core"])
def test_tables_of_cuq_are_right(crate: str) -> None:
    table = builtin_table(crate)
    assert table.exact or table.globs
    assert all(not entry.trusted for entry in table.exact.values())


def test_every_table_belongs_to_a_crate() -> None:
    assert {path.stem for path in TABLES.glob("*.toml")} == {*CRATES, "core"}


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_operations_say_what_they_mean(name: str) -> None:
    assert len(OPERATIONS[name].doc) > 10


HOUSE = """
[dialect.functions]
"core::core_arch::nvptx::thread_idx_x" = { op = "%s"%s }
"""


def test_a_project_has_tables_of_its_own(cuq: Cuq, tmp_path: Path) -> None:
    """With another meaning for `thread_idx_x`, the verdict is another, and the report says what it rests on."""
    for suffix in (".mir", ".hir"):
        shutil.copy(ROOT / f"saxpy/saxpy_u32{suffix}", tmp_path)
    dump = tmp_path / "saxpy_u32.mir"
    config = tmp_path / "cuq.toml"
    config.write_text(HOUSE % ("register", ', register = "tid.x"'))
    same = cuq("check", dump)
    assert same.code == 0
    assert "taken as given: `core::core_arch::nvptx::thread_idx_x` is register" in same.out
    config.write_text(HOUSE % ("register", ', register = "ntid.x"'))
    assert "CUQ-R001" in cuq("check", dump).out
    config.write_text(HOUSE % ("unsupported", ', reason = "forbidden here"'))
    refused = cuq("check", dump)
    assert refused.code == 4
    assert "forbidden here" in refused.out
    config.write_text(HOUSE % ("registre", ""))
    wrong = cuq("check", dump)
    assert wrong.code == 2
    assert "cuq.toml:3:1" in wrong.err
    assert "did you mean `register`?" in wrong.err


def test_a_module_of_the_program_is_no_crate_of_its_name() -> None:
    path = "cuda_std::thread::sync_threads"
    assert dialects_for(["cuda_std::"]).meaning(path) is not None
    assert dialects_for(["cuda_std::"], modules={"cuda_std"}).meaning(path) is None
