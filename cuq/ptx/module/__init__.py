"""Whole PTX modules: functions with their statements, and variables."""

from cuq.ptx.module.parser import parse_module as parse_module
from cuq.ptx.module.tree import Function as Function
from cuq.ptx.module.tree import Module as Module
