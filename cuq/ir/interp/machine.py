"""Run the threads of a launch: scheduling, barriers, ends."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from cuq.base.errors import Unsupported
from cuq.ir.interp.clocks import Clocks, ThreadClock
from cuq.ir.interp.codegen import STEPS, Program
from cuq.ir.interp.launch import Coord, LaunchConfig, Limits, ThreadCoord
from cuq.ir.interp.log import Epoch
from cuq.ir.interp.memory import Memory
from cuq.ir.interp.report import Divergence, Fault, Position, Timeout
from cuq.ir.interp.schedule import Schedule
from cuq.ir.interp.sites import Site
from cuq.ir.interp.thread import BlockState, References, Thread, TraceEvent, Value
from cuq.ir.interp.values import AccessTrap, Trap
from cuq.ir.interp.warps import Waiting, exchange, meets, ready
from cuq.ir.ops import Exchange


class Machine:
    """One execution of a launch. After `run`, the attributes hold what happened."""

    def __init__(
        self,
        program: Program,
        config: LaunchConfig,
        args: tuple[Value, ...],
        memory: Memory,
        schedule: Schedule,
        only: Collection[ThreadCoord] | None,
        limits: Limits,
        clocks: Clocks | None,
        trace: bool,
    ) -> None:
        self.program = program
        self.config = config
        self.args = args
        self.memory = memory
        self.schedule = schedule
        self.only = only
        self.limits = limits
        self.clocks = clocks
        self.trace: list[TraceEvent] | None = [] if trace else None
        self.faults: list[Fault] = []
        self.divergences: list[Divergence] = []
        self.timeouts: list[Timeout] = []
        self.finished = True
        self.queue = schedule.queue()
        self.blocks: dict[Coord, BlockState] = {}
        self.steps = 0

    def run(self) -> None:
        """Run all threads until they end, wait for ever, or reach a limit.

        Blocks start one after the other, the next when no thread of the earlier ones gets on by itself
        (all at once when threads are interleaved).
        """
        pending = self._blocks()
        idle = stalled = 0
        while True:
            if not self.queue or self.schedule.interleave or idle > len(self.queue):
                if self._admit(pending):
                    idle = 0
                    continue
                if not self.queue:
                    return
            thread = self.queue.take()
            if self._turn(thread):
                idle = stalled = 0
            else:
                idle += 1
                stalled = stalled + 1 if thread.stalled else 0
            if stalled > self.limits.idle_turns * (len(self.queue) + 1):
                self._give_up("all threads wait for each other")
                return
            if self.steps > self.limits.launch_steps:
                self._give_up("the launch takes too many steps")
                return

    def _blocks(self) -> Iterator[tuple[int, Coord]]:
        """Blocks with their numbers, in the order in which they start."""
        if self.only is not None:
            wanted = {coord.block for coord in self.only}
            x, y, _ = self.config.grid
            numbered = sorted((b[0] + x * (b[1] + y * b[2]), b) for b in wanted)
            return iter(numbered[::-1] if self.schedule.reverse else numbered)
        if self.schedule.reverse:
            return reversed(list(enumerate(self.config.blocks())))
        return enumerate(self.config.blocks())

    def _admit(self, pending: Iterator[tuple[int, Coord]]) -> bool:
        """Start the next block; False if there is none."""
        following = next(pending, None)
        if following is None:
            return False
        number, coord = following
        numbered = enumerate(self.config.threads(), number * self.config.block_size)
        threads = [(n, ThreadCoord(coord, thread)) for n, thread in numbered]
        if self.only is not None:
            threads = [(n, thread) for n, thread in threads if thread in self.only]
        complete = len(threads) == self.config.block_size
        self.blocks[coord] = BlockState(coord, number, len(threads), complete)
        for n, thread in reversed(threads) if self.schedule.reverse else threads:
            self.queue.add(self._thread(n, number, thread))
        return True

    def _thread(self, number: int, block: int, coord: ThreadCoord) -> Thread:
        thread = Thread(
            coord,
            self.args,
            (
                *coord.thread,
                *self.config.block,
                *coord.block,
                *self.config.grid,
                self.config.lane(coord.thread),
            ),
            self.memory,
            References(self.memory, coord),
            ThreadClock(Epoch(coord, number, block)),
            self.clocks,
            self.trace,
        )
        thread.turn = self.program.start(thread)
        return thread

    def _turn(self, thread: Thread) -> bool:
        """Let a thread run until it gives up control; whether it got on."""
        assert thread.turn is not None
        block = self.blocks[thread.coord.block]
        thread.wrote = False
        thread.left = None
        goes_on = False
        try:
            event = next(thread.turn)
        except StopIteration as end:
            block.exited.append((thread, end.value))
            self._meet_without(block, thread)
        except Trap as trap:
            self._fault(thread, trap)
            block.stopped += 1
        else:
            if event is None:
                goes_on = True
            elif meets(event):
                block.meeting.append((thread, event))
                self._meet(block, thread, event)
            else:
                block.waiting.append((thread, event))
        self._count(thread)
        if goes_on and thread.steps <= self.limits.thread_steps:
            self.queue.add(thread)
            return thread.wrote
        if goes_on:
            self._time_out(thread, "the thread takes too many steps")
            block.stopped += 1
        if block.settled:
            self._settle(block)
        return True

    def _count(self, thread: Thread) -> None:
        """Add the steps of a turn to those of the thread and of the launch; a turn is one at least."""
        steps = 1 if thread.left is None else STEPS - thread.left
        thread.steps += steps
        self.steps += steps

    def _fault(self, thread: Thread, trap: Trap) -> None:
        site = self.program.site_of(trap.__traceback__)
        if isinstance(trap, AccessTrap):
            where = trap.obj, trap.offset, trap.width
            self.faults.append(Fault(trap.kind, thread.coord, site, trap.message, *where))
        else:
            self.faults.append(Fault(trap.kind, thread.coord, site, trap.message))

    def _time_out(self, thread: Thread, reason: str) -> None:
        self.finished = False
        site = self.program.current_site(thread)
        self.timeouts.append(Timeout(thread.coord, site, reason))

    def _give_up(self, reason: str) -> None:
        while self.queue:
            self._time_out(self.queue.take(), reason)

    def _settle(self, block: BlockState) -> None:
        """All threads of a block wait or are gone: pass the barrier, or report why it cannot be passed.

        Threads that stopped (trapped, timed out) hold the barrier for ever without diverging.
        """
        if block.meeting:
            if not block.complete:
                site = block.meeting[0][1]
                raise Unsupported(
                    "lanes that meet in a block of which only some threads run", span=site.loc.span
                )
            if not block.stopped:
                waiting = (*block.meeting, *block.waiting)
                self.divergences.append(
                    Divergence(block.coord, block.interval, _positions([*waiting]), _positions(block.exited))
                )
            return
        if not block.waiting:
            return
        if not block.complete:
            site = block.waiting[0][1]
            raise Unsupported("a barrier in a block of which only some threads run", span=site.loc.span)
        if block.exited or len({site for _, site in block.waiting}) > 1:
            self.divergences.append(
                Divergence(block.coord, block.interval, _positions(block.waiting), _positions(block.exited))
            )
        elif not block.stopped:
            self._pass_barrier(block)

    def _meet(self, block: BlockState, thread: Thread, site: Site) -> None:
        """Let lanes go on if `thread` was the last that they waited for."""
        waiting = [Waiting(t, s) for t, s in block.meeting]
        lanes = ready(waiting, Waiting(thread, site), [t for t, _ in block.exited])
        if not lanes:
            return
        match site.op:
            case Exchange() as op:
                exchange(op, lanes)
            case _:
                if self.clocks is not None:
                    self.clocks.barrier([lane.thread.sync for lane in lanes])
        done = {id(lane.thread) for lane in lanes}
        block.meeting = [(t, s) for t, s in block.meeting if id(t) not in done]
        for lane in lanes:
            self.queue.add(lane.thread)

    def _meet_without(self, block: BlockState, gone: Thread) -> None:
        """A thread has ended: lanes that waited only for it go on."""
        for thread, site in [(t, s) for t, s in block.meeting if t.warp == gone.warp]:
            if any(t is thread for t, _ in block.meeting):
                self._meet(block, thread, site)

    def _pass_barrier(self, block: BlockState) -> None:
        block.interval += 1
        threads = sorted((thread for thread, _ in block.waiting), key=lambda t: t.epoch.number)
        block.waiting.clear()
        if self.clocks is not None:
            self.clocks.barrier([t.sync for t in threads])
        for thread in reversed(threads) if self.schedule.reverse else threads:
            thread.sync.epoch = replace(thread.epoch, interval=block.interval)
            self.queue.add(thread)


def _positions(threads: list[tuple[Thread, Site]]) -> tuple[Position, ...]:
    return tuple(sorted((Position(t.coord, site) for t, site in threads), key=_linear))


def _linear(position: Position) -> tuple[int, ...]:
    return position.thread.thread[::-1]
