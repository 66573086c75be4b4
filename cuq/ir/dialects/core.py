"""The device API of `core` as it prints in MIR of rustc 1.96 (`core::arch::nvptx`, intrinsics, panics).

Sources: library/stdarch/crates/core_arch/src/nvptx/mod.rs, library/core/src/intrinsics/mod.rs,
library/core/src/panicking.rs. Atomics of `core` have system scope.
"""

from __future__ import annotations

from cuq.ir.dialects.model import (
    Arithmetic,
    Assumption,
    AtomicRead,
    AtomicWrite,
    Bits,
    BlockBarrier,
    Branching,
    CompareExchange,
    Diverges,
    FloatFunction,
    Library,
    Meaning,
    MemoryFence,
    Never,
    NeverReached,
    NoEffect,
    ReadRegister,
    Rmw,
    Same,
    Unmodelled,
    VolatileRead,
    VolatileWrite,
)
from cuq.ir.ops import PanicKind, RmwOp
from cuq.ir.types import Axis, Scope, Special
from cuq.mir.tree import BinOp

_REGISTERS = {"thread_idx": "tid", "block_dim": "ntid", "block_idx": "ctaid", "grid_dim": "nctaid"}

_ATOMICS = {
    "xadd": RmwOp.ADD,
    "xsub": RmwOp.SUB,
    "and": RmwOp.AND,
    "nand": RmwOp.NAND,
    "or": RmwOp.OR,
    "xor": RmwOp.XOR,
    "umin": RmwOp.UMIN,
    "umax": RmwOp.UMAX,
    "min": RmwOp.SMIN,
    "max": RmwOp.SMAX,
    "xchg": RmwOp.EXCH,
}

_OPERATORS = {
    "unchecked_add": BinOp.ADD_UNCHECKED,
    "unchecked_sub": BinOp.SUB_UNCHECKED,
    "unchecked_mul": BinOp.MUL_UNCHECKED,
    "unchecked_shl": BinOp.SHL_UNCHECKED,
    "unchecked_shr": BinOp.SHR_UNCHECKED,
    "unchecked_div": BinOp.DIV,
    "unchecked_rem": BinOp.REM,
    "wrapping_add": BinOp.ADD,
    "wrapping_sub": BinOp.SUB,
    "wrapping_mul": BinOp.MUL,
    "add_with_overflow": BinOp.ADD_WITH_OVERFLOW,
    "sub_with_overflow": BinOp.SUB_WITH_OVERFLOW,
    "mul_with_overflow": BinOp.MUL_WITH_OVERFLOW,
    "three_way_compare": BinOp.CMP,
}

_FLOATS = {
    "sqrt": "sqrt",
    "fma": "fma",
    "fmuladd": "fma",
    "floor": "floor",
    "ceil": "ceil",
    "trunc": "trunc",
    "round": "round",
    "round_ties_even_": "rint",
    "exp": "exp",
    "exp2": "exp2",
    "log": "log",
    "log2": "log2",
    "log10": "log10",
    "sin": "sin",
    "cos": "cos",
    "pow": "pow",
    "powi": "powi",
    "copysign": "copysign",
    "minimum_number_nsz_": "fmin",
    "maximum_number_nsz_": "fmax",
}

_BITS = ("ctpop", "ctlz", "cttz", "ctlz_nonzero", "cttz_nonzero", "bswap", "bitreverse")
_BITS_2 = ("rotate_left", "rotate_right", "saturating_add", "saturating_sub", "exact_div")

_I = "core::intrinsics"
_SLICE_PANICS = (
    "slice_index_fail",
    "slice_start_index_len_fail",
    "slice_end_index_len_fail",
    "slice_index_order_fail",
    "slice_start_index_overflow_fail",
    "slice_end_index_overflow_fail",
)

