"""The JSON format: valid against the shipped schema, and complete."""

import json
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from jsonschema import Draft202012Validator, ValidationError

from cuq.checks.result import Property, Verdict
from cuq.report.json_ import Json, document, render, schema
from tests.golden import Golden
from tests.report import samples

VALIDATOR = Draft202012Validator(schema())


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("name", samples.SAMPLES)
def test_valid(name: str, tmp_path: Path) -> None:
    VALIDATOR.validate(json.loads(render(samples.SAMPLES[name], samples.context(tmp_path))))


def test_golden(tmp_path: Path, golden: Golden) -> None:
    golden("report/golden/same_place.json", render(samples.SAMPLES["same_place"], samples.context(tmp_path)))


UNCONFIRMED = samples.check(Property.RACE, Verdict.REFUTED, findings=(samples.POTENTIAL,))
IMPOSSIBLE = {
    # `refuted` is said only of what replay confirmed.
    "refuted without replay": samples.run(samples.kernel(UNCONFIRMED)),
    "refuted without finding": samples.run(samples.kernel(samples.check(Property.RACE, Verdict.REFUTED))),
    "verified with finding": samples.run(
        samples.kernel(samples.check(Property.RACE, findings=(samples.RACE,)))
    ),
    "unknown without reason": samples.run(samples.kernel(samples.check(Property.RACE, Verdict.UNKNOWN))),
    "a code of another shape": samples.run(samples.kernel(samples.refuted(replace(samples.RACE, code="R1")))),
    "no fingerprint": samples.run(samples.kernel(samples.refuted(replace(samples.RACE, fingerprint="")))),
    "no total time": replace(samples.SAMPLES["empty"], timings_ms=()),
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_the_schema_refuses(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValidationError):
        VALIDATOR.validate(json.loads(render(IMPOSSIBLE[name], samples.context(tmp_path))))


def test_every_field_is_required(tmp_path: Path) -> None:
    """A property that the writer forgets is an error of the schema, at each level."""
    whole = document(samples.SAMPLES["two_files"], samples.context(tmp_path))
    for key in whole:
        with pytest.raises(ValidationError):
            VALIDATOR.validate({k: v for k, v in whole.items() if k != key})
    kernel = cast(list[Json], whole["kernels"])[0]
    for key in kernel:
        broken = {k: v for k, v in kernel.items() if k != key}
        with pytest.raises(ValidationError):
            VALIDATOR.validate(whole | {"kernels": [broken]})
