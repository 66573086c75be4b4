"""Builds types, generic arguments and paths: one function for each action of those parts of the grammar."""

from __future__ import annotations

from cuq.base.records import dataclass
from cuq.mir.types import (
    Anonymous,
    ArrayTy,
    AssocArg,
    AssocBoundArg,
    AsyncBodyTy,
    BoolTy,
    Bound,
    CharTy,
    ClosureTy,
    ConstArg,
    DynTy,
    FloatTy,
    FnDefTy,
    FnPtrTy,
    FnSugar,
    GenericArg,
    ImplAt,
    ImplBlock,
    ImplTy,
    IntTy,
    Lifetime,
    Name,
    NeverTy,
    Path,
    PathTy,
    PatTy,
    QualifiedSelf,
    RawPtrTy,
    RefTy,
    Segment,
    SliceTy,
    StrTy,
    TupleTy,
    Ty,
    UnsafeBinderTy,
)

PRIMITIVES: dict[str, Ty] = {
    "bool": BoolTy(),
    "char": CharTy(),
    "str": StrTy(),
    **{f"{sign}{bits}": IntTy(f"{sign}{bits}") for sign in "iu" for bits in (8, 16, 32, 64, 128, "size")},
    **{f"f{bits}": FloatTy(bits) for bits in (16, 32, 64, 128)},
}

# ---------------------------------------------------------------------------------------- types


def path_ty(path: Path) -> Ty:
    match path.segments:
        case (Name(ident, ()),) if ident in PRIMITIVES:
            return PRIMITIVES[ident]
        case _:
            return PathTy(path)


def never_ty() -> Ty:
    return NeverTy()


def tuple_ty(*elems: Ty) -> Ty:
    return TupleTy(elems)


def pattern_ty(base: Ty, pattern: str) -> Ty:
    return PatTy(base, pattern.removeprefix("is "))


def slice_ty(elem: Ty) -> Ty:
    return SliceTy(elem)


def array_ty(elem: Ty, length: str) -> Ty:
    return ArrayTy(elem, array_length(length))


def array_length(token: str) -> ConstArg:
    """From the token `; N]`."""
    return ConstArg(token[1:-1].strip())


def ref_ty(region: str | None, pointee: Ty) -> Ty:
    return RefTy(pointee, False, region)


def ref_mut_ty(region: str | None, _mut: str, pointee: Ty) -> Ty:
    return RefTy(pointee, True, region)


def pointer_ty(pointee: Ty) -> Ty:
    return RawPtrTy(pointee, False)


def pointer_mut_ty(_mut: str, pointee: Ty) -> Ty:
    return RawPtrTy(pointee, True)


def fn_def_ty(signature: FnPtrTy, path: Path) -> Ty:
    return FnDefTy(signature, path)


def fn_def_features_ty(_features: str, signature: FnPtrTy, path: Path) -> Ty:
    return FnDefTy(signature, path, target_features=True)


def dyn_ty(*bounds: Bound) -> Ty:
    return DynTy(bounds)


def dyn_parenthesized_ty(*bounds: Bound) -> Ty:
    return DynTy(bounds, parenthesized=True)


def impl_ty(first: Bound | Ty, *bounds: Bound) -> Ty | _ImplOf:
    """`impl` before a type that is no bound only starts an impl block: `angle` takes it apart again."""
    match first:
        case Bound():
            return ImplTy((first, *bounds))
        case PathTy(path):
            return ImplTy((Bound(path), *bounds))
        case _:
            return _ImplOf(first)


def closure_ty(token: str) -> ClosureTy:
    kind, _, where = token[1:-1].partition("@")
    return ClosureTy(kind, where)


def async_body_ty(token: str) -> Ty:
    return AsyncBodyTy(token[1:-1])


def unsafe_binder_ty(lifetimes: tuple[str, ...], inner: Ty) -> Ty:
    return UnsafeBinderTy(lifetimes, inner)


@dataclass(frozen=True, slots=True)
class _Params:
    types: tuple[Ty, ...]
    variadic: bool = False


def params(*types: Ty) -> _Params:
    return _Params(types)


def variadic(*types: Ty) -> _Params:
    return _Params(types, variadic=True)


def binder(*lifetimes: str) -> tuple[str, ...]:
    return lifetimes


def signature(
    lifetimes: tuple[str, ...] | None, unsafe: str | None, abi: str | None, inputs: _Params, result: Ty | None
) -> FnPtrTy:
    return FnPtrTy(
        inputs.types,
        TupleTy(()) if result is None else result,
        unsafe is not None,
        None if abi is None else abi[1:-1],
        lifetimes or (),
        inputs.variadic,
    )


