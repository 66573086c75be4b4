"""A whole run: read all inputs, decide which kernels under which contracts, check them, collect."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatchcase
from pathlib import Path

from cuq.base.errors import CuqError, UsageError
from cuq.base.records import dataclass
from cuq.base.suggest import did_you_mean
from cuq.checks.options import Options
from cuq.checks.result import KernelResult, Obstacle, Property, RunError, RunResult
from cuq.cli import work
from cuq.cli.artefact import MachineCode, machine_code, with_profile
from cuq.cli.compile import Input, compile_crate, compile_source
from cuq.cli.crash import failure
from cuq.cli.flags import Flag, check_names
from cuq.cli.inputs import config_file, input_files
from cuq.cli.loaded import LoadedFile, LoadedKernel
from cuq.cli.markers import marked
from cuq.cli.stopwatch import Stopwatch
from cuq.cli.versions import tool
from cuq.cli.workers import Job, Workers
from cuq.contract import Contract, check_kernel_names, contract_for, launch_contract, relations_contract
from cuq.ir.dialects.dialects import named_crates
from cuq.report.identity import identified
from cuq.report.source import Sources


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be checked, and how. `left_out`: check ids that are decided but do not count. `backend`: whose machine
    code it is where there is no PTX. `functions`: those of these names are entered as kernels are."""

    input: Input
    options: Options
    left_out: Mapping[str, str]
    kernels: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = ()
    jobs: int = 1
    allow_empty: bool = False
    ignore_host: bool = False
    backend: str | None = None
    functions: tuple[str, ...] = ()


_HOST_NOTE = "launches are as the host code of the crate has them"


def check_paths(paths: Sequence[Path], request: Request, sources: Sources, watch: Stopwatch) -> RunResult:
    """Check the kernels of all inputs, each on its own: what fails is among the run's errors.

    Interrupted, the run holds what was found so far. Raises UsageError, before any kernel is checked.
    """
    results: list[KernelResult] = []
    errors: list[RunError] = []
    releases: list[str] = []
    interrupted = False
    try:
        with Workers(request.jobs, work.warm) as workers:
            files = read(paths, request, watch, errors.append)
            releases += [file.rustc for file in files if file.rustc]
            jobs = [
                Job(work.check, task, task.name, work.seconds(task), work.late)
                for task in tasks(files, request)
            ]
            for result in workers.run(jobs):
                if isinstance(result, RunError):
                    if result.exit_code == UsageError.exit_code:  # a contract that no launch satisfies
                        raise UsageError(result.message, span=result.span, help=result.help)
                    errors.append(result)
                else:
                    watch.add(result.timings_ms)
                    results.append(identified(result, sources))
            if not results and not errors and not request.allow_empty:
                raise UsageError(
                    f"no kernel found in {', '.join(map(str, paths))}",
                    help='a kernel is a function with the ABI "ptx-kernel" or "gpu-kernel"',
                )
    except KeyboardInterrupt:
        interrupted = True
    release = releases[0] if releases else None
    return RunResult(tuple(results), tool(release), watch.result(), tuple(errors), interrupted)


def read(
    paths: Sequence[Path], request: Request, watch: Stopwatch, failed: Callable[[RunError], None]
) -> tuple[LoadedFile, ...]:
    """The inputs that can be read; of what cannot, `failed` hears, once for each reason.

    Raises UsageError when a path, a directive or a `cuq.toml` is wrong.
    """
    inputs = input_files(paths)
    found: list[LoadedFile] = []
    seen: set[str] = set()

    def once(error: RunError) -> None:
        if error.message not in seen:  # a missing compiler is missing for every file
            seen.add(error.message)
            failed(error)

    with ThreadPoolExecutor(request.jobs) as compilers:
        compiled = {
            file.path: compilers.submit(compile_source, file.path, request.input)
            for file in inputs
            if file.path.suffix == ".rs" and not file.is_crate
        }
        crates = {
            file.path: compilers.submit(compile_crate, file.path, request.input)
            for file in inputs
            if file.is_crate
        }
        try:
            # Imported while the compilers run: parser and lowering take as long as a small file.
            from cuq.cli.load import load_dump, load_source

            for file in inputs:
                try:
                    if file.is_crate:
                        units, broken = crates[file.path].result()
                        for unit in units:
                            found.append(
                                load_source(unit.compilation.source, unit, watch, once, request.functions)
                            )
                        if broken is not None:
                            raise broken
                    elif file.path in compiled:
                        unit = compiled[file.path].result()
                        found.append(load_source(file.path, unit, watch, once, request.functions))
                    else:
                        found.append(load_dump(file.path, watch, once, request.functions))
                except UsageError:
                    raise
                except CuqError as error:
                    once(RunError(error.message, error.exit_code, error.span, error.help))
                except Exception as error:  # noqa: BLE001  the other files go on
                    once(failure(str(file.path), error))
        except BaseException:
            compilers.shutdown(wait=False, cancel_futures=True)
            raise
    return tuple(found)


