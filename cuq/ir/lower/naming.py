"""Which registers are values of the source's variables."""

from __future__ import annotations

from cuq.ir.lower.blocks import Ssa
from cuq.ir.lower.values import Incoming, Slot, Tree, project_all
from cuq.ir.ops import Reg
from cuq.mir.body import Body
from cuq.mir.tree import Place


def variables(body: Body) -> dict[Slot, str]:
    """The locals that are variables of the function itself, and not of one that was inlined."""
    found: dict[Slot, str] = {}
    for var in body.debug_vars:
        match var.value:
            case Place(local=local, projections=()) if var.fragment is None:
                if len(body.inline_chain(var.source)) == 1:
                    found.setdefault(Slot((), local), var.name)
            case _:
                pass
    return found


def named_registers(ssa: Ssa) -> tuple[tuple[Reg, str], ...]:
    """In the order of their numbers; with those that were copied to a variable before they were known."""
    names = dict(ssa.names)
    for block in ssa.blocks:
        for slot, name in ssa.variables.items():
            leaf = _known(ssa, block.defs[slot]) if slot in block.defs else None
            if isinstance(leaf, Reg):
                names.setdefault(leaf, name)
    return tuple(sorted(names.items(), key=lambda named: named[0].id))


def _known(ssa: Ssa, tree: Tree) -> Tree | None:
    """The scalar that `tree` was found to be; None if nobody asked for it."""
    while isinstance(tree, Incoming):
        block = tree.block
        known = block.entry.get((tree.slot, tree.keys))
        if known is not None:
            return ssa.resolve(known)
        if not (block.sealed and len(block.preds) == 1):
            return None
        tree = project_all(ssa.at_end(block.preds[0], tree.slot), tree.keys)
    return tree
