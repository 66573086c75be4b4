"""What cuq knows how to find: one entry a check id, the source of `explain`, the docs and SARIF rules."""

from __future__ import annotations

from cuq.base.records import dataclass
from cuq.checks.result import Property


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One kind of finding.

    `meaning`, `fix` and `suppress` are Markdown; `wrong` and `right` are Rust. `theorem` names the Coq
    theorem that a `verified` of this property rests on, None where the solver's answer is all there is.
    """

    code: str
    title: str
    property: Property
    meaning: str
    wrong: str
    right: str
    fix: str
    suppress: str
    theorem: str | None


_ALLOW = """\
Above the kernel, with a reason, and a date if it is meant to end:

```rust
//@ cuq: allow({code}, reason="{reason}", until="2030-01-01")
```

The finding is then reported as suppressed. It never makes the kernel `verified`."""


def _allow(code: str, reason: str) -> str:
    return _ALLOW.format(code=code, reason=reason)


CATALOGUE: tuple[Check, ...] = (
    Check(
        code="CUQ-R001",
        title="data race between threads of a block",
        property=Property.RACE,
        meaning="""\
Two threads of one block access at least one common byte, at least one of them writes it, they are not both
atomic with a scope that includes the other, and no block barrier (or release/acquire chain) orders the two
accesses. Warps give no order: since Volta their threads run independently. Writing the same value twice is
a race as well. Under Rust's rules a data race is undefined behaviour, whatever the hardware would do.""",
        wrong="""\
s[t] = x[i];
y[i] = s[255 - t];          // reads what another thread may not have written yet""",
        right="""\
s[t] = x[i];
_syncthreads();             // core::arch::nvptx
y[i] = s[255 - t];""",
        fix="""\
Put a block barrier between the two accesses, on a path that all threads of the block take; in a loop often
two are needed, one before and one after the shared memory is reused. Or let each thread write its own
element, or make both accesses atomic with at least block scope.""",
        suppress=_allow("CUQ-R001", "both threads write the same value"),
        theorem="phase_soundness_kernel",
    ),
    Check(
        code="CUQ-R002",
        title="data race between blocks",
        property=Property.RACE,
        meaning="""\
Threads of two different blocks access at least one common byte of global memory, at least one of them
writes it, and nothing orders them. A block barrier does not: it orders the threads of its own block only.
Blocks run in any order and at the same time.""",
        wrong="""\
let t = _thread_idx_x() as usize;            // repeats in each block
*y.add(t) = 2.0 * *x.add(t);""",
        right="""\
let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
if i < n { *y.add(i) = 2.0 * *x.add(i); }""",
        fix="""\
Give each block elements of its own (put the block index into the index), split the work into two kernel
launches, or combine results with atomics of `gpu` scope. If the kernel is meant for one block only, say so
in its contract: `//@ cuq: grid=[1,1,1]`.""",
        suppress=_allow("CUQ-R002", "only ever launched with one block"),
        theorem="phase_soundness_kernel",
    ),
    Check(
        code="CUQ-R003",
        title="data race that involves an atomic access",
        property=Property.RACE,
        meaning="""\
An atomic access overlaps another access, one of them writes, and the pair is not *morally strong*: the other
access is plain or volatile, or the scope of one of the two does not reach the other thread, or they overlap
in only some of their bytes. Such an atomic gives no protection against the other access.""",
        wrong="""\
counter.fetch_add(1, Relaxed);               // atomic
if *counter.as_ptr() > limit { return; }     // a plain read of the same word""",
        right="""\
counter.fetch_add(1, Relaxed);
if counter.load(Relaxed) > limit { return; }""",
        fix="""\
Make both accesses atomic, of the same width, with a scope that includes both threads (`block` scope is enough
only inside a block), or order them with a barrier.""",
        suppress=_allow("CUQ-R003", "a stale value is acceptable here"),
        theorem="phase_soundness_kernel",
    ),
    Check(
        code="CUQ-D001",
        title="barrier that not all threads of a block reach",
        property=Property.DIVERGENCE,
        meaning="""\
Threads of one block disagree about a block barrier: one waits at it while another takes a path without it,
waits at a different one, or executes it a different number of times. The launch then hangs, or the barrier
joins threads that wait at different places.""",
        wrong="""\
if t < 16 {
    s[t] += s[t + 16];
    _syncthreads();          // the other threads never come here
}""",
        right="""\
if t < 16 {
    s[t] += s[t + 16];
}
_syncthreads();""",
        fix="""\
Move the barrier out of the branch, or make the condition (or the loop's trip count) the same for all threads
of a block: let it depend on block indices, launch sizes and parameters only.""",
        suppress=_allow("CUQ-D001", "the condition is uniform by construction of the input"),
        theorem="divergence_soundness",
    ),
    Check(
        code="CUQ-D002",
        title="barrier missed by threads that have exited",
        property=Property.DIVERGENCE,
        meaning="""\
Some threads of a block return while others still go on to a block barrier. CUDA requires all threads that
have not exited to arrive, and asks programs not to rely on exited threads: exited threads do not count as
arrived here. Recent hardware does not hang on this, older hardware may.""",
        wrong="""\
if i >= n { return; }        // the tail of the last block leaves
s[t] = x[i];
_syncthreads();""",
        right="""\
s[t] = if i < n { x[i] } else { 0.0 };
_syncthreads();
if i >= n { return; }""",
        fix="""\
Keep all threads alive until the last barrier and guard the accesses instead, or require a size that leaves
no tail: `//@ cuq: requires="n % block.x == 0"`.""",
        suppress=_allow("CUQ-D002", "only for hardware that counts exited threads as arrived"),
        theorem="divergence_soundness",
    ),
    Check(
        code="CUQ-B001",
        title="access outside its object",
        property=Property.BOUNDS,
        meaning="""\
A read or write touches bytes outside the object that its pointer comes from: a slice (its length is part of
the parameter), an array, a static, a shared array. Raw pointer parameters have no known extent; they are
checked once the contract gives one (`len.p`).""",
        wrong="""\
static mut TILE: [f32; 256] = [0.0; 256];    // shared
TILE.as_mut_ptr().add(t + 1).write(v);       // t = 255 writes behind it""",
        right="""\
if t + 1 < 256 { TILE.as_mut_ptr().add(t + 1).write(v); }""",
        fix="""\
Guard the access, make the object larger, or state in the contract what the launch guarantees, such as
`//@ cuq: block=[256,1,1] requires="n <= grid.x * block.x"`.""",
        suppress=_allow("CUQ-B001", "the allocation is padded"),
        theorem=None,
    ),
    Check(
        code="CUQ-P001",
        title="reachable panic",
        property=Property.PANIC,
        meaning="""\
Some thread of some launch panics: an index that is out of bounds of a slice, a division by zero, an overflow
in a build with overflow checks, `unwrap` of nothing. That is defined behaviour (the thread traps and the
launch fails), so it is a warning unless `--deny panic` is given.""",
        wrong="""\
y[i] = a * x[i] + y[i];      // panics in the tail threads, where i >= y.len()""",
        right="""\
if i < y.len() && i < x.len() { y[i] = a * x[i] + y[i]; }""",
        fix="""\
Guard the operation, use `get`, or state the launch's guarantee in the contract, such as
`//@ cuq: requires="x.len >= grid.x * block.x"`.""",
        suppress=_allow("CUQ-P001", "a trap is what we want here"),
        theorem=None,
    ),
    Check(
        code="CUQ-U001",
        title="undefined behaviour",
        property=Property.UB,
        meaning="""\
A thread does what Rust leaves undefined even without another thread: arithmetic declared not to overflow
does (`unchecked_add`, pointer offsets), a null or misaligned pointer is dereferenced, an
`assert_unchecked` condition is false, an `unreachable_unchecked` is reached.""",
        wrong="""\
let j = unsafe { i.unchecked_sub(1) };       // i = 0 in the first thread""",
        right="""\
let j = i.wrapping_sub(1);                   // or: if i > 0 { … }""",
        fix="""\
Use the checked or wrapping operation, guard it, or state in the contract what excludes the bad value.""",
        suppress=_allow("CUQ-U001", "excluded by the host code"),
        theorem=None,
    ),
    Check(
        code="CUQ-A001",
        title="ordering weaker in the PTX than in the source",
        property=Property.ARTEFACT,
        meaning="""\
The source asks for an acquire, a release or more, and what stands in its place in the PTX does not do it, also not with
a fence beside it. Where operations of the source and of the PTX stand differently, so that it is not known which is which,
no operation of the kind does it. What the source orders is not ordered on the machine. rustc's own back end does so with `swap` and
all `fetch_*`: whatever their ordering, they become relaxed atomics of device scope.""",
        wrong="""\
while lock.swap(1, Ordering::Acquire) != 0 {}          // atom.global.exch.b32: relaxed""",
        right="""\
while lock.compare_exchange(0, 1, Ordering::Acquire, Ordering::Relaxed).is_err() {}""",
        fix="""\
Use a compare-and-swap, a load or a store, which keep their orderings, or write the fences yourself around a relaxed
operation: `fence(Release)` before it, `fence(Acquire)` after it.""",
        suppress=_allow("CUQ-A001", "one thread of the launch uses it"),
        theorem="measured_lowering_unsound",
    ),
    Check(
        code="CUQ-A002",
        title="shared memory in another state space",
        property=Property.ARTEFACT,
        meaning="""\
A static that the source puts into the shared memory of a block is a variable of another state space in the PTX. In
`.global` memory all blocks share it, so that what is ordered by block barriers is not ordered between blocks. rustc's
own back end does so with `#[link_section = ".shared"]`.""",
        wrong="""\
#[link_section = ".shared"]
static mut TILE: [f32; 256] = [0.0; 256];               // .global .align 4 .b8 TILE[1024]""",
        right="""\
let mut tile = SharedArray::<f32, 256>::new();          // a device API that knows shared memory""",
        fix="Use a back end or a device API that knows shared memory, or declare it in inline assembly.",
        suppress=_allow("CUQ-A002", "the grid is one block"),
        theorem=None,
    ),
    Check(
        code="CUQ-A003",
        title="read that may miss what the launch writes",
        property=Property.ARTEFACT,
        meaning="""\
Memory that the kernel writes is read by `ld.global.nc`, whose cache does not see the writes of the launch. Compilers
use it for what a reference without interior mutability points to, as nobody may write that while it lives.""",
        wrong="""\
pub unsafe extern "ptx-kernel" fn step(old: &f32, new: *mut f32)      // called with one address for both""",
        right="""\
pub unsafe extern "ptx-kernel" fn step(old: *const f32, new: *mut f32)""",
        fix="Take a raw pointer for memory that the launch writes.",
        suppress=_allow("CUQ-A003", "the memory is never the same"),
        theorem=None,
    ),
    Check(
        code="CUQ-A004",
        title="loop that nothing ends",
        property=Property.ARTEFACT,
        meaning="""\
A loop that waits for memory to change has become a branch to itself. A plain read may be taken out of the loop, as without
a data race nobody changes what it reads meanwhile; what is left never ends.""",
        wrong="""\
while *flag == 0 {}                             // bra.uni to itself""",
        right="""\
while flag.load(Ordering::Acquire) == 0 {}      // ld.acquire in the loop""",
        fix="Wait with an atomic load.",
        suppress=_allow("CUQ-A004", "the thread is meant to hang"),
        theorem=None,
    ),
)

BY_CODE: dict[str, Check] = {check.code: check for check in CATALOGUE}


def codes_of(prop: Property) -> tuple[str, ...]:
    """The check ids that belong to a property."""
    return tuple(check.code for check in CATALOGUE if check.property is prop)
