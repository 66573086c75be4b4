"""What a kernel is called: rustc's path of it, and the name that its author gave it.

cuda-oxide's `#[kernel]` renames the function, so that its backend knows it (crates/reserved-oxide-symbols).
"""

from __future__ import annotations

import re

_OXIDE = re.compile(r"cuda_oxide_(?:codegen_v\d+_cuda_oxide_)?kernel_[0-9a-f]{8}_(\w+)")


def is_oxide_kernel(path: str) -> bool:
    """Whether cuda-oxide's backend would take the function of this path for a kernel."""
    return _OXIDE.fullmatch(path.rpartition("::")[2]) is not None


def kernel_path(path: str) -> str:
    """The path as the source gives it to the function that rustc calls `path`."""
    scope, separator, last = path.rpartition("::")
    renamed = _OXIDE.fullmatch(last)
    return f"{scope}{separator}{renamed[1] if renamed else last}"


def kernel_name(path: str) -> str:
    """The identifier that the source gives the function of this path."""
    return kernel_path(path).rpartition("::")[2]
