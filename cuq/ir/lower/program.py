"""The bodies and allocations of a MIR file, and which body a call leads to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from cuq.ir.dialects import Dialects
from cuq.ir.dialects.model import Meaning
from cuq.ir.dialects.table import Entry
from cuq.ir.lower.facts import EntryFacts
from cuq.ir.lower.types import core_path, pointee, transparent_field
from cuq.ir.lower.values import Key
from cuq.mir.body import Alloc, Body, projected_ty
from cuq.mir.file import MirFile
from cuq.mir.tree import Downcast, Field, Place
from cuq.mir.types import (
    ClosureTy,
    ImplBlock,
    Lifetime,
    Name,
    Path,
    PathTy,
    QualifiedSelf,
    RawPtrTy,
    RefTy,
    SliceTy,
    Ty,
)
from cuq.mir.walk import places_and_constants


class Program:
    """The items of one MIR file."""

    def __init__(
        self,
        mir: MirFile,
        overflow_checks: bool,
        dialects: Dialects,
        facts: EntryFacts,
    ) -> None:
        self.mir, self.overflow_checks, self.dialects, self.facts = mir, overflow_checks, dialects, facts
        self.trusted: dict[str, Entry] = {}
        """Rows of the user's tables that calls were taken by, by their patterns."""
        self._functions: dict[str, list[str]] = {}
        for name in mir.names("fn"):
            self._functions.setdefault(name.rpartition("::")[2], []).append(name)
        self._allocs: dict[str, Alloc] = {}
        self._seen: dict[int, dict[str, dict[Key, Ty]]] = {}

    def meaning(self, key: str) -> Meaning | None:
        """What the dialects say about a function (`dialect_key`); None if it is not known to them."""
        entry = self.dialects.entry(key)
        if entry is None:
            return None
        if entry.trusted:
            self.trusted[entry.pattern] = entry
        return entry.meaning

    def alloc(self, name: str) -> Alloc:
        if name not in self._allocs:
            self._allocs[name] = self.mir.alloc(name)
        return self._allocs[name]

    def seen_fields(self, ty: Ty) -> Mapping[Key, Ty]:
        """The fields that places in the bodies read so far go to from a value of this type."""
        text = _erase(ty)
        found: dict[Key, Ty] = {}
        for body in self.mir.parsed():
            # By identity: instances of one function have its name.
            if id(body) not in self._seen:
                self._seen[id(body)] = _field_types(body)
            found.update(self._seen[id(body)].get(text, {}))
        return found

    def body(self, name: str) -> Body | None:
        """The one body of this name; None if there is none, or more than one."""
        bodies = self.mir.bodies(name)
        return bodies[0] if len(bodies) == 1 else None

    def _instance(self, body: Body, path: Path) -> Body | None:
        """A function's body at the arguments that it is called with; None when these are not all known."""
        parameters = self.facts.generics.get(body.name)
        arguments = [str(arg) for arg in path.args if not isinstance(arg, Lifetime)]
        if parameters is None:
            return None if arguments else body
        known = all(
            _NUMBER.fullmatch(arg) for arg, ty in zip(arguments, parameters.values(), strict=False) if ty
        )
        if len(arguments) != len(parameters) or not known:
            return None
        given = dict(zip(parameters, zip(arguments, parameters.values(), strict=True), strict=True))
        return self.mir.instance(body.name, given)

    def closure(self, ty: ClosureTy) -> Body | None:
        """The body of a closure; None if it is not here."""
        found = [
            body
            for name in self.mir.names("fn")
            if "{closure#" in name.rpartition("::")[2]
            for body in self.mir.bodies(name)
            if body.args and str(ty) in (str(body.args[0].ty), str(pointee(body.args[0].ty)))
        ]
        return found[0] if len(found) == 1 else None

    def has_functions(self, name: str) -> bool:
        """Whether bodies of this last word are here."""
        return name in self._functions

    def callee(self, path: Path, types: Sequence[Ty]) -> Body | None:
        """The body that a call to `path` with arguments of these types runs; None if it is not here.

        A method is headed by the place of its impl and called by its type, so that it is found by its name
        and its parameters; two that fit count as not found. Parameters or result have to tell the type, as
        another crate may have a function of the same name for it; and all impls that may be for the type and have
        this method are of the trait that is called.
        """
        names = self._functions.get(path.last, ())
        for name in (str(path), path.plain):
            exact = self.body(name) if name in names else None
            if exact is not None:
                told = name in self.facts.oracle.answers.bodies
                return exact if told else self._instance(exact, path)
        if not self._is_of_its_trait(path, names):
            return None
        wanted = [_erase(ty) for ty in types]
        found = [
            body
            for name in names
            if "<impl at " in name
            for body in self.mir.bodies(name)
            if [_erase(arg.ty) for arg in body.args] == wanted and _tells(body, path)
        ]
        return found[0] if len(found) == 1 else None

    def _is_of_its_trait(self, path: Path, names: Sequence[str]) -> bool:
        """Whether a method of this name for this type can only be of the trait that the path names, or of none as the
        path names none. `names`: all functions of this name."""
        trait = _trait(path)
        if self.facts.methods is None:
            return trait is None and len(names) == 1
        name = "" if trait is None else trait.last
        own = {plain for plain in self.facts.traits if plain.rpartition("::")[2] == name}
        if trait is not None and own and own != {trait.plain}:
            return False
        head = _self_head(path)
        headers = [h for h in self.facts.methods.get(path.last, ()) if h.may_be_for(head)]
        return all(header.trait == name for header in headers)


