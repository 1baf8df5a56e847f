"""Tables of other tenants in a statement: they must be as if they never were.

Row security leaves nothing of their rows, but a name that is taken answers otherwise than one that is not. So one of
theirs gets a letter that none has: the server itself then says that there is no such table, at the place and in the
turn in which it would have said so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tobit_kernel.errors import Refused
from tobit_kernel.server.identity.principal import Permission, Principal
from tobit_kernel.server.sources.postgresql.failures import NOWHERE
from tobit_kernel.server.sources.workbench import Neighbours
from tobit_kernel.wire.parameters import Token, significant

#: Nobody loads into them.
_COMMON = frozenset({"ops", "mfg", "public", "pg_catalog", "information_schema", "gate"})
#: Types whose text is a name that is looked up.
_LOOKING_UP = frozenset(
    "regclass regtype regnamespace regproc regprocedure regoper regoperator regrole".split()
)
Place = tuple[Token, Token]


def named(statement: str) -> list[Place]:
    """``schema.name`` in the text where it may be a loaded table."""
    return [pair for pair in _pairs(significant(statement)) if folded(pair[0]) not in _COMMON]


def hiding(places: Iterable[Place], others: Neighbours) -> list[tuple[int, int, str]]:
    """The changes that lead what others have to nowhere: a schema that is theirs alone, else the name of a table."""
    made = []
    for schema, name in places:
        if folded(schema) in others.schemas:
            made.append((schema.start, schema.end, f'"{NOWHERE}{folded(schema)}"'))
        elif (folded(schema), folded(name)) in others.tables:
            made.append((name.start, name.end, f'"{NOWHERE}{folded(name)}"'))
    return made


def refuse_looking_up(statement: str, principal: Principal) -> None:
    """``Refused`` for ``'a name'::regclass`` and its like, but for administrators."""
    if principal.may(Permission.ADMINISTER) or "reg" not in statement.lower():
        return
    pieces = significant(statement)
    for before, token, after in zip([None, *pieces], pieces, [*pieces[1:], None], strict=False):
        led = before is not None and before.text.lower() in ("::", "as", ".")
        if folded(token) in _LOOKING_UP and (led or (after is not None and after.kind == "string")):
            raise Refused(f"The type {folded(token)!r} looks up names.", "`%tobit tables` lists those that are yours.")


def _pairs(pieces: list[Token]) -> Iterator[Place]:
    aliases = {
        folded(token)
        for token, after in zip(pieces, [*pieces[1:], None], strict=False)
        if token.kind in ("word", "quoted") and (after is None or after.text != ".")
    }
    for at in range(len(pieces) - 2):
        schema, dot, name = pieces[at : at + 3]
        if dot.text != "." or schema.kind not in ("word", "quoted") or name.kind not in ("word", "quoted"):
            continue
        before = pieces[at - 1].text.lower() if at else ""
        # t.column of an alias; behind FROM and the like it is a table all the same
        if folded(schema) not in aliases or before in ("from", "join", ",", "(", "only", "table", "::", "as"):
            yield schema, name


def folded(token: Token) -> str:
    """A word or quoted name as the server reads it."""
    return token.text[1:-1].replace('""', '"') if token.kind == "quoted" else token.text.lower()
