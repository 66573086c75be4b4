"""The options of every command that reads kernels from files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cuq.base.errors import UsageError
from cuq.cli.grouped import option

if TYPE_CHECKING:
    from cuq.cli.compile import Input
    from cuq.toolchain import CargoOptions

F = TypeVar("F", bound=Callable[..., object])

_GROUP, _CRATE = "Compiler", "Crate"
_META = "cuq.cargo"


def _crate(*names: str, **attributes: Any) -> Callable[[F], F]:
    """An option of cargo's. Its value waits in the context: no command has to pass it on."""

    def keep(context: click.Context, parameter: click.Parameter, value: object) -> None:
        context.meta.setdefault(_META, {})[parameter.name] = value

    return option(_CRATE, *names, expose_value=False, callback=keep, **attributes)


_CRATE_OPTIONS = (
    _crate("-p", "--package", multiple=True, metavar="SPEC", help="Packages of the workspace."),
    _crate("--workspace", is_flag=True, help="All packages of the workspace."),
    _crate("--lib", is_flag=True, help="Only the library."),
    _crate("--bin", multiple=True, metavar="NAME", help="Only these binaries."),
    _crate("--example", multiple=True, metavar="NAME", help="Only these examples."),
    _crate("-F", "--features", multiple=True, metavar="FEATURES", help="Features to turn on."),
    _crate("--all-features", is_flag=True, help="All features."),
    _crate("--no-default-features", is_flag=True, help="Not the default ones."),
    _crate(
        "--profile", default="release", show_default=True, metavar="NAME", help="The profile to build with."
    ),
    _crate(
        "--target",
        type=click.Choice(["gpu", "host"]),
        help="Compile for it; by default for the host where cuda-device is used.",
    ),
    _crate("--locked", is_flag=True, help="Cargo.lock has to be up to date."),
    _crate("--offline", is_flag=True, help="Without the network."),
)


def input_options(command: F) -> F:
    """Adds `--rustc`, `--edition` and `--overflow-checks`, the parameters of `given_input`, and cargo's options."""
    options = (
        option(
            _GROUP, "--rustc", metavar="PATH", type=click.Path(path_type=Path), help="The compiler to use."
        ),
        option(
            _GROUP,
            "--edition",
            type=click.Choice(["2015", "2018", "2021", "2024"]),
            default="2021",
            show_default=True,
            help="Rust edition of .rs files.",
        ),
        option(
            _GROUP,
            "--overflow-checks",
            type=click.Choice(["on", "off"]),
            default="off",
            show_default=True,
            help="As in the profile that the kernel is built with.",
        ),
    )
    for add in reversed((*options, *_CRATE_OPTIONS)):
        command = add(command)
    return command


def default_paths(paths: Sequence[str]) -> tuple[Path, ...]:
    """The paths, or the crate in this folder. Raises UsageError if there is none."""
    if paths:
        return tuple(map(Path, paths))
    if Path("Cargo.toml").is_file():
        return (Path("."),)
    raise UsageError(
        "no PATH, and no Cargo.toml in this folder", help="name files, folders or crates to check"
    )


def given_input(rustc: Path | None, edition: str, overflow_checks: str) -> Input:
    """What the options say."""
    from cuq.cli.compile import Input

    return Input(rustc=rustc, edition=edition, overflow_checks=overflow_checks == "on", cargo=_cargo())


def _cargo() -> CargoOptions:
    from cuq.toolchain import CargoOptions

    context = click.get_current_context(silent=True)
    given: dict[str, Any] = context.meta.get(_META, {}) if context else {}
    if not given:
        return CargoOptions()
    targets = ["--lib"] if given["lib"] else []
    targets += [f"--bin={name}" for name in given["bin"]]
    targets += [f"--example={name}" for name in given["example"]]
    return CargoOptions(
        packages=given["package"],
        workspace=given["workspace"],
        features=given["features"],
        all_features=given["all_features"],
        no_default_features=given["no_default_features"],
        targets=tuple(targets),
        profile=given["profile"],
        locked=given["locked"],
        offline=given["offline"],
        target=given["target"],
    )
