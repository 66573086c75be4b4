"""The entry point: commands by name, and what becomes of every error.

Imports of this module and of the command modules are what a start of cuq costs: z3, lark, pydantic and the
stages of the pipeline are imported where they are used.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from typing import Any

import click

from cuq.base.errors import CuqError
from cuq.cli.emit import emit
from cuq.cli.grouped import LazyGroup

COMMANDS: dict[str, tuple[str, str]] = {
    "check": ("cuq.cli.check", "Check kernels: races, divergence, bounds, panics, undefined behaviour."),
    "run": ("cuq.cli.run", "Execute a kernel on the CPU for one launch, and report what goes wrong."),
    "litmus": ("cuq.cli.litmus", "Decide litmus tests under a memory model."),
    "ptx": ("cuq.cli.ptx", "Show what synchronises in the PTX of a kernel."),
    "explain": ("cuq.cli.explain", "Explain a check: what it means, an example, how to fix or allow it."),
    "list": ("cuq.cli.list_", "List the kernels of files, or the checks that cuq knows."),
    "show": ("cuq.cli.show", "Print one stage of a kernel's way through cuq."),
    "prove": ("cuq.cli.prove", "Prove race freedom and aligned barriers in Coq."),
    "export": ("cuq.cli.export", "Write a Coq project with the theorems about a kernel."),
    "doctor": ("cuq.cli.doctor", "Say what of the tools that cuq needs is there, and how to get the rest."),
}

INTERRUPTED = 130


@click.group(
    cls=LazyGroup,
    lazy=COMMANDS,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with `cuq check FILE.rs`. Exit codes: docs/cli.md.",
)
@click.option("--version", is_flag=True, help="Print the version; with -v those of all tools.")
@click.option("-v", "--verbose", is_flag=True, help="With --version: python, z3, rustc, result schema.")
@click.pass_context
def cli(ctx: click.Context, version: bool, verbose: bool) -> None:
    """Formal verification of GPU kernels written in Rust, for all launches."""
    if version:
        from cuq.cli.versions import version_lines

        emit("\n".join(version_lines(verbose)) + "\n")
        ctx.exit()
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
        ctx.exit(2)


def main(args: list[str] | None = None) -> None:
    """Run the command line and exit with the code that docs/cli.md promises."""
    _streams()
    sys.exit(run(args))


def run(args: list[str] | None = None) -> int:
    """The exit code of a command line. No exception gets out of here."""
    # Ended by a supervisor is interrupted, too: what was found so far is reported.
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        code = _code(cli.main(args=args, prog_name="cuq", standalone_mode=False))
    except SystemExit as error:  # click's own way out when the reader of its help is gone
        return _code(error.code)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        _say("interrupted")
        return INTERRUPTED
    except CuqError as error:
        _say(_shown(error))
        return error.exit_code
    except Exception as error:  # noqa: BLE001  the last resort: a traceback helps no user
        from cuq.cli.crash import INTERNAL, crash_report

        _say(f"internal error: {type(error).__name__}: {error}\n{crash_report(error)}")
        return INTERNAL
    return code


def _streams() -> None:
    """Make output possible: streams may be closed, and terminals may not know every sign."""
    for name in ("stdout", "stderr"):
        stream: object = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115  open until the end
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _shown(error: CuqError) -> str:
    from pathlib import Path

    from cuq.checks.result import RunError
    from cuq.report.formats import Context
    from cuq.report.human import error_text
    from cuq.report.source import Sources

    shown = RunError(error.message, error.exit_code, error.span, error.help)
    return error_text(shown, Context(Sources(Path.cwd())))


def _code(result: Any) -> int:
    """A command's return value: click gives the argument of `ctx.exit`, or what the function returned."""
    return result if isinstance(result, int) else 0


def _interrupt(signum: int, frame: object) -> None:
    raise KeyboardInterrupt


def _say(text: str) -> None:
    """A message for a person; standard error may be closed."""
    try:
        click.echo(text, err=True)
    except OSError:
        return
