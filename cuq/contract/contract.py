"""A kernel's contract: the launches that its verdicts speak of (semantics in docs/contracts.md)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from cuq.base.errors import UsageError
from cuq.base.records import dataclass
from cuq.base.span import Span
from cuq.base.suggest import did_you_mean
from cuq.contract.terms import Condition, IntTerm, Len, Param, leaves, render

MAX_BLOCK = (1024, 1024, 64)
MAX_THREADS = 1024
MAX_GRID = (2**31 - 1, 65535, 65535)


@dataclass(frozen=True, slots=True)
class Dims:
    """Launch dimensions; None leaves one free."""

    x: int | None
    y: int | None
    z: int | None
    span: Span

    def as_tuple(self) -> tuple[int | None, int | None, int | None]:
        """The three, x first."""
        return self.x, self.y, self.z


@dataclass(frozen=True, slots=True)
class Requirement:
    """A condition that every considered launch satisfies."""

    condition: Condition
    span: Span


@dataclass(frozen=True, slots=True)
class Length:
    """A slice or pointer parameter has `elements` elements."""

    param: str
    elements: IntTerm
    span: Span


@dataclass(frozen=True, slots=True)
class Initial:
    """What a parameter points to, or a static, holds `value` (in every element) at entry."""

    name: str
    value: int
    span: Span


@dataclass(frozen=True, slots=True)
class MayAlias:
    """These parameters may overlap."""

    params: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Allow:
    """Findings of one check are accepted, for a reason, perhaps until a day (that day included)."""

    check: str
    reason: str
    until: date | None
    span: Span


@dataclass(frozen=True, slots=True)
class Contract:
    """What is said of one kernel, or of every kernel when `kernel` is None.

    kernel: its name, or its path when the name is not unique. any_launch: drop the assumptions on launches
    that hold by default (`launch-no-wrap`, `unused-dims-are-one`). span: the first place that speaks of it.
    """

    kernel: str | None
    span: Span
    block: Dims | None = None
    grid: Dims | None = None
    requires: tuple[Requirement, ...] = ()
    lengths: tuple[Length, ...] = ()
    initial: tuple[Initial, ...] = ()
    may_alias: tuple[MayAlias, ...] = ()
    allows: tuple[Allow, ...] = ()
    any_launch: bool = False

    def length_of(self, param: str) -> IntTerm | None:
        """The number of elements of `param`, where the contract says it."""
        return next((length.elements for length in self.lengths if length.param == param), None)

    def aliases(self, a: str, b: str) -> bool:
        """Whether the contract lets these two parameters overlap."""
        return any(a in group.params and b in group.params for group in self.may_alias)

    def over(self, lower: Contract) -> Contract:
        """This contract with what only `lower` says added.

        Dimensions, lengths and initial values of this one win; conditions, aliases and allowances add up.
        """
        lengths = {item.param for item in self.lengths}
        initial = {item.name for item in self.initial}
        return replace(
            self,
            block=self.block or lower.block,
            grid=self.grid or lower.grid,
            requires=(*lower.requires, *self.requires),
            lengths=(*(item for item in lower.lengths if item.param not in lengths), *self.lengths),
            initial=(*(item for item in lower.initial if item.name not in initial), *self.initial),
            may_alias=(*lower.may_alias, *self.may_alias),
            allows=(*lower.allows, *self.allows),
            any_launch=self.any_launch or lower.any_launch,
        )

    def render(self) -> tuple[str, ...]:
        """The contract as directive lines, which parse back to it; none when it says nothing."""
        items = []
        for key, dims in (("block", self.block), ("grid", self.grid)):
            if dims is not None:
                items.append(f"{key}=[{','.join('_' if d is None else str(d) for d in dims.as_tuple())}]")
        items += [f'requires="{render(item.condition)}"' for item in self.requires]
        items += [f'len.{item.param}="{render(item.elements)}"' for item in self.lengths]
        items += [f"init.{item.name}={item.value}" for item in self.initial]
        items += [f"may_alias=[{','.join(group.params)}]" for group in self.may_alias]
        items += ["any_launch=true"] if self.any_launch else []
        for allow in self.allows:
            until = f', until="{allow.until.isoformat()}"' if allow.until else ""
            items.append(f'allow({allow.check}, reason="{allow.reason}"{until})')
        name = f"kernel={self.kernel} " if self.kernel else ""
        return tuple(f"//@ cuq: {name}{item}" for item in items)


def contract_for(
    names: Sequence[str],
    layers: Iterable[Iterable[Contract]],
    *,
    params: Iterable[str],
    statics: Iterable[str] = (),
    span: Span,
) -> Contract:
    """The contract in force for one kernel.

    names: how contracts may call the kernel, the name for reports first. layers: what the source, cuq.toml
    and the flags say, the strongest last; within a layer what names the kernel is over what speaks of all.
    params: its parameters; statics: those it uses. Raises UsageError for names that do not exist.
    """
    result = Contract(names[0], span)
    for layer in layers:
        contracts = list(layer)
        for contract in contracts:
            if contract.kernel is None:
                result = replace(contract.over(result), kernel=names[0])
        for contract in contracts:
            if contract.kernel in names:
                result = replace(contract.over(result), kernel=names[0])
    _check_names(result, tuple(params), tuple(statics))
    return result


def check_kernel_names(contracts: Iterable[Contract], known: Iterable[str]) -> None:
    """Raise UsageError for the first contract whose kernel is not among `known`."""
    names = set(known)
    for contract in contracts:
        if contract.kernel is not None and contract.kernel not in names:
            raise UsageError(
                f"no kernel is called `{contract.kernel}`",
                span=contract.span,
                help=did_you_mean(contract.kernel, names),
            )


def checked_dims(values: Sequence[int | None], limits: tuple[int, int, int], what: str, span: Span) -> Dims:
    """Dimensions with those left out as 1, as in a launch. Raises UsageError when no device has them."""
    if not 1 <= len(values) <= 3:
        raise UsageError(f"`{what}` takes one to three dimensions", span=span)
    x, y, z = (*values, 1, 1)[:3]
    for value, limit, axis in zip((x, y, z), limits, "xyz", strict=True):
        if value is not None and not 1 <= value <= limit:
            raise UsageError(f"no launch has {what}.{axis} = {value}: it is 1 to {limit}", span=span)
    threads = (x or 1) * (y or 1) * (z or 1)
    if limits == MAX_BLOCK and threads > MAX_THREADS:
        raise UsageError(f"no launch has {threads} threads in a block: at most {MAX_THREADS}", span=span)
    return Dims(x, y, z, span)


def _check_names(contract: Contract, params: tuple[str, ...], statics: tuple[str, ...]) -> None:
    def check(name: str, known: tuple[str, ...], span: Span) -> None:
        # `s.field` is the field of the parameter `s`; which fields there are, the types say.
        if name not in known and name.split(".")[0] not in known:
            raise UsageError(
                f"`{contract.kernel}` has no parameter `{name}`", span=span, help=did_you_mean(name, known)
            )

    terms = (*(r.condition for r in contract.requires), *(length.elements for length in contract.lengths))
    for term in terms:
        for leaf in leaves(term):
            match leaf:
                case Param(name) | Len(name):
                    check(name, params, leaf.span)
                case _:
                    pass  # a dimension always exists
    for length in contract.lengths:
        check(length.param, (*params, *statics), length.span)
    for item in contract.initial:
        check(item.name, (*params, *statics), item.span)
    for group in contract.may_alias:
        for param in group.params:
            check(param, params, group.span)
