"""Writes `docs/dialects/`: a page for each dialect, with prose from here and rows from the tables.

Run as `python -m cuq.report.dialectdocs`.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from cuq.base.files import write_atomic
from cuq.ir.dialects.dialects import TABLES
from cuq.ir.dialects.vocabulary import OPERATIONS
from cuq.ptx.instructions.meaning import REASONS

_PROSE = {
    "core": """# `core`: arch::nvptx and intrinsics

The device API of Rust's own library. Kernels have the ABI `ptx-kernel`; shared memory is a `static mut` with
`#[link_section = ".shared"]` (an assumption: rustc's backend puts it in global memory), or
`core::intrinsics::gpu::gpu_launch_sized_workgroup_mem` for memory whose size the launch sets. Atomics have system
scope; the ordering is that of the call. Both spellings are known: functions as they are after inlining
(`core::core_arch::nvptx::thread_idx_x`), and as they are called (`core::arch::nvptx::_thread_idx_x`).
""",
    "cuda_std": """# `cuda_std` (rust-cuda)

A single file that says `use cuda_std::…` needs no Cargo project: cuq has a stand-in for the crate, with the paths
and signatures of rust-cuda's, built once and kept in the cache. `#[kernel]` makes a function an entry point,
`#[address_space(shared)]` puts a static into shared memory. Functions of `cuda_std::warp` are inline PTX
([inline_ptx.md](inline_ptx.md)).

Meanings are those of the code, where the names promise something else: `thread::grid_fence` is `membar.cta`, and
`SystemAtomicF32` has the scope of the device.
""",
    "cuda_device": """# `cuda_device` (cuda-oxide)

A single file that says `use cuda_device::…` needs no Cargo project: cuq has a stand-in for the crate, with the
paths and signatures of cuda-oxide's, built once and kept in the cache. Functions that have no meaning below can be
called, and make the kernel `unknown` with the reason.

- `#[kernel]` makes a function an entry point. `#[launch_contract(block = (256, 1, 1))]` becomes the contract
  `block=[256,1,1]`, `#[launch_bounds(256)]` a bound on the threads of a block; a contract in a comment, in `cuq.toml`
  or a flag is over both. What `requires(…)` says is not read.
- `DisjointSlice` is a slice whose elements each thread reaches by a witness of its own index. That the witnesses
  differ is not assumed: `thread::index_1d` and the others are arithmetic that the analysis sees.
- `SharedArray` and `Barrier` statics are shared memory of a block, although they have no bytes in Rust. Indexing a
  `SharedArray` is not checked on the device: cuq proves that the index is inside.
- `DynamicSharedArray` is one object, `dynamic_shared`; `len.dynamic_shared = "4096"` in a contract gives its size in
  bytes, so that accesses are proved to be inside.
- Atomics have the scope of their type (`Block`, `Device`, `System`) and the order of their argument, which must be a
  constant.
- `#[kernel]` functions with type parameters are called from a kernel without any: `fn k(…) { map(|x| x + 1.0, …) }`.
""",
    "cuda_intrinsics": """# `cuda_intrinsics` (cuda-oxide)

The numbered intrinsics below `cuda_device`, {count} of them, by the names of cuda-oxide's catalogue.
""",
}

_INLINE = """# Inline PTX

Templates of `asm!` are read by the grammar of the PTX ISA and become the same operations as Rust code: loads and
stores with semantics, scope and state space, atomics, fences, barriers, what the lanes of a warp do together, special
registers, `.reg` and `.shared` declarations, `cvta`, arithmetic. In files that `use cuda_device::ptx_asm`, its
templates with `%0` are read as well.

What is not understood makes the kernel `unknown`, with the instruction named: a modifier that is not known, a jump or
a guard (`@p`), a name that the template does not declare.

- A template is straight-line code; `trap` ends the thread.
- Integers of a register are read at the width of the instruction; a narrow load fills the register with zeros, or for
  `.s8` and `.s16` with the sign. Shifts by the width and more give 0 (`shr.s`: the sign). Arithmetic without an
  operation of the IR (`rcp`, `ex2`, roundings, …) is a function of its operands of which nothing else is known.
- An instruction with `.shared` needs an address that is known to be one in the shared window: the name of a variable,
  or the result of `cvta.to.shared` in the same template. Anything else is `unknown`, as the hardware would read a
  generic address as an offset.
- `.shared` variables of a template are one object for each place in the source. `.extern .shared` is
  `dynamic_shared`.
- `ld.volatile` and `st.volatile` are relaxed with system scope, as the ISA says; a `read_volatile` of Rust is not atomic.
- `bar.sync n` without a count is a barrier of the block; with one it is `unknown`, as is `bar.arrive`.
- `shfl`, `vote`, `match`, `redux` need their mask's lanes, and order no memory; `bar.warp.sync` of all
  lanes orders their memory. A mask that is neither constant nor computed from
  the lane's number alone (with each lane in the mask of those it waits for) is `unknown`.

| instruction | why not |
|---|---|
"""

_INDEX = """# Dialects

A dialect is a table: what the functions and types of a device API mean. cuq ships these:

| page | API |
|---|---|
| [core.md](core.md) | `core::arch::nvptx`, `core::intrinsics` |
| [cuda_std.md](cuda_std.md) | rust-cuda |
| [cuda_device.md](cuda_device.md), [cuda_intrinsics.md](cuda_intrinsics.md) | cuda-oxide |
| [inline_ptx.md](inline_ptx.md) | `asm!` |

## A table of your own

A house API is described in `cuq.toml`, in the same form. What its rows say is taken as given, and every kernel that
uses one says so in its report. A row comes before those that cuq ships.

```toml
[dialect.functions]
"gpu::thread_{x,y,z}" = { op = "register", register = "tid.{1}" }
"gpu::sync" = { op = "block-barrier" }
"gpu::Counter::add" = { op = "rmw", rmw = "add", scope = "gpu", order = "relaxed" }
"gpu::log::**" = { op = "none" }
"gpu::tma::*" = { op = "unsupported", reason = "bulk copies are not modelled" }

[dialect.enums]        # discriminants, in the order of declaration, for orderings that are arguments
"gpu::Order" = { Relaxed = 0, AcqRel = 1 }

[dialect.structs]      # types of the fields, laid out by the rules of C
"gpu::Counter" = ["core::cell::UnsafeCell<u32>"]

[dialect.shared]       # types whose statics are shared memory: `Tile<T, N>` is N times T, or a size in bytes
"gpu::Tile" = "array"

[dialect.slices]       # kernel parameters that are a pointer (field 0) and a length (field 1)
"gpu::Output" = "mutable"
```

Paths are as `cuq show mir` prints them, after re-exports, without generic arguments; a trait's method is
`<gpu::Tile as core::ops::Index>::index`. `{a,b}` are alternatives, of which `{1}` in a value is the one chosen; `*` stays
within a segment, `**` does not. An exact path comes before patterns, of which the first that matches counts. A function
that no row speaks of is inlined, if its body is there, and otherwise makes the kernel `unknown`.

A type of which no row speaks needs none if the crate declares it.

## Operations

Pointers come first, then values; the type of an atomic is its first generic argument, or that of its value. Without
`order`, the call tells it: by a generic argument, or by a constant argument of an enum whose variants have Rust's names.

| `op` | fields | meaning |
|---|---|---|
"""


def pages() -> dict[str, str]:
    """File names below `docs/dialects/` with their contents."""
    found = {f"{name}.md": _page(name, prose) for name, prose in _PROSE.items()}
    rows = [f"| `{name}*` | {reason} |" for name, reason in sorted(REASONS.items())]
    found["inline_ptx.md"] = _INLINE + "\n".join(rows) + "\n"
    found["index.md"] = _INDEX + "\n".join(_operations()) + "\n"
    return found


def _operations() -> Iterator[str]:
    for name, operation in OPERATIONS.items():
        if not operation.internal:
            fields = ", ".join(
                f"`{f.removesuffix('?')}`{' (optional)' if f.endswith('?') else ''}" for f in operation.fields
            )
            yield f"| `{name}` | {fields} | {operation.doc} |"


def _page(name: str, prose: str) -> str:
    text = (TABLES / f"{name}.toml").read_text(encoding="utf-8")
    lines = list(_rows(text))
    functions = tomllib.loads(text)["functions"]
    counts = Counter(row["op"] for row in functions.values())
    refused = counts.pop("unsupported", 0)
    summary = f"{sum(counts.values())} rows give a meaning, {refused} a reason why there is none.\n"
    return f"{prose.replace('{count}', str(len(functions)))}\n{summary}\n" + "\n".join(lines) + "\n"


def _rows(text: str) -> Iterator[str]:
    """A table for each group of the file: its comment as the heading."""
    heading = None
    for line in text.partition("[functions]")[2].splitlines():
        if line.startswith("["):
            return
        if line.startswith("# ") and (heading is None or heading == ""):
            yield f"## {line[2].upper()}{line[3:]}\n"
            yield "| function | meaning |\n|---|---|"
            heading = line
        elif not line.strip():
            if heading is not None:
                yield ""
                heading = ""
        else:
            row = re.match(r'"(?P<path>[^"]+)" = \{ (?P<values>.*) \}(?:  # (?P<name>.*))?$', line)
            if row is not None:
                if heading is None:
                    yield "| function | meaning |\n|---|---|"
                    heading = "-"
                yield f"| `{row['path']}`{_named(row['name'])} | {_meaning(row['values'])} |"


def _named(name: str | None) -> str:
    return f" ({name})" if name else ""


def _meaning(values: str) -> str:
    row = tomllib.loads(f"row = {{ {values} }}")["row"]
    op = row.pop("op")
    if op == "unsupported":
        return str(row["reason"])
    rest = (
        f"{'' if key == op else key + ' '}`{value}`" if value is not True else key
        for key, value in row.items()
    )
    return " ".join((f"{op}:" if row else op, ", ".join(rest))).strip()


if __name__ == "__main__":
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/dialects")
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in pages().items():
        write_atomic(folder / name, content)
