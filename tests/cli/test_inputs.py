"""Which files a path stands for."""

from pathlib import Path

import pytest

from cuq.base.errors import InputError, UsageError
from cuq.cli.inputs import config_file, input_files


def make(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("")


def found(root: Path, *paths: str) -> list[str]:
    return [f.path.relative_to(root).as_posix() for f in input_files([root / path for path in paths])]


def test_folders(tmp_path: Path) -> None:
    make(
        tmp_path,
        "b.rs", "a.rs",
        "a.mir",  # belongs to a.rs
        "only.mir",
        "sub/c.rs", "sub/only.mir",
        "target/debug/x.rs", ".hidden/y.rs",  # not the user's sources
        "notes.txt",
        "crate/Cargo.toml", "crate/src/lib.rs",  # cargo knows what belongs to it
    )  # fmt: skip
    assert found(tmp_path, ".") == ["a.rs", "b.rs", "crate", "only.mir", "sub/c.rs", "sub/only.mir"]
    assert found(tmp_path, "crate/Cargo.toml", "crate/src/lib.rs") == ["crate", "crate/src/lib.rs"]


def test_order_and_repetition(tmp_path: Path) -> None:
    make(tmp_path, "a.rs", "b.rs", "a.mir")
    assert found(tmp_path, "b.rs", ".", "a.rs") == ["b.rs", "a.rs"]
    # What is named is taken, whatever stands beside it.
    assert found(tmp_path, "a.mir", "a.rs") == ["a.mir", "a.rs"]


def test_errors(tmp_path: Path) -> None:
    make(tmp_path, "notes.txt")
    with pytest.raises(UsageError, match="no such file or folder"):
        input_files([tmp_path / "gone.rs"])
    with pytest.raises(UsageError, match=r"not a \.rs file"):
        input_files([tmp_path / "notes.txt"])


def test_a_folder_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(InputError, match="Permission denied"):
        input_files([tmp_path])


def test_a_link_to_a_folder_above_ends(tmp_path: Path) -> None:
    make(tmp_path, "sub/a.rs")
    (tmp_path / "sub/up").symlink_to(tmp_path)
    assert found(tmp_path, ".") == ["sub/a.rs"]


def test_the_nearest_config(tmp_path: Path) -> None:
    make(tmp_path, "cuq.toml", "a/x.rs", "a/b/cuq.toml", "a/b/y.rs")
    assert config_file(tmp_path / "a/x.rs") == tmp_path / "cuq.toml"
    assert config_file(tmp_path / "a/b/y.rs") == tmp_path / "a/b/cuq.toml"
