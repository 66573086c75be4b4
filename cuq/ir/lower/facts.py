"""What lowering needs to know that text MIR does not say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field

from cuq.base.records import dataclass
from cuq.ir.dialects import BUILTIN, Dialects
from cuq.ir.lower.enums import Enums, Payloads
from cuq.ir.lower.layout import Struct
from cuq.ir.lower.oracle import Oracle
from cuq.ir.lower.types import type_args
from cuq.mir.types import PathTy, TupleTy, Ty
from cuq.toolchain.crate_names import LIBRARIES
from cuq.toolchain.hir_impls import ImplHeader


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """Facts about a MIR file, from HIR, from the user, or absent.

    `kernels`: paths of the entry points as the bodies are headed; None: decide by shape (a function that
    no other body calls, returns `()`, and is no closure, method or generic function).
    `structs`, `enums`, `payloads`: the types of the crate that are not generic, by their paths; `unions`: the
    paths of all unions. `generics`: for each generic function its type and const parameters in order, with the types
    of the latter.
    `overflow_checks`: the crate is compiled with them. If not, code generation drops the overflow asserts that
    are inlined from `core` (rustc `mir/terminator.rs`, `is_optional_overflow_check`).
    `dialects`: the tables of the user; those that cuq ships apply as well.
    `oracle`: what rustc was asked about the crate.
    `fields`: of each struct that takes no arguments but lifetimes the types of its fields, as far as they are known;
    what a pointer leads to may be spelled otherwise than in MIR.
    `methods`: for each name of a function in impls their headers; None if these are not known. `traits`: the paths of
    the crate's. `modules`: those at the root of the crate, whose items MIR does not tell from those of one of
    `crates` of the same name.
    `is_shared`: whether the static of this path is in block-private shared memory.
    """

    kernels: tuple[str, ...] | None = None
    is_shared: Callable[[str], bool] = lambda _: False
    structs: Mapping[str, Struct] = field(default_factory=dict)
    enums: Enums = field(default_factory=dict)
    payloads: Payloads = field(default_factory=dict)
    unions: frozenset[str] = frozenset()
    generics: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    overflow_checks: bool = False
    dialects: Dialects = BUILTIN
    oracle: Oracle = field(default_factory=Oracle)
    fields: Mapping[str, tuple[Ty | None, ...]] = field(default_factory=dict)
    methods: Mapping[str, frozenset[ImplHeader]] | None = None
    traits: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()
    crates: frozenset[str] = LIBRARIES

    def fields_of(self, ty: Ty) -> tuple[Ty | None, ...] | None:
        """The types of the fields of a tuple or a struct of the crate; None for other types."""
        match ty:
            case TupleTy(elems=elems):
                return elems
            case PathTy(path=path) if not type_args(ty):
                return self.fields.get(path.plain)
            case _:
                return None