CORE: dict[str, Meaning] = {
    **{
        f"core::{module}{name}_{axis.value}": ReadRegister(Special(f"{family}.{axis.value}"))
        for module in ("core_arch::nvptx::", "arch::nvptx::_", "core_arch::nvptx::_")
        for name, family in _REGISTERS.items()
        for axis in Axis
    },
    "core::core_arch::nvptx::syncthreads": BlockBarrier(),
    "core::core_arch::nvptx::_syncthreads": BlockBarrier(),
    "core::arch::nvptx::_syncthreads": BlockBarrier(),
    "core::core_arch::nvptx::trap": Diverges(PanicKind.ABORT),
    "core::arch::nvptx::trap": Diverges(PanicKind.ABORT),
    **{f"{_I}::atomic_{name}": Rmw(op, Scope.SYS) for name, op in _ATOMICS.items()},
    f"{_I}::atomic_load": AtomicRead(Scope.SYS),
    f"{_I}::atomic_store": AtomicWrite(Scope.SYS),
    f"{_I}::atomic_cxchg": CompareExchange(Scope.SYS),
    f"{_I}::atomic_cxchgweak": CompareExchange(Scope.SYS),
    f"{_I}::atomic_fence": MemoryFence(Scope.SYS),
    f"{_I}::volatile_load": VolatileRead(),
    f"{_I}::volatile_store": VolatileWrite(),
    **{f"{_I}::{name}": Arithmetic(op) for name, op in _OPERATORS.items()},
    **{f"{_I}::{name}f{bits}": FloatFunction(op) for name, op in _FLOATS.items() for bits in (16, 32, 64)},
    **{f"{_I}::{name}": FloatFunction(name) for name in ("fabs", "copysign")},
    **{f"{_I}::{name}": Bits(name) for name in (*_BITS, *_BITS_2)},
    **{
        f"{_I}::{name}": NoEffect()
        for name in (
            "cold_path",
            "assert_inhabited",
            "assert_zero_valid",
            "assert_mem_uninitialized_valid",
        )
    },
    **{f"{_I}::{name}": Same() for name in ("black_box", "likely", "unlikely")},
    "core::hint::black_box": Same(),
    # The library's own checks for undefined behaviour are off in release builds.
    **{f"core::ub_checks::{name}": Never() for name in ("check_language_ub", "check_library_ub")},
    f"{_I}::typed_swap_nonoverlapping": Library("swap"),
    f"{_I}::assume": Assumption(),
    f"{_I}::abort": Diverges(PanicKind.ABORT),
    f"{_I}::unreachable": NeverReached(),
    f"{_I}::ptr_offset_from": Library("offset_from"),
    f"{_I}::ptr_offset_from_unsigned": Library("offset_from"),
    f"{_I}::arith_offset": Library("arith_offset"),
    f"{_I}::write_bytes": Library("write_bytes"),
    f"{_I}::size_of": Library("size_of"),
    f"{_I}::align_of": Library("align_of"),
    **{
        f"core::ptr::{module}::<impl *{kind} T>::{name}": Library("offset_from")
        for module, kind in (("mut_ptr", "mut"), ("const_ptr", "const"))
        for name in ("offset_from", "offset_from_unsigned")
    },
    **{f"core::ptr::NonNull::{name}": Library(f"ptr_{name}") for name in ("add", "sub", "offset")},
    **{f"core::ptr::NonNull::{name}": Same() for name in ("as_ref", "as_mut", "as_ptr", "cast")},
    "core::str::<impl str>::len": Library("str_len"),
    **{f"core::ptr::slice_from_raw_parts{suffix}": Library("slice") for suffix in ("", "_mut")},
    **{f"core::option::Option::{name}": Branching("option_copied") for name in ("copied", "cloned")},
    "core::cmp::min": Library("min"),
    "core::cmp::max": Library("max"),
    "<usize as core::cmp::Ord>::min": Library("min"),
    "<usize as core::cmp::Ord>::max": Library("max"),
    "<core::option::Option as core::ops::Try>::branch": Library("option_branch"),
    "<core::option::Option as core::ops::FromResidual>::from_residual": Library("option_none"),
    "<core::slice::Iter as core::iter::TrustedRandomAccessNoCoerce>::size": Library("slice_iter_len"),
    "core::iter::Zip::super_nth": Branching("nth"),
    **{
        f"<core::{adapter} as core::iter::Iterator>::{name}": Branching(name)
        for adapter in ("iter::Enumerate", "iter::Zip", "slice::Iter", "slice::IterMut")
        for name in ("nth", "next")
    },
    "<core::slice::IterMut as core::iter::TrustedRandomAccessNoCoerce>::size": Library("slice_iter_len"),
    "core::panicking::panic_bounds_check": Diverges(PanicKind.BOUNDS),
    **{f"core::slice::index::{name}": Diverges(PanicKind.BOUNDS) for name in _SLICE_PANICS},
    "core::option::unwrap_failed": Diverges(PanicKind.EXPLICIT),
    "core::option::expect_failed": Diverges(PanicKind.EXPLICIT),
    "core::result::unwrap_failed": Diverges(PanicKind.EXPLICIT),
    "core::cell::panic_already_borrowed": Diverges(PanicKind.EXPLICIT),
    "core::cell::panic_already_mutably_borrowed": Diverges(PanicKind.EXPLICIT),
    "core::panicking::panic_const::panic_const_div_by_zero": Diverges(PanicKind.DIV_ZERO),
    "core::panicking::panic_const::panic_const_rem_by_zero": Diverges(PanicKind.DIV_ZERO),
}

PREFIXES: tuple[tuple[str, Meaning], ...] = (
    ("core::panicking::panic_const::", Diverges(PanicKind.OVERFLOW)),
    ("core::panicking::", Diverges(PanicKind.EXPLICIT)),
    ("core::fmt::", Unmodelled()),
)
"""Meanings of whole modules, looked up after the names; first match."""


def meaning(key: str) -> Meaning | None:
    """What the function of this key does; None when it is not known.

    A key is the path without generic arguments, with the self type of an impl by its head
    (`<core::option::Option as core::ops::Try>::branch`, `…::<impl *mut T>::add`).
    """
    known = CORE.get(key)
    if known is not None:
        return known
    return next((found for prefix, found in PREFIXES if key.startswith(prefix)), None)
