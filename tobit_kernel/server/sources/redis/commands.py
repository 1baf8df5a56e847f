"""The commands that may run: what stands in ``commands.txt`` and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from tobit_kernel.errors import Refused, StatementError

#: Answers to these grow with a number that the caller writes, whatever the key holds.
_COUNTED = frozenset({"SRANDMEMBER", "HRANDFIELD", "ZRANDMEMBER"})
COUNT_LIMIT = 100_000
#: Sections of INFO that name no file, address or login.
INFO_SECTIONS = frozenset("server clients memory stats cpu commandstats latencystats keyspace".split())
#: Fields of those sections that do.
INFO_HIDDEN = frozenset("executable config_file monotonic_clock_api run_id process_id".split())

_INSTEAD = {
    "SELECT": "The source's address names the database: redis://host/2.",
    "SORT": "Take the rows with LRANGE or SMEMBERS and sort them in the notebook.",
    "XREAD": "XRANGE key - + reads a stream without waiting.",
    "GEORADIUS": "GEOSEARCH reads the same.",
    "GETEX": "GET reads the value and leaves its expiry alone.",
    "SUBSCRIBE": "Redis keeps no messages that could be read later.",
}


@dataclass(frozen=True)
class Command:
    """A command that only reads; ``name`` has ``|`` before its second word, if it has one."""

    name: str
    #: Where its keys stand: see commands.txt.
    keys: str
    #: What its answer becomes: a function of rows.py.
    shape: str
    cost: str

    def keys_in(self, arguments: list[str]) -> list[int]:
        """Which of ``arguments`` (those behind the first word) are keys; ``ValueError`` when it can't be told."""
        if self.keys == "-":
            return []
        if self.keys == "1..":
            return list(range(len(arguments)))
        if self.keys == "n":
            return [1 + number for number in range(_count(arguments))]
        return [int(self.keys) - 1]


def _count(arguments: list[str]) -> int:
    count = int(arguments[0]) if arguments[:1] and arguments[0].isascii() and arguments[0].isdecimal() else 0
    if not 0 < count < len(arguments):
        raise ValueError("The first argument counts the keys behind it.")
    return count


@cache
def commands() -> dict[str, Command]:
    """The commands by name."""
    lines = files(__package__).joinpath("commands.txt").read_text("utf-8").splitlines()
    found = [Command(*line.split(maxsplit=3)) for line in lines if line and not line.startswith("#")]
    return {command.name: command for command in found}


def allowed(words: list[str], position: int) -> Command:
    """The command that ``words`` (name and arguments) call; ``Refused`` when it does not only read."""
    name = words[0].upper()
    pair = f"{name}|{words[1].upper()}" if len(words) > 1 else ""
    command = commands().get(pair) or commands().get(name)
    if command is None:
        shown = name[:40] if name.isprintable() else "This"
        raise Refused(
            f"{shown} is not run here: only commands that read are.",
            _INSTEAD.get(name, "Such as GET, HGETALL, LRANGE, SMEMBERS, ZRANGE, XRANGE, SCAN; the manual lists all."),
            position=position,
        )
    if name in _COUNTED and len(words) > 2 and not _small(words[2]):
        raise Refused(f"{name} brings at most {COUNT_LIMIT:,} members.", "Write a smaller count.", position=position)
    if command.keys not in ("-", "n") and len(words) <= int(command.keys[0]):
        raise StatementError(f"{command.name.replace('|', ' ')} needs a key.", position=position)
    if command.keys == "2" and len(words) > 4:
        raise Refused(f"{command.name.replace('|', ' ')} takes a key here and no more.", position=position)
    return command


def _small(count: str) -> bool:
    digits = count.removeprefix("-")
    return digits.isascii() and digits.isdecimal() and len(digits) < 10 and int(digits) <= COUNT_LIMIT
