"""What rustc answered about the crate, and what lowering would have it asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import field

from cuq.base.records import dataclass
from cuq.ir.lower.types import pointee, scalar, transparent_field
from cuq.ir.ops import FALSE, TRUE, Const
from cuq.ir.types import I64, FloatType, IntType
from cuq.mir.body import Body
from cuq.mir.consts import Constant, PathConst
from cuq.mir.parser import parse_type
from cuq.mir.types import ArrayTy, BoolTy, ImplBlock, Name, Path, PathTy, SliceTy, TupleTy, Ty
from cuq.mir.walk import places_and_constants
from cuq.toolchain.answers import Answers, ConstantAnswer, LayoutAnswer, Question, QuestionKind, Tag
from cuq.toolchain.instantiate import signature


@dataclass(frozen=True, slots=True)
class FieldlessVariant:
    """A value of an enum that is a number, as a word of 64 bits."""

    discriminant: Const


Known = Const | FieldlessVariant | tuple["Known", ...]
"""A constant's value: a scalar, or the parts of an array or a tuple."""

MAX_ELEMENTS = 1024


@dataclass(frozen=True, slots=True)
class Oracle:
    """`missing`: questions that came up and have no answer yet. `ambiguous`: names that mean something somewhere in
    the crate, and at its root, where questions stand, something else if anything."""

    answers: Answers = field(default_factory=Answers)
    ambiguous: frozenset[str] = frozenset()
    missing: set[Question] = field(default_factory=set)

    def constant(self, path: Path, ty: Ty | None = None) -> tuple[Known, Ty] | None:
        """The value and type of a constant; None if rustc has not said, or the type is too rich.

        `ty`: the type, if it is known.
        """
        question = self._question(_constant(path))
        if question is None:
            return None
        ty = ty or self._type(question)
        if ty is None:
            return None
        value = self._value(question.text, ty)
        return None if value is None else (value, ty)

    def discriminant(self, ty: PathTy, variant: str) -> int | None:
        """The discriminant of a variant of an enum of which the crate has no declaration; None if rustc has not said.

        Values of the type are made of bytes with each of the tags, and matched against the variant.
        """
        layout = self.layout(ty)
        if layout is None or layout.tag is None:
            return None
        numbers = range(len(layout.variants))
        tests = [
            f"if is_it(&CuqBytes({list(_tagged(layout, layout.tag, number))})) {{ {number} }} else"
            for number in numbers
        ]
        text = (
            f"{{ #[repr(C, align(64))] struct CuqBytes([u8; {layout.size}]);"
            f" const fn is_it(bytes: &CuqBytes) -> bool {{ matches!(unsafe {{ &*(bytes as *const CuqBytes as *const {ty}) }},"
            f" {ty.path.plain}::{variant} {{ .. }}) }} {' '.join(tests)} {{ panic!() }} }}"
        )
        question = self._question(Question(QuestionKind.CONSTANT, text, "u32"))
        answer = None if question is None else self._answer(question)
        return None if answer is None else answer.bits

    def needs_drop(self, ty: Ty) -> bool | None:
        """Whether dropping a value of the type runs code; None if rustc has not said."""
        return self._truth(ty, "core::mem::needs_drop::<{}>()")

    def implements_drop(self, ty: Ty) -> bool | None:
        """Whether the type implements `Drop` itself; None if rustc has not said."""
        # An item of the type goes before one of a trait, where its bounds hold.
        return self._truth(
            ty,
            "{{ trait CuqNo {{ const IS: bool = false; }} impl<T: ?Sized> CuqNo for T {{}}"
            " struct CuqOf<T: ?Sized>(core::marker::PhantomData<T>);"
            " impl<T: ?Sized + Drop> CuqOf<T> {{ const IS: bool = true; }} <CuqOf<{}>>::IS }}",
        )

    def miss_body(self, path: Path, types: Sequence[Ty], result: Ty | None) -> None:
        """Ask for a function of another crate, called with arguments of these types."""
        asked = signature([str(ty) for ty in types], str(result))
        spelled = f"{path} {asked}"
        if result is not None and not (
            _unwritable(spelled) or self.ambiguous & set(re.findall(r"\w+", spelled))
        ):
            self.missing.add(Question(QuestionKind.BODY, str(path), asked))

    def _truth(self, ty: Ty, expression: str) -> bool | None:
        """The value of an expression about a type."""
        layout = self._question(_layout(ty))
        if layout is None:
            return None
        answer = self._answer(Question(QuestionKind.CONSTANT, expression.format(layout.text), "bool"))
        return None if answer is None or answer.bits is None else answer.bits != 0

    def _type(self, question: Question) -> Ty | None:
        answer = self._answer(question)
        if answer is None:
            return None
        try:
            return parse_type(answer.ty)
        except ValueError:  # a spelling of error messages that MIR does not have
            return None

    def _answer(self, question: Question) -> ConstantAnswer | None:
        answer = self.answers.constants.get(question.text)
        if answer is None:
            self.missing.add(question)
        return answer

    def _value(self, text: str, ty: Ty) -> Known | None:
        """The value of the constant expression `text` of type `ty`."""
        match ty:
            case ArrayTy(elem=elem, length=count) if (n := count.value) is not None and n <= MAX_ELEMENTS:
                return self._aggregate([(f"({text})[{i}]", elem) for i in range(n)])
            case TupleTy(elems=elems):
                return self._aggregate([(f"({text}).{i}", elem) for i, elem in enumerate(elems)])
            case PathTy() if transparent_field(ty) is None:
                answer = self._answer(Question(QuestionKind.CONSTANT, text, str(ty)))
                if answer is None or answer.bits is None:
                    return None
                return FieldlessVariant(Const(answer.bits % 2**64, I64))
            case _ if scalar(ty) is not None and pointee(ty) is None:
                return self._scalar(Question(QuestionKind.CONSTANT, text, str(ty)), ty)
            case _:
                return None

    def _aggregate(self, parts: list[tuple[str, Ty]]) -> Known | None:
        """All parts are asked for before one is missed."""
        values = [self._value(text, ty) for text, ty in parts]
        known = tuple(value for value in values if value is not None)
        return known if len(known) == len(values) else None

    def _scalar(self, question: Question, ty: Ty) -> Const | None:
        answer = self._answer(question)
        if answer is None or answer.bits is None:
            return None
        if isinstance(ty, BoolTy):
            return TRUE if answer.bits else FALSE
        kind = scalar(ty)
        return Const(answer.bits % 2**kind.bits, kind) if isinstance(kind, IntType | FloatType) else None

    def layout(self, ty: Ty) -> LayoutAnswer | None:
        """The layout of a type; None if rustc has not said."""
        question = self._question(_layout(ty))
        if question is None:
            return None
        answer = self.answers.layouts.get(question.text)
        if answer is None:
            self.missing.add(question)
        return answer

    def told(self, answers: Answers) -> Oracle:
        """With these answers as well, and nothing missing."""
        return Oracle(self.answers | answers, self.ambiguous)

    def foresee(self, body: Body) -> None:
        """Ask as well for all else that `body` has of the kind, so that one round is enough."""
        for ty in {part for local in body.locals for part in _parts(local.ty)}:
            self._note(_layout(ty))
        for block in body.blocks:
            for part in places_and_constants(block):
                if isinstance(part, Constant) and isinstance(part.value, PathConst):
                    self._note(None if part.value.promoted is not None else _constant(part.value.path))

    def _note(self, text: Question | None) -> None:
        question = self._question(text)
        if question is not None and question not in self.answers:
            self.missing.add(question)

    def _question(self, question: Question | None) -> Question | None:
        """None for one whose names mean something else at the root of the crate."""
        if question is None or self.ambiguous & set(re.findall(r"\w+", question.text)):
            return None
        return question


