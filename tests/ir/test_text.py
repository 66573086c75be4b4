"""The textual form: printing and parsing are inverse, bad text is refused where it is bad."""

from __future__ import annotations

import pytest
from hypothesis import given

from cuq.base.errors import InputError
from cuq.ir.module import Kernel
from cuq.ir.parse import parse_kernel
from cuq.ir.text import kernel_text
from tests.ir.kernels import kernels

SAXPY = """\
kernel saxpy {
  object x: param global element 4 readonly
  object "k::S": shared shared element 4 size 16 image "00ff"
  param n: "u32" = %0:i32 as n unsigned
  param x: "&[f32]" = %1:ptr as x unsigned -> @x, %2:i64 as x.len signed
bb0:
  %3:i32 = special tid.x
  %4:i1 = cmp ult %3, %0
  branch %4, bb1(%3), bb2()
bb1(%5:i32):
  %6:i64 = zext %5
  %7:i64 = mul nsw %6, 4:i64
  %8:ptr = ptradd inbounds %1, %7
  %9:f32 = load global.weak %8
  %10:f32 = float fadd %9, 1065353216:f32
  store shared.weak @"k::S", %10
  barrier 0
  %11:i32 = rmw add global.relaxed.gpu %8, 1:i32
  %12:i32 = cas global.acq_rel.sys acquire %8, 0:i32, undef:i32
  copy global.weak shared.weak %8, @"k::S", 4:i64
  fence sc cta
  %13:i1 = overflow unsigned add %6, 1:i64
  %14:i32 = select %13, %5, %11
  assume %13
  switch %14, 0 -> bb2(), 7 -> bb1(%12), else bb3()
bb2:
  return
bb3:
  panic BOUNDS "out \\"of\\" bounds"
}
"""


def test_every_construct_round_trips() -> None:
    assert kernel_text(parse_kernel(SAXPY)) == SAXPY


@given(kernels())
def test_parse_inverts_print(k: Kernel) -> None:
    assert parse_kernel(kernel_text(k)) == k


@given(kernels())
def test_positions_are_comments(k: Kernel) -> None:
    assert parse_kernel(kernel_text(k, spans=True)) == k


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("special tid.x", "special tid.w", "is no Special"),
        ("cmp ult %3", "cmp ult %99", "%99 is not defined"),
        ("mul nsw", "mull", "unknown operation"),
        ("barrier 0", "barrier zero", "expected a number"),
        ("global.relaxed.gpu", "global.relaxed.gpu.x", "at most three"),
        ("global.weak %8\n", "global.weak %8 %8\n", "unexpected `%`"),
        ("  return\n", "", "has no terminator"),
        ("  return\n", "  return\n  return\n", "already has its terminator"),
        ("}\n", "", "does not end"),
        ("kernel saxpy {", "kernel saxpy", "expected `{`"),
        ("float fadd", "float ~", "unexpected text"),
        ("%10:f32 =", "%10:g32 =", "is not a type"),
        ("bb2()\nbb1", "bb2(\nbb1", "the line ends too early"),
        (SAXPY, "", "no kernel"),
    ],
)
def test_bad_text_is_refused(old: str, new: str, message: str) -> None:
    assert old in SAXPY
    with pytest.raises(InputError, match=message) as error:
        parse_kernel(SAXPY.replace(old, new, 1))
    assert error.value.span is not None
