"""Models and expressions over events, as parsed."""

from __future__ import annotations

from enum import Enum

from cuq.base.records import dataclass
from cuq.base.span import Span


class Operator(Enum):
    """Operations on two sets or two relations; SEQ and TIMES give relations."""

    UNION = "|"
    SEQ = ";"
    DIFFERENCE = "\\"
    INTERSECTION = "&"
    TIMES = "*"


class Closure(Enum):
    """Operations on one relation."""

    INVERSE = "^-1"
    PLUS = "^+"
    STAR = "^*"
    OPTIONAL = "?"


@dataclass(frozen=True, slots=True)
class Name:
    """A set or relation: of the execution, or bound by the model."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    function: str
    args: tuple[Expr, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Binary:
    op: Operator
    left: Expr
    right: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Postfix:
    op: Closure
    of: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Complement:
    """All events, or all pairs, that are not in `of`."""

    of: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Identity:
    """`[S]`: the pairs (e, e) for e in a set."""

    of: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Nothing:
    """`0`: the empty relation."""

    span: Span


Expr = Name | Call | Binary | Postfix | Complement | Identity | Nothing


@dataclass(frozen=True, slots=True)
class Binding:
    """`name = value`, or a function when it has parameters."""

    name: str
    params: tuple[str, ...]
    value: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Let:
    """Bindings one after the other, or, with `rec`, the least relations that satisfy all of them."""

    bindings: tuple[Binding, ...]
    rec: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Choose:
    """`with name from orders(lower, total)`: see the package."""

    name: str
    lower: Expr
    total: Expr
    span: Span


class Property(Enum):
    ACYCLIC = "acyclic"
    IRREFLEXIVE = "irreflexive"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Check:
    """An axiom. With `flag`, an execution that breaks it is not ruled out but noted under the name."""

    property: Property
    value: Expr
    name: str
    span: Span
    flag: bool = False


Statement = Let | Choose | Check


@dataclass(frozen=True, slots=True)
class Model:
    """A model; `title` is the string that it begins with, `readings` are the names that its text offers a choice for."""

    title: str
    statements: tuple[Statement, ...]
    readings: tuple[str, ...] = ()

    @property
    def axioms(self) -> tuple[str, ...]:
        return tuple(s.name for s in self.statements if isinstance(s, Check) and not s.flag)


def text(expr: Expr) -> str:
    """An expression with all its parentheses; `parse_model` reads it back."""
    match expr:
        case Name(name=name):
            return name
        case Call(function=function, args=args):
            return f"{function}({', '.join(map(text, args))})"
        case Binary(op=op, left=left, right=right):
            return f"({text(left)} {op.value} {text(right)})"
        case Postfix(op=op, of=of):
            return f"{text(of)}{op.value}"
        case Complement(of=of):
            return f"~{text(of)}"
        case Identity(of=of):
            return f"[{text(of)}]"
        case Nothing():
            return "0"


def statement_text(statement: Statement) -> str:
    match statement:
        case Let(bindings=bindings, rec=rec):
            return f"let {'rec ' if rec else ''}{' and '.join(map(_binding_text, bindings))}"
        case Choose(name=name, lower=lower, total=total):
            return f"with {name} from orders({text(lower)}, {text(total)})"
        case Check(property=prop, value=value, name=name, flag=flag):
            return f"{'flag ' if flag else ''}{prop.value} {text(value)} as {name}"


def _binding_text(binding: Binding) -> str:
    params = f"({', '.join(binding.params)})" if binding.params else ""
    return f"{binding.name}{params} = {text(binding.value)}"


def model_text(model: Model) -> str:
    """The whole model, one statement a line."""
    return "\n".join([f'"{model.title}"', *map(statement_text, model.statements), ""])
