"""Types that the crate declares, from HIR: their fields at the types that MIR prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace

from cuq.ir.lower.enums import Enums, Payloads
from cuq.ir.lower.layout import Struct
from cuq.mir.parser import parse_path, parse_type
from cuq.mir.types import (
    ArrayTy,
    BoolTy,
    CharTy,
    FloatTy,
    IntTy,
    Lifetime,
    Name,
    Path,
    PathTy,
    RawPtrTy,
    RefTy,
    TupleTy,
    Ty,
)
from cuq.toolchain.hir_facts import HirFacts


def declared_structs(hir: HirFacts) -> dict[str, Struct]:
    """The structs whose field types are certain: numbers, arrays of known length, pointers, and types
    declared beside them. Names that a `use` brings in are not followed."""
    paths = _unique(hir)
    found: dict[str, Struct] = {}
    for decl in hir.structs:
        if decl.path not in paths:
            continue
        scope = decl.path.rpartition("::")[0]
        types = [_field(text, scope, paths) for text in decl.fields]
        known = tuple(ty for ty in types if ty is not None)
        if len(known) == len(types):
            found[decl.path] = Struct(known, decl.c, decl.plain)
    return found


def declared_fields(hir: HirFacts) -> dict[str, tuple[Ty | None, ...]]:
    """For each struct the types of its fields; None for one that is not certain. What a pointer leads to is as
    written."""
    paths = _unique(hir)
    return {
        decl.path: tuple(
            _field(text, decl.path.rpartition("::")[0], paths, pointers=True) for text in decl.fields
        )
        for decl in hir.structs
        if decl.path in paths
    }


def table_structs(structs: Mapping[str, tuple[str, ...]]) -> dict[str, Struct]:
    """The structs of dialect tables, laid out by C's rules: those of one field, or `repr(C)`."""
    return {path: Struct(tuple(map(parse_type, types)), c=True) for path, types in structs.items()}


def declared_enums(hir: HirFacts) -> Enums:
    """The variants of enums with their discriminants."""
    paths = _unique(hir)
    return {decl.path: dict(decl.variants) for decl in hir.enums if decl.path in paths}


def declared_payloads(hir: HirFacts) -> Payloads:
    """The types of the fields of enums' variants; None for one that is not certain."""
    paths = _unique(hir)
    return {
        decl.path: {
            name: tuple(_field(text, decl.path.rpartition("::")[0], paths) for text in payload)
            for (name, _), payload in zip(decl.variants, decl.payloads, strict=True)
        }
        for decl in hir.enums
        if decl.path in paths
    }


def _unique(hir: HirFacts) -> frozenset[str]:
    """The paths that one type only has: two blocks of a function may declare the same name."""
    counts = Counter([decl.path for decl in hir.structs] + [decl.path for decl in hir.enums])
    return frozenset(path for path, count in counts.items() if count == 1)


def _field(text: str, scope: str, paths: Collection[str], *, pointers: bool = False) -> Ty | None:
    """The type of a field, None if it is not certain. pointers: what one leads to may stay as written."""
    try:
        ty = parse_type(text)
    except ValueError:  # a spelling that MIR does not have, such as `::std::sync::Arc<T>`
        return None
    return ty if pointers and isinstance(ty, RefTy | RawPtrTy) else _resolved(ty, scope, paths)


def _resolved(ty: Ty, scope: str, paths: Collection[str]) -> Ty | None:
    """The type as MIR spells it, None if that is not certain."""
    match ty:
        case IntTy() | FloatTy() | BoolTy() | CharTy():
            return ty
        case ArrayTy(elem=elem, length=count) if count.value is not None:
            inner = _resolved(elem, scope, paths)
            return None if inner is None else ArrayTy(inner, count)
        case TupleTy(elems=elems):
            parts = [_resolved(elem, scope, paths) for elem in elems]
            known = tuple(part for part in parts if part is not None)
            return TupleTy(known) if len(known) == len(parts) else None
        case RawPtrTy(pointee=target, mutable=mutable):
            inner = _resolved(target, scope, paths)
            return None if inner is None else RawPtrTy(inner, mutable)
        case RefTy(pointee=target, mutable=mutable):
            inner = _resolved(target, scope, paths)
            return None if inner is None else RefTy(inner, mutable)
        case PathTy(path=Path(segments=(Name(ident=name, args=args),))) if all(
            isinstance(arg, Lifetime) for arg in args
        ):
            path = f"{scope}::{name}" if scope else name
            *modules, last = parse_path(path).segments
            assert isinstance(last, Name), "the path of a declaration"
            return PathTy(Path((*modules, replace(last, args=args)))) if path in paths else None
        case _:
            return None
