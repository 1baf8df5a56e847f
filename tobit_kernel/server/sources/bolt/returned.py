"""The columns that a statement names: ArcadeDB tells none of them when there are no rows."""

from __future__ import annotations

from tobit_kernel.server.sources.bolt.tokens import Token, tokens

_ENDS = frozenset({"ORDER", "SKIP", "OFFSET", "LIMIT", "UNION"})


def columns_of(statement: str) -> list[str]:
    """Names behind the last RETURN, as the server would call them; none for ``RETURN *``."""
    found = [token for token in tokens(statement) if token.text != ";"]
    depth, begin = 0, len(found)
    for at, token in enumerate(found):
        depth += (token.text in "([{") - (token.text in ")]}") if token.kind == "sign" else 0
        if depth == 0 and token.word == "RETURN":
            begin = at + 1
    if begin < len(found) and found[begin].word == "DISTINCT":
        begin += 1
    return [_named(part, statement) for part in _parts(found[begin:]) if part and part[0].text != "*"]


def _parts(found: list[Token]) -> list[list[Token]]:
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in found:
        if token.kind == "sign":
            depth += (token.text in "([{") - (token.text in ")]}")
        if depth == 0 and token.word in _ENDS:
            break
        if depth == 0 and token.text == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _named(part: list[Token], statement: str) -> str:
    if len(part) > 2 and part[-2].word == "AS":
        return part[-1].name
    return (
        part[0].name if len(part) == 1 and part[0].name else statement[part[0].start : part[-1].start] + part[-1].text
    )
