"""Contracts: which launches a kernel's verdicts speak of. Written in comments, `cuq.toml` or flags."""

from cuq.contract.contract import (
    Allow,
    Contract,
    Dims,
    Initial,
    Length,
    MayAlias,
    Requirement,
    check_kernel_names,
    contract_for,
)
from cuq.contract.directives import Directives, Expectation, parse_directives, parse_items
from cuq.contract.launches import Launch, launch_contract, launches
from cuq.contract.parser import parse_condition, parse_int_term
from cuq.contract.relations import Relation, relations, relations_contract
from cuq.contract.terms import Condition, IntTerm, Leaf, Term, holds, leaves, render, value_of

__all__ = [
    "Allow",
    "Condition",
    "Contract",
    "Dims",
    "Directives",
    "Expectation",
    "Initial",
    "IntTerm",
    "Launch",
    "Leaf",
    "Length",
    "MayAlias",
    "Relation",
    "Requirement",
    "Term",
    "check_kernel_names",
    "contract_for",
    "holds",
    "launch_contract",
    "launches",
    "leaves",
    "parse_condition",
    "parse_directives",
    "parse_int_term",
    "parse_items",
    "relations",
    "relations_contract",
    "render",
    "value_of",
]
