"""Contracts from command line flags: `--block`, `--grid`, `--param`, `--requires`, `--may-alias`, `--any-launch`.

A flag speaks of every kernel that has the names it mentions; one that no kernel has is an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cuq.base.errors import UsageError
from cuq.base.records import dataclass
from cuq.base.suggest import did_you_mean
from cuq.cli import args
from cuq.contract import Contract, leaves, parse_items
from cuq.contract.terms import Len, Param


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag as the user wrote it, the contract it states, and the names of parameters in it."""

    written: str
    contract: Contract
    names: frozenset[str]

    def applies_to(self, params: Iterable[str]) -> bool:
        known = set(params)
        return all(name in known or name.split(".")[0] in known for name in self.names)


def contract_flags(
    *,
    block: str | None,
    grid: str | None,
    param: Sequence[str],
    requires: Sequence[str],
    may_alias: Sequence[str],
    any_launch: bool,
) -> tuple[Flag, ...]:
    """The flags, in the order of the arguments. Raises UsageError at what is not understood."""
    items: list[tuple[str, str, str]] = []
    for name, value in (("block", block), ("grid", grid)):
        if value is not None:
            sizes = ",".join("_" if size is None else str(size) for size in args.dims(value, f"--{name}"))
            items.append((f"--{name}", value, f"{name}=[{sizes}]"))
    for value in param:
        name, number = args.binding(value, "--param")
        items.append(("--param", value, f'requires="{name} == {number}"'))
    items += [("--requires", value, f'requires="{value}"') for value in requires]
    items += [("--may-alias", value, f"may_alias=[{value}]") for value in may_alias]
    items += [("--any-launch", "", "any_launch=true")] if any_launch else []
    return tuple(_flag(name, value, text) for name, value, text in items)


def check_names(flags: Iterable[Flag], kernels: Sequence[Iterable[str]]) -> None:
    """Raise UsageError for the first flag that applies to none of the kernels, given by their parameters."""
    known = {name for params in kernels for name in params}
    for flag in flags:
        if kernels and not any(flag.applies_to(params) for params in kernels):
            unknown = sorted(name for name in flag.names if name.split(".")[0] not in known)
            if unknown:
                raise UsageError(
                    f"{flag.written}: no kernel has a parameter `{unknown[0]}`",
                    help=did_you_mean(unknown[0], known),
                )
            raise UsageError(f"{flag.written}: no kernel has all of these parameters")


def _flag(name: str, value: str, text: str) -> Flag:
    contract = parse_items([(name, text)])
    return Flag(f"{name} {value}".strip(), contract, frozenset(_names(contract)))


def _names(contract: Contract) -> Iterator[str]:
    for requirement in contract.requires:
        for leaf in leaves(requirement.condition):
            match leaf:
                case Param(name) | Len(name):
                    yield name
                case _:
                    pass  # every kernel has launch dimensions
    for group in contract.may_alias:
        yield from group.params
