"""The home folder and the folder of sockets."""

import os
from pathlib import Path

import pytest

from tobit_kernel.errors import InputError, Refused
from tobit_kernel.runtime import LONGEST_SOCKET, make_home, run_folder


@pytest.fixture
def temp(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's folder for temporary files, short and empty."""
    folder = home / "t"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    return folder


def long(home: Path) -> Path:
    return home / ("long" * 20)


def test_the_sockets_of_a_short_home_are_in_it(home: Path) -> None:
    assert run_folder(home / "new") == home / "new" / "run"
    assert run_folder(home / "new") == home / "new" / "run"


def test_nobody_else_may_list_or_change_the_folder(home: Path) -> None:
    others = 0o711 if os.geteuid() == 0 else 0o700
    (home / "run").mkdir(mode=0o777)
    (home / "run").chmod(0o777)
    assert run_folder(home).stat().st_mode & 0o777 == others


def test_a_long_home_gets_a_short_folder_of_its_own(home: Path, temp: Path) -> None:
    folder = run_folder(long(home))
    assert folder.parent == temp and f"tobit-{os.geteuid()}-" in folder.name
    assert folder == run_folder(long(home)) != run_folder(long(home) / "other")
    assert len(os.fsencode(folder / LONGEST_SOCKET)) < 100


def test_the_session_has_a_place_for_it(home: Path, temp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(home))
    assert run_folder(long(home)).parent == home
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(home / "gone"))
    assert run_folder(long(home)).parent == temp


def test_bytes_count_not_letters(home: Path, temp: Path) -> None:
    assert run_folder(home / ("한" * 25)).parent == temp


def test_a_comma_would_make_two_hosts_of_one(home: Path, temp: Path) -> None:
    assert run_folder(home / "a,b").parent == temp


def test_a_link_in_its_place_is_refused(home: Path, temp: Path) -> None:
    folder = run_folder(long(home))
    folder.rmdir()
    (home / "trap").mkdir()
    folder.symlink_to(home / "trap")
    with pytest.raises(Refused, match="is a link or belongs to somebody else"):
        run_folder(long(home))


def test_a_folder_of_somebody_else_is_refused(home: Path, temp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (temp / run_folder(long(home)).name).chmod(0o700)
    mine = os.geteuid()
    name = run_folder(long(home)).name
    monkeypatch.setattr(os, "geteuid", lambda: mine + 1)
    (temp / name).rename(temp / name.replace(f"tobit-{mine}-", f"tobit-{mine + 1}-"))
    with pytest.raises(Refused):
        run_folder(long(home))


def test_a_file_in_its_place_is_refused(home: Path) -> None:
    (home / "run").write_text("")
    with pytest.raises(Refused):
        run_folder(home)


def test_no_short_folder_anywhere_is_said_in_words(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tobit_kernel.runtime.SOCKET_LIMIT_BYTES", 5)
    with pytest.raises(InputError, match="TOBIT_HOME"):
        run_folder(home)


def test_a_home_is_made_with_its_parents_and_left_as_it_is(home: Path) -> None:
    made = make_home(home / "a" / "b")
    made.chmod(0o750)
    assert make_home(made).stat().st_mode & 0o777 == 0o750


def test_a_home_below_a_file_is_said_in_words(home: Path) -> None:
    (home / "file").write_text("")
    for impossible in (home / "file", home / "file" / "below"):
        with pytest.raises(InputError, match="cannot write into"):
            make_home(impossible)
