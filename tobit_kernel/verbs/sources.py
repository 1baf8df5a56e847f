"""``sources``: where can be asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tobit_kernel.client import path_of
from tobit_kernel.errors import InputError, SourceUnavailable
from tobit_kernel.verbs.answer import Answer
from tobit_kernel.verbs.call import Call, Surroundings, Words
from tobit_kernel.verbs.registering import options_of, type_of


def sources(
    pattern: str = "",
    *,
    add: str | None = None,
    type: str | None = None,
    url: str | None = None,
    path: Path | None = None,
    option: Words = (),
    options: Path | None = None,
    password: bool = False,
    description: str | None = None,
    test: str | None = None,
    set: str | None = None,
    remove: str | None = None,
    rotate_keys: bool = False,
    browse: bool = False,
    call: Call,
) -> Any:
    """Lists the data sources; administrators add, test, change and remove them.

    `--add plant --url postgresql://reader@db/plant --password` registers a PostgreSQL and asks for
    its password (encrypted at once, never shown). `--add logs --path /data/logs` registers a file
    or folder of CSV, Parquet, JSON and Excel files. `--set plant --description "line 4"` changes one.

    Parameters
    ----------
    pattern
        only names that contain it
    add
        name of a new source
    type
        type of source; most addresses tell it
    url
        address of a server, without a password
    path
        file or folder on the gate's machine
    option
        options of the type: key=value key=value
    options
        a JSON or TOML file of options
    password
        ask for the password
    description
        one line for others
    test
        ask this source, or with --add the new one, whether it answers
    set
        change this source
    remove
        forget this source; the data behind it stays
    rotate_keys
        encrypt all stored passwords anew with a new key
    browse
        opens them as a widget, in a notebook
    """
    if browse:
        return call.browse("sources", text=pattern)
    if rotate_keys:
        return _rotate(call)
    if remove is not None:
        return Answer(call.gate.delete(path_of("sources", remove)), text=f"Source {remove!r} is forgotten.")
    if test is not None:
        return _test(call, test)
    given: dict[str, Any] = {} if description is None else {"description": description}
    if url is not None or path is not None:
        given["location"] = _location(url, path)
    if option or options is not None:
        given["options"] = options_of(option, options)
    if add is not None:
        return _add(call, add, type, given, password)
    if set is not None:
        return _change(call, set, given, password)
    data = call.gate.get("/sources", pattern=pattern)
    shown = [{name: each[name] for name in ("name", "type", "state", "location", "description")} for each in data]
    return Answer(data, shown, empty=f"No source matches {pattern!r}.")


def _location(url: str | None, path: Path | None) -> str:
    if url is not None and path is not None:
        raise InputError("A source has --url or --path, not both.", "Leave one out.")
    return url or str(path.expanduser().absolute())  # type: ignore[union-attr]


def _add(call: Surroundings, name: str, kind: str | None, given: dict[str, Any], password: bool) -> Answer:
    if "location" not in given:
        raise InputError("A source needs --url or --path.", "--url postgresql://user@host/db, or --path /folder.")
    location = given["location"]
    draft = {"name": name, "type": kind or type_of(location), **given}
    if password:
        draft["password"] = call.ask_secret(f"Password for {location}: ")
    data = call.gate.post("/sources", draft)
    return Answer(data, [data], note=f"`%tobit tables --source {name}` shows what it holds.")


def _change(call: Surroundings, name: str, given: dict[str, Any], password: bool) -> Answer:
    if password:
        given["password"] = call.ask_secret(f"Password for {name}: ")
    if not given:
        raise InputError("Nothing is to be changed.", "Add --description, --url, --path, --option or --password.")
    data = call.gate.patch(path_of("sources", name), given)
    return Answer(data, [data])


def _test(call: Surroundings, name: str) -> Answer:
    """How a source that answers is; ``SourceUnavailable`` says why one does not."""
    data = call.gate.post(path_of("sources", name, "test"))
    if data["state"] != "up":
        raise SourceUnavailable(data["detail"], f"`%tobit sources --set {name} …` changes its address.", **data)
    return Answer(data, [data])


def _rotate(call: Surroundings) -> Answer:
    data = call.gate.post("/sources/rotate-keys")
    count = sum(data["changed"].values())
    text = f"{count} secret{'' if count == 1 else 's'} encrypted anew with key {data['key']}."
    old = ", ".join(map(str, data["unused"]))
    return Answer(data, text=text + (f" Nothing needs key {old} any more." if old else ""))
