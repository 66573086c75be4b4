"""The passes that lowering runs, and why each has its place."""

from __future__ import annotations

from collections.abc import Callable

from cuq.ir.module import Kernel
from cuq.ir.passes.dce import remove_dead
from cuq.ir.passes.gvn import number_values
from cuq.ir.passes.merge import merge_blocks
from cuq.ir.passes.promote import promote_locals
from cuq.ir.passes.select import form_selects
from cuq.ir.passes.simplify import simplify
from cuq.ir.passes.sink import sink_addresses
from cuq.ir.passes.spaces import infer_spaces
from cuq.ir.passes.tidy import drop_unused_objects, number_barriers, plain_undef
from cuq.ir.verify import verify

Pass = Callable[[Kernel], Kernel]

PASSES: tuple[Pass, ...] = (
    # What is in registers the other passes see through.
    promote_locals,
    # Lowering found block parameters before it knew all edges of loops: constants show up only now.
    simplify,
    # Fewer and longer blocks for everything that follows.
    merge_blocks,
    # Equal computations must be one register before parameters are compared; constants that branches
    # show to hold make more parameters constant.
    number_values,
    simplify,
    # Needs the `inactive` marks; leaves arms of branches empty, which `form_selects` wants.
    sink_addresses,
    remove_dead,
    form_selects,
    # Selects of constants decide branches on discriminants.
    simplify,
    merge_blocks,
    number_values,
    remove_dead,
    # Nothing looks at the marks from here on.
    plain_undef,
    # Pointers are final.
    infer_spaces,
    drop_unused_objects,
    # Blocks and barriers are final.
    number_barriers,
)


def run_passes(kernel: Kernel) -> Kernel:
    """The kernel after all passes, checked before the first and after each."""
    verify(kernel)
    for run in PASSES:
        kernel = run(kernel)
        verify(kernel)
    return kernel