def _tagged(layout: LayoutAnswer, tag: Tag, number: int) -> bytes:
    """Zeros with the tag of the variant of this discriminant.

    Of variants that are told by the values that a field does not have, each has its place as its discriminant.
    """
    pattern = number
    if tag.niche is not None:
        first, last = tag.niche
        pattern = tag.niche_start + (last + 1 if number == tag.untagged else number) - first
    data = bytearray(layout.size)
    word = (pattern % (1 << 8 * tag.size)).to_bytes(tag.size, "little")
    data[tag.offset : tag.offset + tag.size] = word
    return bytes(data)


def _constant(path: Path) -> Question | None:
    """None for a path that cannot be written in source."""
    text = str(path)
    match path.segments:
        case (*_, ImplBlock(self_ty=ty, trait=None), Name() as name):
            text = f"<{ty}>::{name}"
        case _:
            pass
    return None if _unwritable(text) else Question(QuestionKind.CONSTANT, text)


def _layout(ty: Ty) -> Question | None:
    text = str(ty)
    return None if _unwritable(text) else Question(QuestionKind.LAYOUT, text)


def _unwritable(text: str) -> bool:
    return any(mark in text for mark in ("{", "impl ", "promoted[", " is ", "dyn "))


def _parts(ty: Ty) -> Iterator[PathTy | TupleTy]:
    """The named types and tuples that a type's memory may hold, pointers followed."""
    target = pointee(ty)
    if target is not None:
        yield from _parts(target)
        return
    match ty:
        case ArrayTy(elem=elem) | SliceTy(elem=elem):
            yield from _parts(elem)
        case TupleTy(elems=elems):
            if elems:
                yield ty
            for elem in elems:
                yield from _parts(elem)
        case PathTy():
            yield ty
        case _:
            pass
