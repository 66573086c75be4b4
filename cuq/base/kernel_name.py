"""What a kernel is called: rustc's path of it, and the name that its author gave it.

cuda-oxide's `#[kernel]` renames the function, so that its backend knows it (crates/reserved-oxide-symbols).
"""

from __future__ import annotations

import re

_OXIDE = re.compile(r"cuda_oxide_(?:codegen_v\d+_cuda_oxide_)?kernel_[0-9a-f]{8}_(\w+)")
_INSTANCE = re.compile(r"__cuq_instance_((?:[0-9a-f]{2})+)")


def instance_symbol(path: str) -> str:
    """An identifier that stands for an instance of a generic kernel, such as `kernels::scale::<f32>`."""
    return f"__cuq_instance_{path.encode().hex()}"


def is_oxide_kernel(path: str) -> bool:
    """Whether cuda-oxide's backend would take the function of this path for a kernel."""
    return _OXIDE.fullmatch(path.rpartition("::")[2]) is not None


def kernel_path(path: str) -> str:
    """The path as the source gives it to the function that rustc calls `path`."""
    if instance := _INSTANCE.fullmatch(path):
        return bytes.fromhex(instance[1]).decode()
    scope, separator, last = path.rpartition("::")
    renamed = _OXIDE.fullmatch(last)
    return f"{scope}{separator}{renamed[1] if renamed else last}"


def kernel_name(path: str) -> str:
    """The identifier that the source gives the function of this path."""
    plain, generic, arguments = kernel_path(path).partition("::<")
    return plain.rpartition("::")[2] + generic + arguments
