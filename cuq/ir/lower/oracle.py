"""What rustc answered about the crate, and what lowering would have it asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field

from cuq.base.records import dataclass
from cuq.ir.lower.types import pointee, scalar
from cuq.ir.ops import FALSE, TRUE, Const
from cuq.ir.types import FloatType, IntType
from cuq.mir.body import Body
from cuq.mir.consts import Constant, PathConst
from cuq.mir.parser import parse_type
from cuq.mir.types import ArrayTy, BoolTy, ImplBlock, Name, Path, PathTy, SliceTy, TupleTy, Ty
from cuq.mir.walk import places_and_constants
from cuq.toolchain.answers import Answers, LayoutAnswer, Question, QuestionKind


@dataclass(frozen=True, slots=True)
class Oracle:
    """`missing`: questions that came up and have no answer yet. `parameters`: names that are type or const
    parameters somewhere in the crate, and at its root, where questions stand, something else if anything."""

    answers: Answers = field(default_factory=Answers)
    parameters: frozenset[str] = frozenset()
    missing: set[Question] = field(default_factory=set)

    def constant(self, path: Path) -> tuple[Const, Ty] | None:
        """The value and type of a constant of scalar type; None if rustc has not said."""
        question = self._question(_constant(path))
        if question is None:
            return None
        answer = self.answers.constants.get(question.text)
        if answer is None:
            self.missing.add(question)
            return None
        ty = parse_type(answer.ty)
        if isinstance(ty, BoolTy):
            return (TRUE if answer.bits else FALSE), ty
        kind = scalar(ty)
        if not isinstance(kind, IntType | FloatType):
            return None
        return Const(answer.bits % 2**kind.bits, kind), ty

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
        return Oracle(self.answers | answers, self.parameters)

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
        known = {**self.answers.constants, **self.answers.layouts}
        if question is not None and question.text not in known:
            self.missing.add(question)

    def _question(self, question: Question | None) -> Question | None:
        """None for one whose names mean something else at the root of the crate."""
        if question is None or self.parameters & set(re.findall(r"\w+", question.text)):
            return None
        return question


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


def _parts(ty: Ty) -> Iterator[PathTy]:
    """The named types that a type's memory may hold, pointers followed."""
    target = pointee(ty)
    if target is not None:
        yield from _parts(target)
        return
    match ty:
        case ArrayTy(elem=elem) | SliceTy(elem=elem):
            yield from _parts(elem)
        case TupleTy(elems=elems):
            for elem in elems:
                yield from _parts(elem)
        case PathTy():
            yield ty
        case _:
            pass