def _trait(path: Path) -> Path | None:
    """The trait whose method a path names."""
    match path.segments:
        case (QualifiedSelf(trait=Path() as trait), *_):
            return trait
        case _:
            return None


def _self_head(path: Path) -> str:
    """The last word of the type whose method a path names; empty for a type that has none."""
    match path.segments:
        case (QualifiedSelf(self_ty=PathTy(path=head)), *_):
            return head.last
        case (QualifiedSelf(self_ty=ty), *_):
            return str(ty) if str(ty).isidentifier() else ""
        case (*_, Name(ident=ident), Name()):
            return ident
        case _:
            return ""


def _field_types(body: Body) -> dict[str, dict[Key, Ty]]:
    """For each type, the fields of it that places of the body go to, with their types."""
    found: dict[str, dict[Key, Ty]] = {}
    for block in body.blocks:
        for place in places_and_constants(block):
            if not isinstance(place, Place):
                continue
            ty: Ty | None = body.locals[place.local].ty
            variant: str | None = None
            for projection in place.projections:
                if isinstance(projection, Field) and ty is not None and transparent_field(ty) is None:
                    key: Key = projection.index if variant is None else (variant, projection.index)
                    found.setdefault(_erase(ty), {})[key] = projection.ty
                    variant = None
                elif isinstance(projection, Downcast):
                    variant = projection.variant if isinstance(projection.variant, str) else None
                ty = projected_ty(ty, projection)
    return found


_NUMBER = re.compile(r"-?\d+|true|false|'.*'")


def _tells(body: Body, path: Path) -> bool:
    """Whether the signature of a method's body has the type that it is called for."""
    match path.segments:
        case (QualifiedSelf(self_ty=ty), *_):
            own = _erase(ty)
        case (*scope, Name()) if scope:
            own = _erase(PathTy(Path(tuple(scope)))).replace("::<", "<")
        case _:
            return False
    signature = [_erase(arg.ty) for arg in body.args] + [_erase(body.return_ty)]
    return any(re.search(rf"(?<![\w:]){re.escape(own)}(?!\w)", text) for text in signature)


def _erase(ty: Ty) -> str:
    """A type's text without lifetimes."""
    return re.sub(r"'\w+ ?|<'\w+>", "", str(ty))


def dialect_key(path: Path) -> str:
    """The key of a path in the dialect tables: generic arguments left out, self types by their heads."""
    parts = []
    for segment in path.segments:
        match segment:
            case Name(ident=ident):
                parts.append(ident)
            case QualifiedSelf(self_ty=ty, trait=Path() as trait):
                parts.append(f"<{_head(ty)} as {core_path(trait.plain)}>")
            case ImplBlock(self_ty=ty, trait=None):
                parts.append(f"<impl {_head(ty)}>")
            case _:
                parts.append(str(segment))
    return core_path("::".join(parts))


def _head(ty: Ty) -> str:
    match ty:
        case PathTy(path=path):
            return core_path(path.plain)
        case RawPtrTy(mutable=mutable):
            return f"*{'mut' if mutable else 'const'} T"
        case RefTy(mutable=mutable):
            return f"&{'mut ' if mutable else ''}T"
        case SliceTy():
            return "[T]"
        case _:
            return str(ty)
