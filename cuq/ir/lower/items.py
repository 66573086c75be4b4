"""Constant items and promoted constants: their bodies, evaluated where they are used."""

from __future__ import annotations

from cuq.base.errors import Unsupported
from cuq.ir.lower.cursor import Cursor
from cuq.ir.lower.frames import Frame
from cuq.ir.lower.known import known_constant
from cuq.ir.lower.values import Tree
from cuq.mir import terminators as mir
from cuq.mir.body import BodyKind
from cuq.mir.consts import PathConst
from cuq.mir.types import Ty

_CONSTANTS = (BodyKind.CONST, BodyKind.PROMOTED, BodyKind.ANON)


def item_type(at: Cursor, path: PathConst) -> Ty | None:
    """The type of the constant of this path; None if the file does not tell."""
    body = at.objects.program.body(str(path))
    if body is not None and body.kind in _CONSTANTS:
        return body.return_ty
    if path.promoted is not None:
        return None
    known = known_constant(at.objects.layouts, path.path, at.span) or at.objects.facts.oracle.constant(
        path.path
    )
    return None if known is None else known[1]


def item_constant(at: Cursor, path: PathConst) -> Tree | None:
    """The value of the constant item or promoted constant of this path; None if the file has none.

    Raises `Unsupported` when the body is not straight-line code.
    """
    # A constant's body consists of statements, which have operands, which may be constants.
    from cuq.ir.lower.statements import lower_statement

    body = at.objects.program.body(str(path))
    if body is None or body.kind not in _CONSTANTS:
        return None
    frame = Frame(body, (*at.frame.path, (body.name, 0)), at.frame.label, None)
    inner = Cursor(at.ssa, at.objects, frame, at.block, at.source)
    number, seen = 0, {0}
    while True:
        block = frame.mir_block(number)
        for statement in block.statements:
            inner.source = statement.source
            lower_statement(inner, statement.kind)
        match block.terminator.kind:
            case mir.Return():
                return at.ssa.read(at.block, frame.slot(0), ())
            case mir.Goto(target=target) if target not in seen:
                number = target
                seen.add(target)
            case _:
                answer = None if path.promoted is not None else at.objects.facts.oracle.constant(path.path)
                if answer is not None:
                    return answer[0]
                raise Unsupported(f"the constant {path}, which takes a computation", span=at.span)
