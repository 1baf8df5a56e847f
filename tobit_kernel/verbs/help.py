"""``help``: how the verbs are written."""

from __future__ import annotations

from typing import Any

from tobit_kernel.verbs.answer import Answer
from tobit_kernel.verbs.call import Call
from tobit_kernel.verbs.parse import VERBS
from tobit_kernel.verbs.usage import first_line, usage


def help_(verb: str = "", *, call: Call) -> Any:
    """Lists the verbs, or shows how one is written.

    Parameters
    ----------
    verb
        which one
    """
    if verb:
        return Answer({"verb": verb, "usage": usage(verb)}, text=usage(verb))
    rows = [{"verb": name, "what": first_line(name)} for name in VERBS]
    return Answer(rows, rows, note="`%tobit help VERB` shows its options.")
