"""Litmus tests decided by z3."""

from cuq.ptx.litmus.symbolic.engine import solve_executions

__all__ = ["solve_executions"]