def bound(lifetimes: tuple[str, ...] | None, modifier: str | None, path: Path) -> Bound:
    return Bound(path, lifetimes or (), _modifier(modifier))


def bound_sugar(
    lifetimes: tuple[str, ...] | None, modifier: str | None, path: Path, inputs: _Params, result: Ty | None
) -> Bound:
    sugar = FnSugar(path.last, inputs.types, result)
    return Bound(Path((*path.segments[:-1], sugar)), lifetimes or (), _modifier(modifier))


def bound_lifetime(name: str) -> Bound:
    return Bound(Lifetime(name))


def bound_for(lifetimes: tuple[str, ...], modifier: str | None, path: Path) -> Bound:
    return bound(lifetimes, modifier, path)


def bound_modified(modifier: str, path: Path) -> Bound:
    return bound(None, modifier, path)


def _modifier(token: str | None) -> str:
    return f"{token} " if token == "[const]" else token or ""


# -------------------------------------------------------------------------------------- generics


def lifetime(name: str) -> Lifetime:
    return Lifetime(name)


def const_arg(text: str) -> ConstArg:
    return ConstArg(text)


def assoc(path: Path, value: Ty) -> AssocArg:
    return AssocArg(str(path), value)


def assoc_const(path: Path, value: str) -> AssocArg:
    return AssocArg(str(path), ConstArg(value))


def assoc_bounds(path: Path, *bounds: Bound) -> AssocBoundArg:
    return AssocBoundArg(str(path), bounds)


# ----------------------------------------------------------------------------------------- paths


@dataclass(frozen=True, slots=True)
class _ImplOf:
    """`impl T` where T is no trait."""

    self_ty: Ty


@dataclass(frozen=True, slots=True)
class _Angle:
    """`<…>` with arguments, before it is known what it belongs to."""

    args: tuple[GenericArg, ...]


def angle(*args: GenericArg | _ImplOf) -> _Angle | ImplBlock:
    match args:
        case (_ImplOf(self_ty),):
            return ImplBlock(self_ty)
        case _:
            generics = tuple(arg for arg in args if not isinstance(arg, _ImplOf))
            if len(generics) != len(args):
                raise ValueError("`impl` before a type that is no trait")
            return _Angle(generics)


def qualified(self_ty: Ty, trait: Path) -> Segment:
    return QualifiedSelf(self_ty, trait)


def impl_for(trait: Ty, self_ty: Ty) -> Segment:
    match trait:
        case PathTy(path):
            return ImplBlock(self_ty, path)
        case _:
            raise ValueError(f"not a trait: {trait}")


def _args(angle: _Angle | ImplBlock | None) -> tuple[GenericArg, ...]:
    match angle:
        case None:
            return ()
        case _Angle(args):
            return args
        case ImplBlock():
            raise ValueError(f"not generic arguments: {angle}")


def named(ident: str, args: _Angle | ImplBlock | None) -> Segment:
    return Name(ident, _args(args))


def odd_segment(ident: str) -> Segment:
    return Name(ident)


def braced(token: str, args: _Angle | ImplBlock | None) -> Segment:
    return Anonymous(token[1:-1], _args(args))


def impl_at(token: str) -> Segment:
    return ImplAt(token.removeprefix("<impl at ").removesuffix(">"))


def path(*parts: Segment | _Angle) -> Path:
    """Settles what each `<…>` is: the self type at the head of a path, an impl block, or the arguments
    of the segment before it."""
    segments: list[Segment] = []
    for part in parts:
        match part:
            case _Angle((ImplTy((Bound(Path() as trait, (), ""),)),)):
                segments.append(ImplBlock(PathTy(trait)))
            case _Angle(args) if not segments:
                segments.append(QualifiedSelf(_only_type(args)))
            case _Angle(args):
                segments[-1] = _turbofish(segments[-1], args)
            case _:
                segments.append(part)
    match segments[-1]:
        case QualifiedSelf() as alone:
            raise ValueError(f"`{alone}` names no item")
        case _:
            return Path(tuple(segments))


def _only_type(args: tuple[GenericArg, ...]) -> Ty:
    match args:
        case (ty,) if not isinstance(ty, Lifetime | ConstArg | AssocArg | AssocBoundArg):
            return ty
        case _:
            raise ValueError("not one type at the head of a path")


def _turbofish(segment: Segment, args: tuple[GenericArg, ...]) -> Segment:
    match segment:
        case Name(ident, ()):
            return Name(ident, args, turbofish=True)
        case Anonymous(text, ()):
            return Anonymous(text, args, turbofish=True)
        case _:
            raise ValueError(f"arguments after `{segment}`")
