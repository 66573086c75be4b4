"""Asking rustc for what its MIR text leaves open.

Aliases with `#[rustc_dump_layout(debug)]` (rustc_passes/src/layout_test.rs) stand behind the source: rustc
answers each with an error that holds the layout, for types that are private where the alias stands, too. A
constant's value is read off the layout of arrays of that length, and its type off a mismatch.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from cuq.toolchain.answers import Answers, ConstantAnswer, LayoutAnswer, Question, QuestionKind, Tag
from cuq.toolchain.bodies import function
from cuq.toolchain.crate_names import roots
from cuq.toolchain.debug_text import parse_debug
from cuq.toolchain.inquiry import Inquiry
from cuq.toolchain.instantiate import instantiated
from cuq.toolchain.lifetimes import static_lifetimes, static_references
from cuq.toolchain.messages import errors
from cuq.toolchain.promoteds import with_promoteds
from cuq.toolchain.run_with import run_with
from cuq.toolchain.texts import dependency_hir, dependency_mir

_FLAGS = (
    "-Zcrate-attr=feature(rustc_attrs)",
    # Types in full.
    "-Ztrim-diagnostic-paths=no",
    "-Zwrite-long-types-to-disk=no",
    "--emit=metadata",
)
_CHUNK = 16
_SCALAR = re.compile(r"[iu](?:8|16|32|64|128|size)|bool|char|f(?:16|32|64)")
_FOUND = re.compile(r"expected `\(\)`, found `([^`]+)`")
_LONE = re.compile(r"(?<![\w:])[A-Z]\w*(?![\w:])")
# What questions are made of besides, which means the same everywhere.
_OURS = re.compile(r"#\[repr\([^\]]*\]|\bCuq\w+")
# Not spelled as Rust, and nothing that an answer is read from.
_RANGES = re.compile(r"valid_range: .*")


def ask(inquiry: Inquiry, questions: Collection[Question], timeout: float) -> Answers:
    """What rustc answers to the questions; those that it does not understand are left out.

    What is about another crate may only be told there: one that is needed by way of others has no name here. Raises as
    `run_with` does.
    """
    wanted = [question for question in questions if question.kind is not QuestionKind.BODY]
    answers = _ask(inquiry, wanted, timeout) if wanted else Answers()
    elsewhere: dict[str, list[Question]] = {}
    for question in wanted:
        text = f"{question.text} {question.ty}"
        crates = roots(text)
        # A word by itself would mean what that crate means by it.
        if question not in answers and len(crates) == 1 and not _LONE.search(_OURS.sub("", text)):
            elsewhere.setdefault(crates.pop(), []).append(question)
    for crate, open_ in elsewhere.items():
        if crate in inquiry.dependencies:
            found = _ask(
                inquiry.dependencies[crate], [_at_home(question, crate) for question in open_], timeout
            )
            answers |= _renamed(found, open_, crate)
    functions = sorted((q for q in questions if q.kind is QuestionKind.BODY), key=lambda q: q.text)
    return answers | Answers(bodies=_bodies(inquiry, functions, timeout)) if functions else answers


def _bodies(inquiry: Inquiry, questions: Iterable[Question], timeout: float) -> dict[str, str]:
    """The functions of other crates that can be had: as they are, or at types."""
    found = dict(_functions(inquiry, [q.text for q in questions], timeout))
    others = [question for question in questions if question.text not in found]
    found |= instantiated(inquiry, others, timeout)
    promoteds = partial(dependency_mir, inquiry, timeout=timeout)
    return {path: with_promoteds(text, promoteds) for path, text in found.items()}


def _functions(inquiry: Inquiry, paths: Iterable[str], timeout: float) -> Iterator[tuple[str, str]]:
    """The functions without arguments for types."""
    of_crates: dict[str, list[str]] = {}
    for path in paths:
        of_crates.setdefault(path.partition("::")[0], []).append(path)
    for crate, own in of_crates.items():
        mir, hir = dependency_mir(inquiry, crate, timeout), dependency_hir(inquiry, crate, timeout)
        if mir is None or hir is None:
            continue
        for path in own:
            text = function(crate, path, mir, hir, inquiry.dependencies)
            if text is not None:
                yield path, text


def _at_home(question: Question, crate: str) -> Question:
    """The question as it is put in the crate that it is about."""
    own = re.compile(rf"(?<![\w:]){crate}::")
    return Question(question.kind, own.sub("crate::", question.text), own.sub("crate::", question.ty))


def _renamed(found: Answers, questions: Iterable[Question], crate: str) -> Answers:
    """The answers that another crate gave, under the names of the questions here."""
    constants, layouts = {}, {}
    for question in questions:
        there = _at_home(question, crate).text
        if question.kind is QuestionKind.LAYOUT and there in found.layouts:
            layouts[question.text] = found.layouts[there]
        elif question.kind is QuestionKind.CONSTANT and there in found.constants:
            answer = found.constants[there]
            constants[question.text] = ConstantAnswer(question.ty or answer.ty, answer.bits)
    return Answers(constants, layouts)


def _ask(inquiry: Inquiry, questions: Iterable[Question], timeout: float) -> Answers:
    ordered = sorted(questions, key=lambda q: (q.kind.value, q.text))
    asked = [(q, part, line) for number, q in enumerate(ordered) for part, line in _lines(number, q)]
    with tempfile.TemporaryDirectory(prefix="cuq-") as folder:
        flags = (*_FLAGS, "--out-dir", folder)
        output, first = run_with(inquiry, [line for _, _, line in asked], flags, timeout)
    about = {number: (question, part) for number, (question, part, _) in enumerate(asked, first)}
    return _answers(about, errors(output.stderr))


def _lines(number: int, question: Question) -> Iterator[tuple[str, str]]:
    """The lines that ask a question, each with a word for what its answer tells."""
    text = static_lifetimes(question.text)
    name = f"__CuqQuestion{number}"
    match question.kind:
        case QuestionKind.LAYOUT:
            ty = static_references(text)
            yield "layout", f"#[rustc_dump_layout(debug)] type {name} = {ty};"
        case QuestionKind.CONSTANT:
            if not question.ty:
                yield "type", f"const _: () = {text};"
            for part, value in (("number", f"({text}) as u128"), ("bits", f"({text}).to_bits() as u128")):
                if part in _values(question.ty):
                    alias = f"{name}{part.capitalize()}"
                    chunks = [
                        f"[u8; ({alias}Value >> {shift} & 0xffff) as usize]" for shift in _shifts(question.ty)
                    ]
                    yield part, f"#[rustc_dump_layout(debug)] type {alias} = {alias}Fields;"
                    yield "", f"const {alias}Value: u128 = {value};"
                    yield "", f"#[repr(C)] struct {alias}Fields({', '.join(chunks)}, u8);"
        case QuestionKind.BODY:
            raise ValueError("bodies are not told by lines behind the source")


def _values(ty: str) -> tuple[str, ...]:
    """How the value of a constant of this type is read; both ways when it is not known."""
    if not ty:
        return ("number", "bits")
    return ("bits",) if _is_float(ty) else ("number",)


def _is_float(ty: str) -> bool:
    return _SCALAR.fullmatch(ty) is not None and ty.startswith("f")


def _shifts(ty: str) -> range:
    """The positions of the chunks that a value of this type has."""
    width = ty[1:] if _SCALAR.fullmatch(ty) else ""
    return range(0, int(width) if width.isdigit() else 128, _CHUNK)


def _answers(about: Mapping[int, tuple[Question, str]], errors: Iterable[tuple[int, str, str]]) -> Answers:
    types = {question.text: question.ty for question, _ in about.values() if question.ty}
    values: dict[tuple[str, str], int] = {}
    layouts: dict[str, LayoutAnswer] = {}
    for line, message, label in errors:
        question, part = about.get(line, (None, ""))
        if question is None:
            continue
        if part == "type" and (found := _FOUND.search(label)) and _is_primitive(found[1]):
            types[question.text] = found[1]
        elif message.startswith("layout_of("):
            try:
                layout = _layout(message)
            except (ValueError, KeyError, IndexError, TypeError):
                continue  # as another release prints it: no answer
            if part == "layout":
                layouts[question.text] = layout
            else:
                values[question.text, part] = _joined(layout)
    constants = {}
    for text, ty in types.items():
        scalar = _SCALAR.fullmatch(ty) is not None
        value = values.get((text, "bits" if _is_float(ty) else "number"))
        if value is not None or not scalar:
            constants[text] = ConstantAnswer(ty, value)
    return Answers(constants, layouts)


def _is_primitive(ty: str) -> bool:
    """Whether a type is made of scalars only. Messages name others by their last word, which may be another's."""
    words = re.findall(r"[A-Za-z_]\w*", ty)
    return all(_SCALAR.fullmatch(word) or word in ("str", "mut", "const") for word in words)


