"""What cargo is asked for. Light to import: every command has these options."""

from __future__ import annotations

from cuq.base.records import dataclass


@dataclass(frozen=True, slots=True)
class CargoOptions:
    """What of a workspace is checked, and how it is built; as the options of cargo of these names.

    `targets`: such as `--lib` or `--example=name`; all libraries and binaries when there are none.
    `target`: `gpu` or `host`; None: what the kernels' dialect is compiled for.
    """

    packages: tuple[str, ...] = ()
    workspace: bool = False
    features: tuple[str, ...] = ()
    all_features: bool = False
    no_default_features: bool = False
    targets: tuple[str, ...] = ()
    profile: str = "release"
    locked: bool = False
    offline: bool = False
    target: str | None = None

    @property
    def selection(self) -> tuple[str, ...]:
        flags = [f"--package={p}" for p in self.packages]
        flags += ["--workspace"] if self.workspace else []
        return (*flags, *self.targets)

    @property
    def features_flags(self) -> tuple[str, ...]:
        flags = [f"--features={f}" for f in self.features]
        flags += ["--all-features"] if self.all_features else []
        flags += ["--no-default-features"] if self.no_default_features else []
        return tuple(flags)

    @property
    def network(self) -> tuple[str, ...]:
        flags = ["--locked"] if self.locked else []
        return (*flags, *(["--offline"] if self.offline else []))
