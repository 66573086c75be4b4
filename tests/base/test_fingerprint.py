"""What a finding's identity depends on."""

from cuq.base.fingerprint import fingerprint

BASE = fingerprint("CUQ-R001", "k", "write s[t]", "read s[t + 1]")


def test_neither_order_nor_spacing_counts() -> None:
    assert fingerprint("CUQ-R001", "k", "read  s[t +\n 1]", "write s[t]") == BASE
    assert len(BASE) == 16
    assert set(BASE) <= set("0123456789abcdef")


def test_everything_else_counts() -> None:
    others = {
        fingerprint("CUQ-R002", "k", "write s[t]", "read s[t + 1]"),
        fingerprint("CUQ-R001", "k2", "write s[t]", "read s[t + 1]"),
        fingerprint("CUQ-R001", "k", "write s[t]", "read s[t + 2]"),
        fingerprint("CUQ-R001", "k", "write s[t]"),
        # The parts are kept apart.
        fingerprint("CUQ-R001", "k", "write", "s[t] read s[t + 1]"),
    }
    assert len(others | {BASE}) == 6