def _joined(layout: LayoutAnswer) -> int:
    """The number whose chunks are the lengths of the arrays that begin at these offsets."""
    lengths = [end - start for start, end in zip(layout.offsets, layout.offsets[1:], strict=False)]
    return sum(length << (_CHUNK * i) for i, length in enumerate(lengths))


def _layout(message: str) -> LayoutAnswer:
    """Reads `layout_of(T) = Layout {…}`."""
    _, data = parse_debug(_RANGES.sub("valid_range: _,", message.partition(") = ")[2]))
    size, align = _bytes(data["size"]), _bytes(data["align"][1]["abi"])
    offsets = _offsets(data["fields"])
    variants = data["variants"]
    if variants == "Empty" or variants[0] != "Multiple":
        return LayoutAnswer(size, align, offsets)
    several = variants[1]
    _, scalar = several["tag"]
    tag = _tag(offsets[int(several["tag_field"])], _primitive(scalar["value"]), several["tag_encoding"])
    return LayoutAnswer(
        size, align, (), tag, tuple(_offsets(variant["fields"]) for _, variant in several["variants"])
    )


def _tag(offset: int, size: int, encoding: Any) -> Tag:
    if encoding == "Direct":
        return Tag(offset, size)
    _, niche = encoding
    first, _, last = niche["niche_variants"].partition("..=")
    return Tag(
        offset, size, (int(first), int(last)), int(niche["niche_start"]), int(niche["untagged_variant"])
    )


def _offsets(fields: Any) -> tuple[int, ...]:
    if fields == "Primitive":
        return ()
    kind, data = fields
    match kind:
        case "Union":
            return (0,) * int(data[0])
        case "Arbitrary":
            return tuple(map(_bytes, data["offsets"]))
        case _:
            return ()


def _primitive(value: Any) -> int:
    """Bytes of a scalar: `Int(I8, false)`, `Pointer(AddressSpace(0))`."""
    kind, data = value
    return int(data[0].removeprefix("I")) // 8 if kind == "Int" else 8


def _bytes(value: Any) -> int:
    """`Size(4 bytes)`, `Align(8 bytes)`."""
    return int(value[1][0])
