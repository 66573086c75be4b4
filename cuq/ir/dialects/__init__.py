"""Device APIs as data: what their functions and types mean, in tables that users can add to."""

from cuq.ir.dialects.dialects import BUILTIN as BUILTIN
from cuq.ir.dialects.dialects import Dialects as Dialects
