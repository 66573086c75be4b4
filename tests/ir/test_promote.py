"""Which locals become registers, and that the kernel computes the same."""

from __future__ import annotations

import pytest

from cuq.ir.interp import Interpreter, LaunchConfig
from cuq.ir.interp.values import Undefined
from cuq.ir.module import Kernel
from cuq.ir.ops import Load, Store
from cuq.ir.parse import parse_kernel
from cuq.ir.passes.promote import promote_locals
from cuq.ir.verify import verify

HEAD = """\
kernel k {
  object out: param global element 4
  object a: local local element 4 size 16
  param out: "*mut u32" = %0:ptr as out unsigned -> @out
  param n: "u32" = %1:i32 as n unsigned
"""

CASES = {
    "stored and loaded": (
        True,
        """\
bb0:
  store local.weak @a, %1
  %2:ptr = ptradd inbounds @a, 8:i64
  store local.weak %2, 7:i32
  %3:i32 = load local.weak @a
  %4:i32 = load local.weak %2
  %5:i32 = add %3, %4
  store global.weak %0, %5
  return
""",
    ),
    "a loop": (
        True,
        """\
bb0:
  store local.weak @a, 0:i32
  jump bb1()
bb1:
  %2:i32 = load local.weak @a
  %3:i1 = cmp ult %2, %1
  branch %3, bb2(), bb3()
bb2:
  %4:i32 = load local.weak @a
  %5:i32 = add %4, 3:i32
  store local.weak @a, %5
  jump bb1()
bb3:
  %6:i32 = load local.weak @a
  store global.weak %0, %6
  return
""",
    ),
    "one arm stores": (
        True,
        """\
bb0:
  store local.weak @a, 5:i32
  %2:i1 = cmp ult %1, 3:i32
  branch %2, bb1(), bb2()
bb1:
  store local.weak @a, 6:i32
  jump bb2()
bb2:
  %3:i32 = load local.weak @a
  store global.weak %0, %3
  return
""",
    ),
    "a pointer in memory": (
        True,
        """\
bb0:
  store local.weak @a, %0
  %2:ptr = load local.weak @a
  store generic.weak %2, %1
  return
""",
    ),
    "its address is stored": (
        False,
        """\
bb0:
  %2:ptr = ptradd inbounds @a, 8:i64
  store local.weak @a, %2
  %3:ptr = load local.weak @a
  store generic.weak %3, 4:i32
  %4:i32 = load local.weak %2
  store global.weak %0, %4
  return
""",
    ),
    "its address is chosen": (
        False,
        """\
bb0:
  store local.weak @a, 1:i32
  %2:ptr = ptradd inbounds @a, 4:i64
  store local.weak %2, 2:i32
  %3:i1 = cmp ult %1, 3:i32
  %4:ptr = select %3, @a, %2
  %5:i32 = load local.weak %4
  store global.weak %0, %5
  return
""",
    ),
    "its address is handed on": (
        False,
        """\
bb0:
  store local.weak @a, 1:i32
  jump bb1(@a)
bb1(%2:ptr):
  %3:i32 = load local.weak %2
  store global.weak %0, %3
  return
""",
    ),
    "parts that overlap": (
        False,
        """\
bb0:
  store local.weak @a, 513:i32
  %2:ptr = ptradd inbounds @a, 1:i64
  %3:i8 = load local.weak %2
  %4:i32 = zext %3
  store global.weak %0, %4
  return
""",
    ),
    "two types": (
        False,
        """\
bb0:
  store local.weak @a, 1065353216:f32
  %2:i32 = load local.weak @a
  store global.weak %0, %2
  return
""",
    ),
    "an index": (
        False,
        """\
bb0:
  store local.weak @a, 1:i32
  %2:ptr = ptradd inbounds @a, 4:i64
  store local.weak %2, 2:i32
  %3:i32 = and %1, 1:i32
  %4:i64 = zext %3
  %5:i64 = mul nuw %4, 4:i64
  %6:ptr = ptradd inbounds @a, %5
  %7:i32 = load local.weak %6
  store global.weak %0, %7
  return
""",
    ),
    "volatile": (
        False,
        """\
bb0:
  store local.volatile @a, 1:i32
  %2:i32 = load local.weak @a
  store global.weak %0, %2
  return
""",
    ),
    "outside of it": (
        False,
        """\
bb0:
  store local.weak @a, 1:i32
  %2:i1 = cmp ult %1, 0:i32
  branch %2, bb1(), bb2()
bb1:
  %3:ptr = ptradd inbounds @a, 16:i64
  store local.weak %3, 1:i32
  jump bb2()
bb2:
  store global.weak %0, 8:i32
  return
""",
    ),
}


def run(kernel: Kernel, n: int) -> int | Undefined:
    report = Interpreter(kernel).run(LaunchConfig((1, 1, 1), params={"n": n}, lengths={"out": 4}))
    assert report.clean
    (out,) = report.memory.instances("out")
    return out.read(0, 4)


@pytest.mark.parametrize("name", CASES)
def test_promotion(name: str) -> None:
    expected, body = CASES[name]
    kernel = parse_kernel(f"{HEAD}{body}}}\n")
    verify(kernel)
    promoted = promote_locals(kernel)
    verify(promoted)
    left = [op for op in promoted.ops() if isinstance(op, Load | Store) and op.sem.space.value == "local"]
    assert (not left) is expected
    assert (promoted == kernel) is not expected
    for n in (0, 1, 2, 7):
        assert run(kernel, n) == run(promoted, n)
