"""Reference interpreter: executes a kernel for a concrete launch and reports what goes wrong.

It is the judge of refutations and shares nothing with the solver's encoding. Threads are executed one
operation at a time in some sequentially consistent order (`cuq.ir.interp.schedule`); races are found from
the recorded accesses, so in any order in which both accesses of a race execute.
"""

from cuq.ir.interp.contents import Fill, Pattern
from cuq.ir.interp.launch import Coord, LaunchConfig, Limits, ThreadCoord
from cuq.ir.interp.report import Access, Divergence, Fault, Position, Race, Report, Timeout
from cuq.ir.interp.run import Interpreter, run
from cuq.ir.interp.schedule import Explicit, InOrder, Interleaved, Schedule
from cuq.ir.interp.sites import AccessClass, Site
from cuq.ir.interp.thread import TraceEvent
from cuq.ir.interp.values import FaultKind

__all__ = [
    "Access",
    "AccessClass",
    "Coord",
    "Divergence",
    "Explicit",
    "Fault",
    "FaultKind",
    "Fill",
    "InOrder",
    "Interleaved",
    "Interpreter",
    "LaunchConfig",
    "Limits",
    "Pattern",
    "Position",
    "Race",
    "Report",
    "Schedule",
    "Site",
    "ThreadCoord",
    "Timeout",
    "TraceEvent",
    "run",
]