def tasks(files: Sequence[LoadedFile], request: Request) -> list[work.Task]:
    """The selected kernels with the contracts in force. Raises UsageError for names that do not exist."""
    selected = chosen(files, request)
    everything = sorted({kernel.name for file in files for kernel in file.kernels})
    for pattern in request.kernels:
        if not any(is_called(kernel, pattern) for file in files for kernel in file.kernels):
            help = did_you_mean(pattern, everything)
            raise UsageError(f"--kernel: no kernel matches `{pattern}`", help=help)
    for file in files:
        check_kernel_names(file.contracts, [name for kernel in file.kernels for name in kernel.names])
    configs = _configs(files)
    lowered = [kernel for _, kernel in selected if not isinstance(kernel.kernel, Obstacle)]
    check_names(request.flags, [kernel.params for kernel in lowered])
    codes = _codes(files, request)
    return [_task(file, kernel, configs[file.path], request, codes) for file, kernel in selected]


def chosen(files: Iterable[LoadedFile], request: Request) -> list[tuple[LoadedFile, LoadedKernel]]:
    """The kernels that `--kernel` selects, in the order of the files."""

    def selected(kernel: LoadedKernel) -> bool:
        return not request.kernels or any(is_called(kernel, glob) for glob in request.kernels)

    return [(file, kernel) for file in files for kernel in file.kernels if selected(kernel)]


def is_called(kernel: LoadedKernel, glob: str) -> bool:
    """By its name, or by its whole path."""
    return fnmatchcase(kernel.name, glob) or glob in kernel.names


def _configs(files: Sequence[LoadedFile]) -> dict[Path, tuple[Contract, ...]]:
    """What `cuq.toml` says of the kernels of each file.

    One may speak of kernels in files that are not read now: a name is wrong only if all files are.
    """
    paths = {file.path: config_file(file.path) for file in files}
    read = {path: _config(path) for path in dict.fromkeys(paths.values()) if path is not None}
    for path, contracts in read.items():
        below = {file.absolute() for file in path.parent.rglob("*.rs")}
        if below <= {file.path.absolute() for file in files}:
            known = [name for file in files for kernel in file.kernels for name in kernel.names]
            check_kernel_names(contracts, known)
    return {file: read[path] if path is not None else () for file, path in paths.items()}


def _config(path: Path) -> tuple[Contract, ...]:
    from cuq.contract.config import read_config  # loads pydantic, which takes as long as a small kernel

    return read_config(path)


def _codes(files: Iterable[LoadedFile], request: Request) -> dict[Path, MachineCode]:
    """The PTX of each file, if that is asked for."""
    if Property.ARTEFACT not in request.options.properties:
        return {}
    with ThreadPoolExecutor(request.jobs) as compilers:
        found = compilers.map(lambda file: (file.path, machine_code(file, request.input)), files)
        return dict(found)


def _task(
    file: LoadedFile,
    kernel: LoadedKernel,
    config: Sequence[Contract],
    request: Request,
    codes: Mapping[Path, MachineCode],
) -> work.Task:
    """One kernel with the contract in force, the flags that speak of it being the strongest.

    Of a kernel that could not be lowered the names are not known, so its contract cannot be checked.
    """
    layers: list[Iterable[Contract]] = []
    warnings: list[str] = []
    if not isinstance(kernel.kernel, Obstacle):
        applying = [flag for flag in request.flags if flag.applies_to(kernel.params)]
        params = [(param.name, param.rust_type) for param in kernel.kernel.params]
        launched = None if request.ignore_host else launch_contract(kernel.base_name, file.launches, params)
        asked = relations_contract(kernel.base_name, file.relations, params)
        if launched is not None:
            place = f"{launched.span.file}:{launched.span.line}"
            warnings.append(f"{_HOST_NOTE} ({place}): --ignore-host leaves it out")
        layers = [
            () if launched is None else (launched,),
            () if asked is None else (asked,),
            marked(kernel.kernel, kernel.name, kernel.span),
            file.contracts,
            config,
            *([flag.contract] for flag in applying),
        ]
        warnings += [
            f"`{flag.written}` does not apply to it" for flag in request.flags if flag not in applying
        ]
    contract = contract_for(
        kernel.names, layers, params=kernel.params, statics=kernel.statics, span=kernel.span
    )
    code = codes.get(file.path)
    if code is not None and code.text is None:
        crates = named_crates(item.text for item in kernel.mir.items)
        code = with_profile(code, request.backend, crates, file.rustc)
        warnings += [f"without PTX: {code.reason}"] if code.profile is not None else []
    return work.Task(
        kernel.path, str(file.path), kernel.span, kernel.kernel, contract, request.options,
        request.left_out, (*kernel.warnings, *warnings), code,
    )  # fmt: skip
