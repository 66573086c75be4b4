"""Memory: bytes, pointers, undefined values, and every access that must be refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuq.base.errors import Unsupported, UsageError
from cuq.ir.interp import FaultKind, Fill, Interpreter, LaunchConfig, Pattern, Report
from tests.interp.launches import launch, thread, words
from tests.interp.mini import mini
from tests.ir.kernels import kernel

BOUNDS, UB, PANIC = FaultKind.BOUNDS, FaultKind.UB, FaultKind.PANIC


def run(body: str, objects: str = "", **params: int) -> Report:
    """Run operations in one thread; `%0` is a parameter pointer to `x`, `%1` an i64 parameter `n`."""
    text = f"""kernel k {{
    object x: param global element 4
    {objects}
    param x: "*mut u32" = %0:ptr as x unsigned -> @x
    param n: "u64" = %1:i64 as n unsigned
    bb0():
    {body}
    return
    }}"""
    return Interpreter(kernel(text)).run(LaunchConfig(params={"n": 0, **params}))


@given(st.lists(st.tuples(st.sampled_from([1, 2, 4, 8, 16]), st.integers(0, 9), st.integers(0, 2**128 - 1))))
def test_stores_of_all_widths_make_the_bytes_they_should(stores: list[tuple[int, int, int]]) -> None:
    """Against a model that is an array of bytes; pages are crossed by the sum of accesses."""
    model = bytearray(256)
    lines = []
    for i, (width, index, value) in enumerate(stores, 2):
        value %= 2 ** (8 * width)
        at = 48 + index * width
        model[at : at + width] = value.to_bytes(width, "little")
        lines.append(f"%{i}:ptr = ptradd %0, {at}:i64\nstore global.weak %{i}, {value}:i{8 * width}")
    report = run("\n".join(lines))
    assert bytes(report.word("x", i, 1) or 0 for i in range(256)) == bytes(model)


LOCAL = "object a: local local element 4 size 16\nobject s: shared shared element 4 size 16"


@pytest.mark.parametrize(
    ("why", "body", "kind", "message"),
    [
        ("null", "%2:ptr = bitcast 0:i64\n%3:i32 = load global.weak %2", UB, "null"),
        ("dangling", "%2:ptr = bitcast 4:i64\nstore global.weak %2, 1:i32", UB, "no object"),
        ("misaligned load", "%2:ptr = ptradd %0, 2:i64\n%3:i32 = load global.weak %2", UB, "misaligned"),
        ("misaligned update", "%2:ptr = ptradd %0, 4:i64\n%3:i64 = rmw add global.relaxed.gpu %2, 1:i64", UB, "misal"),
        ("just past the end", "%2:ptr = ptradd @s, 16:i64\n%3:i32 = load shared.weak %2", BOUNDS, "16..20"),
        ("straddling the end", "%2:ptr = ptradd @s, 8:i64\ncopy generic.weak generic.weak %2, %0, 9:i64", BOUNDS, "8..17"),
        ("before the start", "%2:ptr = ptradd @s, 18446744073709551612:i64\nstore shared.weak %2, 0:i32", BOUNDS, "-4..0"),
        ("inbounds over i64", "%2:ptr = ptradd inbounds %0, 9223372036854775807:i64\n%3:ptr = ptradd inbounds %2, 1:i64", UB, "overflows"),
        ("inbounds from nothing", "%2:ptr = bitcast 4:i64\n%3:ptr = ptradd inbounds %2, 4:i64", UB, "no object"),
        ("overlapping copy", "%2:ptr = ptradd %0, 3:i64\ncopy generic.weak generic.weak %0, %2, 4:i64", UB, "overlapping"),
        ("undefined branch", "branch undef:i1, bb1(), bb1()\nbb1():", UB, "undefined"),
        ("undefined switch", "switch undef:i32, 1 -> bb1(), else bb1()\nbb1():", UB, "undefined"),
        ("undefined address", "%2:i32 = load global.weak undef:ptr", UB, "undefined"),
        ("undefined offset", "%2:ptr = ptradd %0, undef:i64\nstore global.weak %2, 1:i32", UB, "undefined"),
        ("undefined divisor", "%2:i32 = udiv 1:i32, undef:i32", UB, "undefined"),
        ("uninitialised local", "%2:i32 = load local.weak @a\n%3:i1 = cmp eq %2, 0:i32\nbranch %3, bb1(), bb1()\nbb1():", UB, "undefined"),
        ("undefined arithmetic", "%2:i32 = add undef:i32, 1:i32\n%3:i32 = sub 1:i32, %2\n%4:i1 = cmp slt %3, 0:i32\nassume %4", UB, "undefined"),
        ("false assumption", "assume 0:i1", UB, "assumption"),
        ("unreachable", "unreachable\nbb1():", UB, "unreachable"),
        ("panic", 'panic BOUNDS "index 5, length 4"\nbb1():', PANIC, "index 5, length 4"),
        ("overflow that cannot be", "%2:i64 = sub nuw %1, 1:i64", UB, "overflows"),
    ],
)  # fmt: skip
def test_faults(why: str, body: str, kind: FaultKind, message: str) -> None:
    report = run(body, LOCAL)
    (fault,) = report.faults
    assert fault.kind is kind
    assert message in fault.message
    assert fault.thread == thread(0)
    assert fault.site.label == "bb0"


@pytest.mark.parametrize(
    ("why", "body"),
    [
        ("outside, but not accessed", "%2:ptr = ptradd inbounds @s, 18446744073709551615:i64"),
        ("one past the end", "%2:ptr = ptradd inbounds @s, 16:i64\n%3:ptr = ptradd inbounds %2, 18446744073709551612:i64\nstore shared.weak %3, 1:i32"),
        ("wrapping offsets that come back", "%2:ptr = ptradd @s, 100:i64\n%3:ptr = ptradd %2, 18446744073709551516:i64\nstore shared.weak %3, 1:i32"),
        ("raw pointers reach anywhere", "%2:ptr = ptradd inbounds %0, 18446744073709551612:i64\nstore global.weak %2, 1:i32"),
        ("copies need no alignment", "%2:ptr = ptradd %0, 5:i64\ncopy generic.weak generic.weak %2, %0, 5:i64"),
        ("an empty copy touches nothing", "%2:ptr = bitcast 1:i64\ncopy generic.weak generic.weak %2, %2, 0:i64"),
        ("no offset from nothing", "%2:ptr = bitcast 4:i64\n%3:ptr = ptradd inbounds %2, 0:i64"),
        ("undefined values may be moved", "store local.weak @a, undef:i32\n%2:i32 = load local.weak @a\n%3:i32 = add %2, 1:i32\nstore local.weak @a, %3"),
        ("initialised local", "store local.weak @a, 0:i32\n%2:i32 = load local.weak @a\n%3:i1 = cmp eq %2, 0:i32\nassume %3"),
    ],
)  # fmt: skip
def test_no_faults(why: str, body: str) -> None:
    report = run(body, LOCAL)
    assert report.faults == ()


@pytest.mark.parametrize(
    ("why", "body", "expected"),
    [
        ("through memory", "store local.weak @a, @s\n%2:ptr = load local.weak @a", 7),
        ("copied as bytes", "%4:ptr = ptradd @a, 8:i64\nstore local.weak @a, @s\ncopy generic.weak generic.weak %4, @a, 8:i64\n%2:ptr = load local.weak %4", 7),
        ("as an integer", "%4:i64 = bitcast @s\n%2:ptr = bitcast %4", 7),
        ("as an integer through memory", "%4:i64 = bitcast @s\nstore local.weak @a, %4\n%2:ptr = load local.weak @a", 7),
        ("overwritten in part", "store local.weak @a, @s\nstore local.weak @a, 4:i8\n%2:ptr = load local.weak @a", 9),
        ("exchanged", "store global.weak %0, @s\n%2:ptr = rmw exch global.relaxed.gpu %0, @a", 7),
    ],
)  # fmt: skip
def test_pointers_survive(why: str, body: str, expected: int) -> None:
    """What a pointer points to, on every way on which it can be moved."""
    init = "%8:ptr = ptradd @s, 4:i64\nstore shared.weak @s, 7:i32\nstore shared.weak %8, 9:i32\n"
    report = run(f"{init}{body}\n%3:i32 = load shared.weak %2\nstore shared.weak @s, %3", LOCAL)
    assert report.faults == ()
    assert report.word("s", 0, 4, thread(0)) == expected


def test_pointers_compare_by_address() -> None:
    body = """%2:ptr = ptradd @s, 4:i64
    %3:i1 = cmp eq %2, @s
    %4:i1 = cmp ult @s, %2
    %5:ptr = bitcast 0:i64
    %6:i1 = cmp eq @s, %5
    %7:i8 = zext %3
    %8:i8 = zext %4
    %9:i8 = zext %6
    %10:ptr = ptradd %0, 1:i64
    %11:ptr = ptradd %0, 2:i64
    store global.weak %0, %7
    store global.weak %10, %8
    store global.weak %11, %9"""
    report = run(body, LOCAL)
    assert [report.word("x", i, 1) for i in range(3)] == [0, 1, 0]


def test_local_memory_of_another_thread() -> None:
    """A pointer to local memory means nothing to others."""
    text = """kernel k {
    object x: param global element 8
    object a: local local element 4 size 4
    param x: "*mut u64" = %0:ptr as x unsigned -> @x
    bb0():
    %2:i32 = special tid.x
    %3:i1 = cmp eq %2, 0:i32
    branch %3, bb1(), bb2()
    bb1():
    store global.weak %0, @a
    jump bb2()
    bb2():
    barrier 0
    %4:ptr = load global.weak %0
    store generic.weak %4, 1:i32
    return
    }"""
    report = Interpreter(kernel(text)).run(LaunchConfig(block=(2, 1, 1)))
    (fault,) = report.faults
    assert fault.thread == thread(1)
    assert "another thread" in fault.message


def test_slices_have_their_length() -> None:
    text = "def k(x: slice(i32)):\n x[tid] = 1"
    assert launch(text, 4, params={"x.len": 4}).clean
    (fault,) = launch(text, 5, params={"x.len": 4}).bounds
    assert (fault.thread, fault.obj, fault.offset, fault.width) == (thread(4), "x", 16, 4)


def test_raw_pointers_have_the_length_that_the_launch_says() -> None:
    text = "def k(x: ptr(i32)):\n x[tid] = 1"
    assert launch(text, 4).clean
    assert len(launch(text, 4, lengths={"x": 3}).bounds) == 1


def test_immutable_objects_are_not_written() -> None:
    """Unless the launch itself makes them an alias of something that may be."""
    text = "def k(x: ref(i32), y: ptr(i32)):\n x[tid] = 1"
    (fault, _) = launch(text, 2, params={"x.len": 2}).ubs
    assert "immutable" in fault.message
    assert launch(text, 2, params={"x.len": 2}, aliases={"x": ("y", 0)}).clean


def test_dynamic_shared_memory_has_the_size_of_the_launch() -> None:
    text = """kernel k {
    object s: shared shared element 4
    bb0():
    %0:ptr = ptradd @s, 8:i64
    store shared.weak %0, 1:i32
    return
    }"""
    interpreter = Interpreter(kernel(text))
    assert interpreter.run(LaunchConfig(dynamic_shared=12)).clean
    assert interpreter.run(LaunchConfig(dynamic_shared=11)).bounds


def test_statics_start_with_their_image() -> None:
    static = 'object t: static global element 4 size 4 image "01020304"'
    report = run("%2:i32 = load global.weak @t\nstore global.weak %0, %2", static)
    assert report.word("x", 0, 4) == 0x04030201


def test_memory_at_entry() -> None:
    """Given bytes, zero, or an arbitrary but reproducible function of the seed."""
    text = "def k(x: ptr(i32), y: ptr(i32)):\n y[0] = x[0]\n y[1] = x[1]"
    report = launch(text, 1, memory={"x": words(5)})
    assert (report.word("y", 0, 4), report.word("y", 4, 4)) == (5, 0)
    interpreter = Interpreter(mini(text))

    def second(fill: Fill) -> int | None:
        return interpreter.run(LaunchConfig(fills={"x": fill})).word("y", 4, 4)

    assert second(Fill(Pattern.IOTA)) == 1
    assert second(Fill(Pattern.IOTA, floating=True)) == 0x3F80_0000
    assert second(Fill(Pattern.CONSTANT, value=-3)) == 2**32 - 3
    assert second(Fill(Pattern.CONSTANT, width=1, value=5)) == 0x0505_0505
    drawn = [second(Fill(Pattern.RANDOM, value=1000, seed=seed)) for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert all(word is not None and word < 1000 for word in drawn)


def test_immutable_statics_of_unknown_contents_are_not_made_up() -> None:
    static = "object t: static global element 4 size 4 readonly"
    with pytest.raises(Unsupported, match="contents of static `t`"):
        run("%2:i32 = load global.weak @t", static)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (LaunchConfig(params={}), "`n` has no value"),
        (LaunchConfig(params={"m": 1}), "no parameter `m`"),
        (LaunchConfig(params={"n": 1 << 64}), "does not fit"),
        (LaunchConfig(params={"n": 1}, memory={"y": ()}), "no memory object `y`"),
        (LaunchConfig(params={"n": 1}, lengths={"xx": 1}), "no memory object `xx`"),
        (LaunchConfig(params={"n": 1}, aliases={"x": ("z", 0)}), "no memory object `z`"),
        (LaunchConfig(params={"n": 1}, aliases={"x": ("x", 0)}), "alias of itself"),
        (LaunchConfig(params={"n": 1}, grid=(0, 1, 1)), "at least one thread"),
    ],
)
def test_launches_that_do_not_fit(config: LaunchConfig, message: str) -> None:
    text = """kernel k {
    object x: param global element 4
    param x: "*mut u32" = %0:ptr as x unsigned -> @x
    param n: "u64" = %1:i64 as n unsigned
    bb0():
    return
    }"""
    with pytest.raises(UsageError, match=message):
        Interpreter(kernel(text)).run(config)


def test_negative_parameters_are_twos_complement() -> None:
    assert run("store global.weak %0, %1", n=-2).word("x", 0, 8) == 2**64 - 2
