"""The interpreter's interface."""

from __future__ import annotations

from collections.abc import Collection

from cuq.ir.interp.clocks import Clocks
from cuq.ir.interp.codegen import Program, compile_kernel
from cuq.ir.interp.launch import LaunchConfig, Limits, ThreadCoord
from cuq.ir.interp.log import Epoch
from cuq.ir.interp.machine import Machine
from cuq.ir.interp.races import find_races
from cuq.ir.interp.report import Race, Report
from cuq.ir.interp.schedule import InOrder, Schedule
from cuq.ir.interp.setup import check_threads, set_up
from cuq.ir.interp.sites import Site, sites_of
from cuq.ir.module import Kernel
from cuq.ir.ops import Fence, WarpBarrier

_DEFAULT_SCHEDULE = InOrder()
_DEFAULT_LIMITS = Limits()


class Interpreter:
    """A kernel that is ready to be launched many times."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.sites = sites_of(kernel)
        self._programs: dict[bool, Program] = {}
        # Without release or acquire, nothing but barriers orders anything.
        self._orders = any(
            isinstance(s.op, Fence | WarpBarrier)
            or (s.reading and s.reading.acquires)
            or (s.writing and s.writing.releases)
            for s in self.sites
        )

    def run(
        self,
        config: LaunchConfig,
        *,
        schedule: Schedule = _DEFAULT_SCHEDULE,
        only_threads: Collection[ThreadCoord] | None = None,
        trace: bool = False,
        limits: Limits = _DEFAULT_LIMITS,
    ) -> Report:
        """Execute a launch, or just `only_threads` of it.

        Raises `UsageError` if the launch does not fit the kernel, `Unsupported` for operations without a
        meaning here, and when a barrier is reached by a block of which only some threads run.
        """
        clocks = Clocks() if self._orders else None
        args, memory = set_up(self.kernel, config)
        only = None if only_threads is None else check_threads(only_threads, config)
        program = self._program(schedule.interleave)
        machine = Machine(program, config, args, memory, schedule, only, limits, clocks, trace)
        machine.run()

        def races_between(a: Site, thread_a: ThreadCoord, b: Site, thread_b: ThreadCoord) -> list[Race]:
            def keep(epoch: Epoch, site: Site) -> bool:
                return (epoch.thread, site) in ((thread_a, a), (thread_b, b))

            return find_races(memory.instances(), self._orders, keep)

        return Report(
            races=tuple(find_races(memory.instances(), self._orders)),
            divergences=tuple(sorted(machine.divergences, key=lambda d: d.block[::-1])),
            faults=tuple(sorted(machine.faults, key=lambda f: (f.site.index, _linear(f.thread)))),
            timeouts=tuple(sorted(machine.timeouts, key=lambda t: _linear(t.thread))),
            finished=machine.finished,
            trace=tuple(machine.trace or ()),
            sites=self.sites,
            memory=memory,
            races_between=races_between,
        )

    def _program(self, interleave: bool) -> Program:
        program = self._programs.get(interleave)
        if program is None:
            program = self._programs[interleave] = compile_kernel(self.kernel, self.sites, interleave)
        return program


def run(
    kernel: Kernel,
    config: LaunchConfig,
    *,
    schedule: Schedule = _DEFAULT_SCHEDULE,
    only_threads: Collection[ThreadCoord] | None = None,
    trace: bool = False,
    limits: Limits = _DEFAULT_LIMITS,
) -> Report:
    """Execute one launch of a kernel; see `Interpreter.run`."""
    return Interpreter(kernel).run(
        config, schedule=schedule, only_threads=only_threads, trace=trace, limits=limits
    )


def _linear(thread: ThreadCoord) -> tuple[int, ...]:
    return (*thread.block[::-1], *thread.thread[::-1])
