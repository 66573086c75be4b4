"""Functions that are no kernels, entered as if a launch began with them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from cuq.base.errors import UsageError
from cuq.base.kernel_name import kernel_name
from cuq.base.span import Span
from cuq.ir.lower import EntryFacts, kernel_names
from cuq.mir.file import MirFile
from cuq.toolchain.hir_facts import HirFacts, without_impl_places


def with_functions(known: EntryFacts, mir: MirFile, hir: HirFacts, functions: Collection[str]) -> EntryFacts:
    """The facts with further entry points: the functions of these names, or paths, that are no kernel's.

    Raises UsageError for a generic function: it has no body until it is called.
    """
    if not functions:
        return known
    kernels = kernel_names(mir, known)
    free = set(functions) - {name for path in kernels for name in (kernel_name(path), path)}
    return replace(known, kernels=(*kernels, *_found(mir, hir, free)))


def function_names(mir: MirFile) -> tuple[str, ...]:
    """What the functions of a file are called, but for closures."""
    return tuple(kernel_name(path) for path in mir.names("fn") if "{" not in path)


def _found(mir: MirFile, hir: HirFacts, names: Collection[str]) -> Iterator[str]:
    for path in mir.names("fn"):
        if path not in names and kernel_name(path) not in names:
            continue
        if (generics := hir.generics.get(without_impl_places(path))) is not None:
            raise UsageError(
                f"`{path}` is generic (`{', '.join(generics)}`): it has a body of its own for each type",
                span=_span(mir, path),
                help="name a function that calls it with the types that are meant",
            )
        yield path


def _span(mir: MirFile, path: str) -> Span:
    """Where the signature is: the return place is declared there."""
    source = mir.bodies(path)[0].locals[0].source
    span = source.span if source is not None else None
    return span or Span.at(mir.path, 1)
