"""The facts of a crate that text MIR does not say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field

from cuq.base.errors import Unsupported
from cuq.base.kernel_name import is_oxide_kernel, kernel_name
from cuq.base.records import dataclass
from cuq.toolchain.crate_names import LIBRARIES
from cuq.toolchain.hir_impls import ImplHeader
from cuq.toolchain.hir_types import EnumDecl, StructDecl

IMPL = "<impl>"
"""What paths of items in an impl have for it."""


def without_impl_places(mir_path: str) -> str:
    """As HIR's paths are: `<impl at f.rs:1:2: 3:4>` is `<impl>`."""
    return re.sub(r"<impl at [^>]*>", IMPL, mir_path)


@dataclass(frozen=True, slots=True)
class KernelDecl:
    """A function that a launch can start.

    path: as in MIR's heading of the body, except that an impl block is `<impl>`.
    abi: as declared, or `cuda-oxide` for a function that its backend knows by its name, `rust-cuda` for one that its
    backend knows by an attribute.
    symbol: the name in the binary when `no_mangle` or `export_name` fixes it.
    parameters: None for one that is a pattern or `_`. generics: the names of its type and const parameters.
    body: the text between its braces, for a generic function that is renamed.
    """

    path: str
    abi: str
    symbol: str | None
    parameters: tuple[str | None, ...]
    generics: tuple[str, ...] = ()
    body: str = ""

    @property
    def generic(self) -> bool:
        return bool(self.generics)

    @property
    def is_renamed(self) -> bool:
        """Whether it is an ordinary function that cuda-oxide's backend knows by its name."""
        return is_oxide_kernel(self.path)

    @property
    def name(self) -> str:
        """The function's identifier, as the user wrote it."""
        return kernel_name(self.path)

    def heads(self, mir_path: str) -> bool:
        """Whether the MIR body headed `fn mir_path(…)` is this kernel's."""
        return without_impl_places(mir_path) == self.path


@dataclass(frozen=True, slots=True)
class StaticDecl:
    """A static. `shared`: by attribute in block-private shared memory."""

    path: str
    mutable: bool
    shared: bool


@dataclass(frozen=True, slots=True)
class HirFacts:
    """The facts of one crate, in source order.

    ambiguous: names that may mean something else at the root of the crate: the type and const parameters of
    functions, impls and traits, and what is both a function, with items inside, and a module. unions: the paths of
    all unions. generics: for each generic function its type and const parameters in order, with the types of the latter.
    methods: for each name of a function in impls their headers. traits: their paths. modules: those at the root.
    crates: those that its paths may begin with.
    """

    kernels: tuple[KernelDecl, ...] = ()
    statics: tuple[StaticDecl, ...] = ()
    structs: tuple[StructDecl, ...] = ()
    enums: tuple[EnumDecl, ...] = ()
    ambiguous: frozenset[str] = frozenset()
    unions: frozenset[str] = frozenset()
    generics: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    methods: Mapping[str, frozenset[ImplHeader]] = field(default_factory=dict)
    traits: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()
    crates: frozenset[str] = LIBRARIES

    @property
    def shared_statics(self) -> frozenset[str]:
        """Paths of the statics in shared memory; `is_shared` also knows the other spellings of MIR."""
        return frozenset(static.path for static in self.statics if static.shared)

    def is_shared(self, mir_path: str) -> bool:
        """Whether the static that MIR calls `mir_path` is in shared memory.

        Raises Unsupported when statics of the same spelling differ in this (two of one name in different
        blocks of a function): MIR does not tell them apart.
        """
        path = "::".join(part for part in mir_path.split("::") if not part.startswith("{"))
        found = [static for static in self.statics if static.path == path]
        if not found:
            # A static inside an impl: MIR names the type, whose path need not be the impl's.
            found = [
                static
                for static in self.statics
                if IMPL in static.path and path.endswith(static.path.rsplit(IMPL, 1)[1])
            ]
        kinds = {static.shared for static in found}
        if len(kinds) > 1:
            raise Unsupported(f"statics in shared and in global memory that are both called {mir_path}")
        return kinds == {True}
