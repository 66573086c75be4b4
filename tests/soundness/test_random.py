"""Random kernels: no verdict `verified` that a small launch contradicts, no `refuted` without a replay."""

from __future__ import annotations

import pytest

from cuq.checks.result import Property, Verdict
from tests.soundness.judge import QUICK
from tests.soundness.outcome import outcome

KERNELS, SHARE = 500, 25
"""Seeds are fixed, so that a run of the suite is reproducible; they are tested `SHARE` at a time."""


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, KERNELS, SHARE))
def test_verdicts_agree_with_small_launches(first: int) -> None:
    found = [outcome(seed, QUICK, most=16) for seed in range(first, first + SHARE)]
    assert not {o.seed: o.contradictions for o in found if o.contradictions}
    assert not {o.seed: o.crash for o in found if o.crash}
    judged = [o for o in found if o.verdicts]
    # A generator whose kernels are never verified would test nothing. (A long run has about 40 % of each.)
    races = [o.verdicts[Property.RACE] for o in judged]
    assert len(judged) >= 0.8 * SHARE
    assert races.count(Verdict.VERIFIED) >= 2
    assert races.count(Verdict.REFUTED) >= 2
