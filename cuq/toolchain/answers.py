"""What rustc can be asked about a crate: the values of constants, how types are laid out, and the MIR of functions of
other crates."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field
from enum import Enum
from typing import Any

from cuq.base.errors import InputError
from cuq.base.records import dataclass


class QuestionKind(Enum):
    CONSTANT = "constants"
    LAYOUT = "layouts"
    BODY = "bodies"


@dataclass(frozen=True, slots=True)
class Question:
    """About the constant expression, the type or the function that `text` is, spelled for the root of the crate.

    ty: the type of a constant, if it is known, so that its value alone is asked for.
    """

    kind: QuestionKind
    text: str
    ty: str = ""


@dataclass(frozen=True, slots=True)
class ConstantAnswer:
    """The type of a constant as text; for a scalar, and for an enum that can be cast to a number, the bits as an
    unsigned number of 128 bits (extended as the type is signed)."""

    ty: str
    bits: int | None


@dataclass(frozen=True, slots=True)
class Tag:
    """How an enum in memory tells its variants apart (rustc_abi, `Variants::Multiple`).

    A number of `size` bytes at `offset`. Directly the discriminant; or with a `niche`: the variants
    `niche[0]` to `niche[1]` have the numbers from `niche_start` on, all others mean the variant `untagged`.
    """

    offset: int
    size: int
    niche: tuple[int, int] | None = None
    niche_start: int = 0
    untagged: int = 0


@dataclass(frozen=True, slots=True)
class LayoutAnswer:
    """Size and alignment in bytes; offsets of fields in the order of their declaration (all 0 for a union).

    `variants`: the fields' offsets of each variant of an enum with several; `tag` tells which one it is.
    """

    size: int
    align: int
    offsets: tuple[int, ...] = ()
    tag: Tag | None = None
    variants: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Answers:
    """By the texts of the questions. What rustc would not answer is missing.

    bodies: the items of a dump that a function is made of, named as in the crate that asks.
    """

    constants: Mapping[str, ConstantAnswer] = field(default_factory=dict)
    layouts: Mapping[str, LayoutAnswer] = field(default_factory=dict)
    bodies: Mapping[str, str] = field(default_factory=dict)

    def __or__(self, other: Answers) -> Answers:
        return Answers(
            {**self.constants, **other.constants},
            {**self.layouts, **other.layouts},
            {**self.bodies, **other.bodies},
        )

    def __contains__(self, question: Question) -> bool:
        match question.kind:
            case QuestionKind.CONSTANT:
                return question.text in self.constants
            case QuestionKind.LAYOUT:
                return question.text in self.layouts
            case QuestionKind.BODY:
                return question.text in self.bodies

    def __bool__(self) -> bool:
        return bool(self.constants or self.layouts or self.bodies)


def answers_text(answers: Answers) -> str:
    """The answers as JSON, for a file beside a MIR dump."""
    constants = {text: [a.ty, a.bits] for text, a in sorted(answers.constants.items())}
    layouts = {text: _layout_json(a) for text, a in sorted(answers.layouts.items())}
    found: dict[str, Any] = {"constants": constants, "layouts": layouts}
    if answers.bodies:
        found["bodies"] = dict(sorted(answers.bodies.items()))
    return json.dumps(found, indent=1) + "\n"


def parse_answers(text: str) -> Answers:
    """The inverse of `answers_text`. Raises InputError for anything else."""
    try:
        data = json.loads(text)
        constants = {
            name: ConstantAnswer(str(ty), None if bits is None else int(bits))
            for name, (ty, bits) in data["constants"].items()
        }
        layouts = {name: _layout(layout) for name, layout in data["layouts"].items()}
        return Answers(constants, layouts, {str(k): str(v) for k, v in data.get("bodies", {}).items()})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"not a file of answers of rustc: {error}") from error


def _layout_json(layout: LayoutAnswer) -> dict[str, Any]:
    found: dict[str, Any] = {"size": layout.size, "align": layout.align, "offsets": layout.offsets}
    if layout.tag is not None:
        tag = layout.tag
        found["tag"] = [tag.offset, tag.size, tag.niche, tag.niche_start, tag.untagged]
        found["variants"] = layout.variants
    return found


def _layout(data: dict[str, Any]) -> LayoutAnswer:
    tag = None
    if "tag" in data:
        offset, size, niche, start, untagged = data["tag"]
        tag = Tag(offset, size, None if niche is None else (niche[0], niche[1]), start, untagged)
    variants = tuple(tuple(offsets) for offsets in data.get("variants", ()))
    return LayoutAnswer(data["size"], data["align"], tuple(data["offsets"]), tag, variants)
