"""cuda-oxide's `ptx_asm!`: a call of a marker that is given the template, LLVM's constraints and the inputs.

Source: cuda-oxide a105afd, crates/cuda-macros/src/ptx_asm.rs. In the template `$0` is the first output, inputs are
numbered behind the outputs; a constraint that is a number ties an input to that output; `C` inserts a text.
"""

from __future__ import annotations

import re

from cuq.base.errors import Unsupported
from cuq.ir.lower.asm import follow, output
from cuq.ir.lower.asm_values import Registers
from cuq.ir.lower.cursor import Cursor
from cuq.ir.lower.library import LibraryCall
from cuq.ir.lower.types import is_zero_sized, scalar
from cuq.ir.lower.values import UNIT, Record, Tree
from cuq.ir.ops import ObjectRef
from cuq.ir.types import PTR
from cuq.mir.types import TupleTy, Ty
from cuq.ptx.instructions import tree as ptx

_TEXTS = 3
"""The first arguments: template, constraints, options."""


def lower_ptx_marker(at: Cursor, call: LibraryCall, result: Ty | None) -> Tree:
    """The operations of the template; the value is its output, or the tuple of them."""
    template, constraints, _ = (_text(at, call, arg) for arg in call.args[:_TEXTS])
    kinds = [text for text in constraints.split(",") if text and not text.startswith("~")]
    outputs = _outputs(result, len([text for text in kinds if text.startswith("=")]))
    inputs = list(zip(kinds[len(outputs) :], call.args[_TEXTS:], call.types[_TEXTS:], strict=False))
    if len(kinds) - len(outputs) != len(call.args) - _TEXTS:
        raise Unsupported(f"inline assembly: the constraints `{constraints}`", span=at.span)
    registers = Registers()
    for index, ty in enumerate(outputs):
        registers.outputs[index] = scalar(ty)
    texts: dict[int, str] = {}
    for index, (kind, value, ty) in enumerate(inputs, len(outputs)):
        if kind == "C":
            texts[index] = _text(at, call, value).partition("\0")[0]
            continue
        number = scalar(ty)
        if number is None:
            raise Unsupported(f"inline assembly: an operand of type {ty}", span=at.span)
        registers.set(ptx.Placeholder(int(kind) if kind.isdigit() else index), at.value(value, number))
    if not follow(at, _placeholders(template, texts), registers):
        raise Unsupported("inline assembly: it ends the thread", span=at.span)
    values = [output(at, registers, index, ty) for index, ty in enumerate(outputs)]
    if not values:
        return UNIT
    return values[0] if not isinstance(result, TupleTy) else Record(dict(enumerate(values)))


def _outputs(result: Ty | None, count: int) -> list[Ty]:
    """The types of the outputs."""
    if result is None or is_zero_sized(result):
        return []
    return list(result.elems) if isinstance(result, TupleTy) and count != 1 else [result]


def _placeholders(template: str, texts: dict[int, str]) -> str:
    """With the placeholders of `asm!`, and braces of PTX doubled as there."""

    def placed(match: re.Match[str]) -> str:
        if match[0] == "$$":
            return "$"
        index = int(match[1])
        return texts.get(index, f"{{{index}}}")

    return re.sub(r"\$(?:\$|(\d+))", placed, template.replace("{", "{{").replace("}", "}}"))


def _text(at: Cursor, call: LibraryCall, value: Tree) -> str:
    """The contents of a constant `&[u8; N]`."""
    leaf = at.leaf(value, PTR)
    image = at.objects.known[leaf.name].image if isinstance(leaf, ObjectRef) else None
    if image is None:
        raise Unsupported(f"a call to {call.path} with a text that is not constant", span=at.span)
    return image.decode(errors="replace")
