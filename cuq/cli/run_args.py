"""`--arg NAME=VALUE` of `cuq run`: what a launch is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from fractions import Fraction

from cuq.base.errors import UsageError
from cuq.base.records import dataclass
from cuq.base.suggest import did_you_mean
from cuq.ir.interp.contents import Pattern
from cuq.ir.interp.ieee import ieee_format
from cuq.ir.module import Kernel, ObjectKind
from cuq.ir.ops import Reg
from cuq.ir.types import FloatType, PtrType

_PATTERNS = {"random": Pattern.RANDOM, "zeros": Pattern.CONSTANT, "iota": Pattern.IOTA}


@dataclass(frozen=True, slots=True)
class Arguments:
    """`params`: words by printed name. `contents`: what fills an object, by its name."""

    params: dict[str, int] = field(default_factory=dict)
    contents: dict[str, Pattern | tuple[Fraction, ...]] = field(default_factory=dict)


def arguments(kernel: Kernel, texts: Sequence[str]) -> Arguments:
    """From `n=16`, `a=2.5`, `x=random`, `x=zeros`, `x=iota`, `x=1,2,3` (a list sets a slice's length, too).

    Raises UsageError for names that the kernel does not have and values that do not suit their type.
    """
    out = Arguments()
    scalars = scalar_registers(kernel)
    objects = {o.name for o in kernel.objects if o.kind is not ObjectKind.LOCAL}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not value:
            raise UsageError(f"--arg: `{text}` is not of the form NAME=VALUE")
        if name in scalars:
            out.params[name] = _scalar(scalars[name], value, text)
        elif name in objects:
            out.contents[name] = _contents(value, text)
        else:
            help = did_you_mean(name, sorted({*scalars, *objects}))
            raise UsageError(f"--arg: kernel `{kernel.name}` has no parameter `{name}`", help=help)
    for name, contents in out.contents.items():
        length = f"{name}.len"
        if isinstance(contents, tuple) and length in scalars:
            out.params.setdefault(length, len(contents))
    return out


def scalar_registers(kernel: Kernel) -> dict[str, Reg]:
    """The registers that take a number, by their printed names."""
    return {
        name: reg
        for param in kernel.params
        for reg, name, obj in zip(param.regs, param.names, param.objects, strict=True)
        if obj is None
    }


def scalar_text(reg: Reg, word: int) -> str:
    """The value of a parameter as the user would write it; integers without their sign."""
    return repr(ieee_format(reg.type.bits).decode(word)) if isinstance(reg.type, FloatType) else str(word)


def _scalar(reg: Reg, value: str, text: str) -> int:
    try:
        match reg.type:
            case FloatType(bits=bits):
                form = ieee_format(bits)
                special = value.lstrip("+-").lower() in ("nan", "inf", "infinity")
                return form.encode(float(value)) if special else form.round(Fraction(value))
            case PtrType():
                raise UsageError(f"--arg: `{text}`: the parameter is a pointer inside a struct")
            case _:
                number = {"true": 1, "false": 0}.get(value)
                return int(value, 0) if number is None else number
    except ValueError:
        raise UsageError(f"--arg: `{text}` is not a value of type {reg.type}") from None


def _contents(value: str, text: str) -> Pattern | tuple[Fraction, ...]:
    pattern = _PATTERNS.get(value.removeprefix("@"))
    if pattern is not None:
        return pattern
    try:
        return tuple(Fraction(int(part, 0)) if "x" in part else Fraction(part) for part in value.split(","))
    except ValueError:
        help = f"a list of numbers, or {', '.join(_PATTERNS)}"
        raise UsageError(f"--arg: `{text}` is nothing that memory can hold", help=help) from None
