"""``explain``: how a source would run a statement."""

from __future__ import annotations

from typing import Any, Literal

from tobit_kernel.verbs.answer import Answer
from tobit_kernel.verbs.call import Call
from tobit_kernel.verbs.cypher import CYPHER
from tobit_kernel.verbs.redis import REDIS
from tobit_kernel.verbs.sql import SQL, request_of

_LANGUAGES = {language.name: language for language in (SQL, CYPHER, REDIS)}


def explain(
    *words: str,
    source: str = "workbench",
    language: Literal["sql", "cypher", "redis"] = "sql",
    timeout: str = "30s",
    call: Call,
) -> Any:
    """Shows the plan of a statement and what looks expensive in it; nothing is run.

    Parameters
    ----------
    words
        values of parameters: `day=2026-01-01`
    source
        whose plan
    language
        what the source is asked in
    timeout
        how long planning may take
    """
    request, _ = request_of(words, source, None, timeout, "off", call, _LANGUAGES[language])
    data = call.gate.post("/query/explain", request.model_dump(mode="json"))
    warnings = "".join(f"! {warning}\n" for warning in data["warnings"])
    return Answer(data, text=warnings + data["plan"])
