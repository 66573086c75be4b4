"""Run one operation on given words and look at the result."""

from __future__ import annotations

from functools import cache

from cuq.ir.interp import Interpreter, LaunchConfig, Report
from cuq.ir.parse import parse_kernel


@cache
def _interpreter(operation: str, args: tuple[str, ...], result: str) -> Interpreter:
    params = "\n".join(f'param p{i}: "word" = %{i}:{kind} as p{i} unsigned' for i, kind in enumerate(args))
    operands = ", ".join(f"%{i}" for i in range(len(args)))
    n = len(args)
    # An i1 is widened, so that every result can be read back from memory.
    widen = f"%{n + 2}:i8 = zext %{n + 1}" if result == "i1" else ""
    return Interpreter(
        parse_kernel(
            f"""kernel single {{
            object out: param global element 1
            {params}
            param out: "*mut" = %{n}:ptr as out unsigned -> @out
            bb0():
            %{n + 1}:{result} = {operation} {operands}
            {widen}
            store global.weak %{n}, %{n + 2 if widen else n + 1}
            return
            }}"""
        )
    )


def execute(operation: str, result: str, *args: tuple[str, int]) -> Report:
    """Run `operation` on (type, word) pairs; its result is stored at the start of object `out`."""
    interpreter = _interpreter(operation, tuple(kind for kind, _ in args), result)
    return interpreter.run(LaunchConfig(params={f"p{i}": word for i, (_, word) in enumerate(args)}))


def compute(operation: str, result: str, *args: tuple[str, int]) -> int | str:
    """The result word, or the message of the fault that stopped the operation."""
    report = execute(operation, result, *args)
    if report.faults:
        return report.faults[0].message
    word = report.word("out", 0, max(1, int(result[1:]) // 8))
    assert word is not None
    return word
