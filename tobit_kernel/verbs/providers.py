"""What ``users`` does with those who vouch for people elsewhere: OpenID Connect and LDAP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tobit_kernel.client import path_of
from tobit_kernel.errors import InputError
from tobit_kernel.verbs.answer import Answer
from tobit_kernel.verbs.call import Surroundings
from tobit_kernel.verbs.registering import options_of

_SHOWN = ("name", "kind", "title", "where", "roles", "default_role", "is_enabled")


def providers(call: Surroundings, tenant: str | None, add: Path | None, remove: str | None) -> Answer:
    """All providers of a tenant, a new one of a file, or one less."""
    if add is not None:
        return _add(call, tenant, add)
    if remove is not None:
        data = call.gate.delete(path_of("providers", remove), tenant=tenant)
        return Answer(data, text=f"Nobody signs in by {remove!r} any more; the accounts that came by it stay.")
    data = call.gate.get("/providers", tenant=tenant)
    rows = [_row(each) for each in data]
    return Answer(data, rows, empty="People sign in by passwords of this gate alone.", columns=list(_SHOWN))


def _add(call: Surroundings, tenant: str | None, file: Path) -> Answer:
    draft = _draft(file)
    who = draft["options"].get("bind_dn") if draft["kind"] == "ldap" else draft["options"].get("client_id")
    if who:  # a directory that is searched without a login has no secret
        draft["secret"] = call.ask_secret(f"Secret of {who} (nothing when it has none): ")
    data = call.gate.post("/providers", draft, tenant=tenant)
    return Answer(data, text="\n".join([f"People of {data['name']!r} can sign in.", *_addresses(call, data)]))


def _draft(file: Path) -> dict[str, Any]:
    """Name, kind and options of ``file``; ``InputError`` for one that says more or less."""
    options = options_of((), file)
    name, kind = options.pop("name", None), options.pop("kind", None)
    if "secret" in options or "password" in options:
        raise InputError("A secret stands in the file.", "Take it out: it is asked for, and stored encrypted.")
    if not isinstance(name, str) or kind not in ("oidc", "ldap"):
        raise InputError("The file needs a name and a kind.", 'Write name = "company" and kind = "oidc" or "ldap".')
    return {"name": name, "kind": kind, "options": options}


def _addresses(call: Surroundings, provider: dict[str, Any]) -> list[str]:
    """What the provider of OpenID Connect has to know of the gate."""
    if provider["kind"] != "oidc":
        return []
    url = call.gate.url
    base = url.rstrip("/") if url.startswith("http") else "https://YOUR-GATE"
    below = f"{base}/api/v1/sign-in/oidc/{provider['name']}"
    return [
        "Register at the provider, with the gate's public address:",
        f"  redirect address     {below}/callback",
        f"  back-channel logout  {below}/logout",
    ]


def _row(provider: dict[str, Any]) -> dict[str, Any]:
    options = provider["options"]
    given = ", ".join(f"{group} → {role}" for group, role in options["roles"].items())
    told = {**provider, **options, "where": options.get("issuer") or options.get("url"), "roles": given}
    return {name: told[name] for name in _SHOWN}
