"""Litmus tests decided by going through all executions."""

from cuq.ptx.litmus.enumeration.engine import enumerate_executions, enumerate_few

__all__ = ["enumerate_executions", "enumerate_few"]
