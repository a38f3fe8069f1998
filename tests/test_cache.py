"""The cache saves time and never changes a result: what others may have written there is no entry."""

from __future__ import annotations

import errno
import json
import os
import shutil
import stat
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner

from speclens import cache
from speclens.cli import main

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="modes and owners")
TEXTS = {"a": "int", "b": "list[str]"}
DOCUMENT = "openapi: 3.1.0\ninfo: {title: Pets, version: '1'}\npaths: {}\ncomponents: {schemas: {Pet: {type: object, properties: {name: {type: string, maxLength: 4711}}}}}\n"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where entries are."""
    for name in ("cache", "state"):
        (tmp_path / name).mkdir()
        monkeypatch.setattr(cache, f"user_{name}_path", (tmp_path / name).joinpath)
    return tmp_path / "cache/speclens/annotations"


def test_what_was_put_is_there(place: Path) -> None:
    assert cache.stored("n") == {}
    cache.store("n", TEXTS)
    assert cache.stored("n") == TEXTS
    assert [path.name for path in place.iterdir()] == ["n"]


def sealed(body: bytes) -> bytes:
    secret = cache._secret()
    assert secret is not None
    return cache._seal(secret, "n", body) + b"\n" + body


def at_another_name(entry: Path) -> None:
    cache.store("m", TEXTS)
    entry.with_name("m").replace(entry)


def replaced(entry: Path, make: Callable[[Path], object]) -> None:
    entry.unlink()
    make(entry)


def linked(entry: Path) -> None:
    entry.rename(entry.with_name("other"))
    entry.symlink_to("other")


BODY = json.dumps(TEXTS).encode()
OTHER = json.dumps({"a": "str"}).encode()
WRONG: dict[str, Callable[[Path], object]] = {
    "empty": lambda entry: entry.write_bytes(b""),
    "cut": lambda entry: entry.write_bytes(sealed(BODY)[:-3]),
    "longer": lambda entry: entry.write_bytes(sealed(BODY) + b" "),
    "with a plain digest": lambda entry: entry.write_bytes(
        sha256(OTHER).hexdigest().encode() + b"\n" + OTHER
    ),
    "with the seal of another text": lambda entry: entry.write_bytes(
        sealed(BODY).partition(b"\n")[0] + b"\n" + OTHER
    ),
    "of another name": at_another_name,
    "a list": lambda entry: entry.write_bytes(sealed(b"[]")),
    "a number": lambda entry: entry.write_bytes(sealed(b"1")),
    "no text": lambda entry: entry.write_bytes(sealed(b'{"a": 1}')),
    "no JSON": lambda entry: entry.write_bytes(sealed(b"{")),
    "no UTF-8": lambda entry: entry.write_bytes(sealed(b'{"a": "\xff"}')),
    "nested": lambda entry: entry.write_bytes(sealed(b"[" * 100_000)),
}
NO_FILES: dict[str, Callable[[Path], object]] = {
    "a link": linked,
    "a directory": partial(replaced, make=Path.mkdir),
    "a pipe": partial(replaced, make=os.mkfifo),
    "one that others may write": lambda entry: entry.chmod(0o622),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_entry(place: Path, name: str) -> None:
    cache.store("n", TEXTS)
    WRONG[name](place / "n")
    assert cache.stored("n") == {}
    cache.store("n", TEXTS)
    assert cache.stored("n") == TEXTS


@POSIX
@pytest.mark.parametrize("name", NO_FILES)
def test_what_is_no_file_of_the_user(place: Path, name: str) -> None:
    cache.store("n", TEXTS)
    NO_FILES[name](place / "n")
    assert cache.stored("n") == {}
    cache.store("n", TEXTS)  # is not refused


@pytest.mark.parametrize("key", [None, b"", b"0" * 31, b"0" * 33])
def test_an_entry_is_of_no_use_without_the_secret(tmp_path: Path, key: bytes | None) -> None:
    """As where a build restores the cache of another machine."""
    cache.store("n", TEXTS)
    secret = tmp_path / "state/speclens/cache.key"
    secret.unlink()
    if key is not None:
        secret.write_bytes(key)
    assert cache.stored("n") == {}


@POSIX
def test_directories_and_files_are_the_users_alone(place: Path, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        cache.store("n", TEXTS)
    finally:
        os.umask(before)
    secret = tmp_path / "state/speclens/cache.key"
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (place.parent, place, secret.parent)]
    assert modes == [0o700] * 3
    assert [stat.S_IMODE(path.stat().st_mode) for path in (place / "n", secret)] == [0o600] * 2
    place.chmod(0o755)
    assert cache.stored("n") == TEXTS
    assert stat.S_IMODE(place.stat().st_mode) == 0o700


@POSIX
@pytest.mark.parametrize(
    "which", ["cache/speclens", "cache/speclens/annotations", "state/speclens"]
)
@pytest.mark.parametrize("how", ["writable", "link", "file", "another user's"])
def test_a_directory_of_others_is_not_used(
    place: Path, tmp_path: Path, which: str, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.store("n", TEXTS)
    at = tmp_path / which
    if how == "writable":
        at.chmod(0o777)
    elif how == "another user's":
        owner, inode = os.geteuid(), at.stat().st_ino
        real = os.lstat

        def lstat(path: Path) -> os.stat_result:
            found = real(path)
            told = list(found)
            told[4] = owner + (found.st_ino == inode)
            return os.stat_result(told)

        monkeypatch.setattr(os, "lstat", lstat)
    else:
        at.rename(tmp_path / "elsewhere")
        if how == "link":
            at.symlink_to(tmp_path / "elsewhere")
        else:
            at.write_text("")
    assert cache.stored("n") == {}
    cache.store("m", TEXTS)
    monkeypatch.undo()
    assert not (tmp_path / "elsewhere/m").exists()
    assert not (place / "m").exists()


def test_the_oldest_entries_go(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_MOST", 3)
    for number in range(6):
        cache.store(f"n{number}", TEXTS)
        os.utime(place / f"n{number}", (number, number))
    assert sorted(path.name for path in place.iterdir()) == ["n3", "n4", "n5"]
    monkeypatch.setattr(cache, "_MAX_BYTES", 4_000)
    cache.store("large", {"a": "b" * 3_000})  # more than a quarter
    assert not (place / "large").exists()
    for number in range(8):
        cache.store(f"m{number}", {"a": "b" * 900})
    assert 1 <= len(list(place.iterdir())) <= 4
    assert cache.stored("m7") == {"a": "b" * 900}


def test_runs_at_the_same_time(place: Path) -> None:
    texts = [{"a": str(number) * 10_000} for number in range(4)]

    def act(number: int) -> bool:
        cache.store("n", texts[number % 4])
        return cache.stored("n") in ({}, *texts)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(act, range(80)))
    assert cache.stored("n") in texts
    assert [path.name for path in place.iterdir()] == ["n"]


def test_what_is_forged_is_neither_written_nor_called_in_sync(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("api.yaml").write_text(DOCUMENT)
    target = ("--spec", "api.yaml", "--package", "pets", "--output", "out")

    def run(command: str) -> int:
        return CliRunner().invoke(main, [command, *target], catch_exceptions=False).exit_code

    assert run("generate") == 0
    [entry] = place.iterdir()
    models = Path("out/pets/models.py").read_text()
    assert "max_length=4711" in models
    forged = entry.read_bytes().partition(b"\n")[2].replace(b"4711", b"9999")
    assert b"9999" in forged

    entry.write_bytes(sha256(forged).hexdigest().encode() + b"\n" + forged)
    trees = place.parent / "trees"  # where whole outputs were kept once
    shutil.copytree(place, trees)
    assert run("check") == 0
    shutil.rmtree("out")
    entry.write_bytes(sha256(forged).hexdigest().encode() + b"\n" + forged)
    assert run("generate") == 0
    assert Path("out/pets/models.py").read_text() == models
    Path("out/pets/models.py").write_text(models.replace("4711", "9999"))
    assert run("check") == 1


def test_a_write_that_fails_leaves_nothing_behind(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.store("n", TEXTS)

    def full(*names: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    cache.store("m", TEXTS)
    assert [path.name for path in place.iterdir()] == ["n"]
