"""Litmus tests in herd's PTX format: threads as columns, memory at the start, a condition at the end."""

from cuq.ptx.litmus.parser import parse_litmus
from cuq.ptx.litmus.syntax import Litmus

__all__ = ["Litmus", "parse_litmus"]
