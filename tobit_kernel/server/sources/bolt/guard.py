"""What a Cypher statement would do: reading passes, all else is refused by name."""

from __future__ import annotations

from collections.abc import Iterator

from tobit_kernel.errors import Refused, StatementError
from tobit_kernel.server.sources.bolt.tokens import Token, tokens

#: A statement that reads begins with one of these.
_FIRST = frozenset({"MATCH", "OPTIONAL", "WITH", "UNWIND", "RETURN", "CALL", "LET", "FILTER"})
#: Clauses that change something, wherever they stand.
_CHANGES = frozenset(
    {"CREATE", "MERGE", "SET", "DELETE", "DETACH", "NODETACH", "REMOVE", "DROP", "FOREACH", "INSERT", "USE", "ALTER"}
)
#: Procedures that read, in small letters.
PROCEDURES = frozenset(
    {
        "db.labels", "db.relationshiptypes", "db.propertykeys", "db.schema.visualization",
        "db.schema.nodetypeproperties", "db.schema.reltypeproperties", "db.info", "db.ping", "dbms.components",
        "db.index.fulltext.querynodes", "db.index.fulltext.queryrelationships",
        "db.index.vector.querynodes", "db.index.vector.queryrelationships",
    }
)  # fmt: skip
#: Names before the dot of functions that only compute: ``date.truncate()``.
_FUNCTIONS = frozenset({"date", "datetime", "localdatetime", "time", "localtime", "duration", "point", "vector"})
_HINT = "Graphs are read here. A name that is a keyword is written in `back-ticks`."


def labels_read(statement: str) -> list[str]:
    """Labels and relationship types in the order they come; ``Refused`` or ``StatementError`` with ``position``."""
    found = tokens(statement)
    while found and found[-1].text == ";":
        found.pop()
    if not found:
        raise StatementError("There is no statement.")
    for token in found:
        if token.text == ";":
            raise Refused(
                "One statement at a time.", "Put the second one into a cell of its own.", position=token.start
            )
    if found[0].word not in _FIRST:
        raise _refused(found[0], f"A statement that reads does not begin with {found[0].text[:40]!r}.")
    for at in range(len(found)):
        _check(found, at)
    return list(dict.fromkeys(_labels(found)))


def _check(found: list[Token], at: int) -> None:
    word = found[at].word
    if word in _CHANGES and not _is_name(found, at):
        raise _refused(found[at], f"{word} is not run on a graph.")
    if word == "LOAD" and _word(found, at + 1) == "CSV":
        raise _refused(found[at], "LOAD CSV is not run on a graph.")
    if word == "TRANSACTIONS" and _in_transactions(found, at):
        raise _refused(found[at], "CALL {…} IN TRANSACTIONS is not run on a graph.")
    if word == "CALL" and not _is_name(found, at) and at + 1 < len(found) and found[at + 1].name:
        name = ".".join(_dotted(found, at + 1))
        if name.lower() not in PROCEDURES:
            raise _refused(found[at + 1], f"Procedure {name!r} is not on the list of those that only read.")
    if found[at].text == "(" and at >= 3 and found[at - 1].name and found[at - 2].text == ".":
        _check_function(found, at)


def _check_function(found: list[Token], at: int) -> None:
    """``a.b.c(``: a function of a namespace, or a procedure that was checked where it is called."""
    start = at - 1
    while start >= 2 and found[start - 1].text == "." and found[start - 2].name:
        start -= 2
    name = ".".join(token.name for token in found[start:at:2])
    if start and found[start - 1].word == "CALL":
        return
    if found[start].name.lower() not in _FUNCTIONS:
        raise _refused(found[start], f"Function {name!r} is not on the list of those that only compute.")


def _is_name(found: list[Token], at: int) -> bool:
    """Whether the word can't be a clause: a property, a label or a type, the key of a map."""
    before = found[at - 1].text if at else ""
    if before == ".":
        # `1. SET` is a number and a clause; so is what follows two dots
        return at >= 2 and found[at - 2].kind not in ("number", "sign") or (at >= 2 and found[at - 2].text in ")]}{,")
    if before == ":":
        return True
    return at + 1 < len(found) and found[at + 1].text == ":"


def _in_transactions(found: list[Token], at: int) -> bool:
    back = at - 1
    while back >= 0 and (found[back].kind in ("number", "parameter") or found[back].word == "CONCURRENT"):
        back -= 1
    return back >= 1 and found[back].word == "IN" and found[back - 1].text == "}"


def _dotted(found: list[Token], at: int) -> Iterator[str]:
    yield found[at].name
    while at + 2 < len(found) and found[at + 1].text == "." and found[at + 2].name:
        at += 2
        yield found[at].name


def _labels(found: list[Token]) -> Iterator[str]:
    """What stands behind a colon that does not belong to the key of a map."""
    maps: list[bool] = []
    for at, token in enumerate(found):
        before = found[at - 1] if at else token
        if token.text in ("(", "[", "{"):
            maps.append(token.text == "{" and not _begins_subquery(found, at))
        elif token.text in (")", "]", "}") and maps:
            maps.pop()
        elif token.text == ":" and token.kind == "sign":
            is_key = bool(maps and maps[-1]) and bool(before.name) and at >= 2 and found[at - 2].text in ("{", ",")
            if not is_key:
                yield from _expression(found, at + 1)


def _begins_subquery(found: list[Token], at: int) -> bool:
    return _word(found, at - 1) in ("CALL", "EXISTS", "COUNT", "COLLECT") or (at > 0 and found[at - 1].text == ")")


def _expression(found: list[Token], at: int) -> Iterator[str]:
    """The names in ``A|B``, ``A&!B``, ``(A|B)``."""
    wants_name = True
    while at < len(found):
        token = found[at]
        if token.name and wants_name:
            yield token.name
            wants_name = False
        elif token.text in ("|", "&", ":") and not wants_name:
            wants_name = True
        elif not (token.text in ("!", "(", "%") and wants_name):
            return
        at += 1


def _word(found: list[Token], at: int) -> str:
    return found[at].word if 0 <= at < len(found) else ""


def _refused(token: Token, message: str) -> Refused:
    return Refused(message, _HINT, position=token.start)
