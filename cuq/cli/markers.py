"""What a kernel's own markers say of its launches, as a contract: the weakest one, which all others are over."""

from __future__ import annotations

from cuq.base.span import Span
from cuq.checks.result import Obstacle
from cuq.contract import Contract, Dims, Requirement, parse_condition
from cuq.ir.module import Kernel


def marked(kernel: Kernel | Obstacle, name: str, span: Span) -> tuple[Contract, ...]:
    """The contract of launch bounds and block sizes that the kernel's dialect marks in its body."""
    if isinstance(kernel, Obstacle):
        return ()
    block, most = kernel.launch.block, kernel.launch.max_threads
    if block is None and most is None:
        return ()
    limit = f"block.x * block.y * block.z <= {most}"
    return (
        Contract(
            name,
            span,
            block=None if block is None else Dims(*block, span),
            requires=()
            if most is None or block is not None
            else (Requirement(parse_condition(limit, span), span),),
        ),
    )
