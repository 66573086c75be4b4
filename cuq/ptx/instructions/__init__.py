"""PTX instructions: their syntax, and what each does to registers, memory and other threads."""

from cuq.ptx.instructions.meaning import effect as effect
from cuq.ptx.instructions.parser import parse_statements as parse_statements
