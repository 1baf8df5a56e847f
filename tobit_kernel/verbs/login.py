"""``login``: a session with a team's gate."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from getpass import getuser
from typing import Any
from urllib.parse import urlsplit

from tobit_kernel import autostart
from tobit_kernel.client import Gate
from tobit_kernel.errors import GateUnavailable, InputError, NotFound, RateLimited, TobitError, Unauthenticated
from tobit_kernel.runtime import Remembered, forget_session, make_home, remember, remembered
from tobit_kernel.settings import Settings, settings
from tobit_kernel.verbs.answer import Answer
from tobit_kernel.verbs.call import Call, Surroundings


def login(
    url: str = "",
    *,
    name: str | None = None,
    link: bool = False,
    change_password: bool = False,
    totp: bool = False,
    drop_totp: bool = False,
    out: bool = False,
    forget: bool = False,
    call: Call,
) -> Any:
    """Signs in to a team's gate and keeps the session in TOBIT_HOME, where only you can read it.

    Passwords, codes and links are asked for and never shown. With one login later commands and notebooks of this
    home know the gate, also when the session has ended. A gate of your own machine needs none.

    Parameters
    ----------
    url
        the gate; TOBIT_GATEWAY_URL, or the one of the last time, where it is not given
    name
        your user name; that of the last time, or the system's, where it is not given
    link
        ask for a one-time link, then for the password that you choose
    change_password
        choose another password
    totp
        add a second factor: an app that shows codes
    drop_totp
        remove the second factor
    out
        sign out; later commands ask you to sign in again
    forget
        sign out and go back to a gate of your own machine
    """
    told = settings()
    if out or forget:
        return _out(told, forget)
    if change_password:
        return _change_password(call)
    if totp:
        return _add_totp(call)
    if drop_totp:
        call.gate.delete("/me/totp", {"password": call.ask_secret("Password: ")})
        return Answer({"totp": False}, text="From now on your password is enough.")
    address = _address(url, told)
    door = Gate(address, "", told.ca_file)
    user = name or _last_name(told)
    try:
        data = _by_link(call, door) if link else _by_password(call, door, user)
    except (Unauthenticated, RateLimited, GateUnavailable):
        if url or autostart.of_team(told):
            _meant(told, address, user)
        raise
    make_home(told.home)
    remember(told.home, Remembered(address, data["user"], data.pop("token")))
    autostart.connect_anew()
    note = "Change your password first: `%tobit login --change-password`." if data["must_change_password"] else ""
    until = data["ends_at"][:16].replace("T", " ")
    text = f"You are {data['user']} @ {data['tenant']} at {address}, until {until} UTC."
    return Answer(data, text=f"{text}\n{note}".strip())


def _meant(told: Settings, address: str, user: str) -> None:
    """After a failure: whoever wanted to work with a team does not go on with a gate of their own unawares."""
    if remembered(told.home) is None:
        make_home(told.home)
        remember(told.home, Remembered(address, user, ""))
        autostart.connect_anew()


def _address(url: str, told: Settings) -> str:
    """Where to sign in; ``InputError`` where a password would travel in clear."""
    facts = autostart.facts_of(told.home) or {}
    address = url or autostart.address_of(told) or str(facts.get("url", ""))
    if not address:
        raise NotFound("Which gate?", "`tobit login https://gate.example.com`, or set TOBIT_GATEWAY_URL.")
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https", "unix"):
        raise InputError(f"{address!r} is no address of a gate.", "It begins with https://.")
    if parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise InputError("Over http everybody on the way reads your password.", "The address begins with https://.")
    if parts.scheme == "unix":
        return address
    return f"{parts.scheme}://{parts.netloc}"  # the page's address is good, too


def _last_name(told: Settings) -> str:
    last = remembered(told.home)
    return last.name if last else getuser()


def _by_password(call: Surroundings, door: Gate, name: str) -> dict[str, Any]:
    body = {"name": name, "password": call.ask_secret(f"Password of {name}: "), "kind": "program"}
    return _with_code(call, door, "/sign-in", body)


def _by_link(call: Surroundings, door: Gate) -> dict[str, Any]:
    token = call.ask_secret("One-time link: ").strip().rpartition("set=")[2]
    who = door.post("/sign-in/one-time/check", {"token": token})
    password = _chosen(call, f"New password of {who['user']}: ")
    return _with_code(call, door, "/sign-in/one-time", {"token": token, "password": password, "kind": "program"})


def _with_code(call: Surroundings, door: Gate, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """The answer, after the second factor was asked for where there is one."""
    try:
        return dict(door.post(path, body))
    except Unauthenticated as error:
        if error.details.get("needs") != "code":
            raise
    return dict(door.post(path, {**body, "code": call.ask_secret("Code of the app: ").strip()}))


def _chosen(call: Surroundings, prompt: str) -> str:
    password = call.ask_secret(prompt)
    if call.ask_secret("Once more: ") != password:
        raise InputError("The two are not the same.", "Do it again.")
    return password


def _change_password(call: Surroundings) -> Answer:
    old = call.ask_secret("Present password: ")
    data = call.gate.put("/me/password", {"old": old, "new": _chosen(call, "New password: ")})
    return Answer(data, text="Your password is changed; your other sessions have ended.")


def _add_totp(call: Surroundings) -> Answer:
    begun = call.gate.post("/me/totp", {"password": call.ask_secret("Password: ")})
    call.tell(f"Type this into the app, or scan it at {_page(call)}:\n  {begun['secret']}\n  {begun['uri']}")
    codes = call.gate.post("/me/totp/confirm", {"code": call.ask_secret("Code of the app: ").strip()})["codes"]
    lines = ["From now on signing in takes a code. For the day without the app, once each, on paper:"]
    return Answer({"totp": True, "codes": codes}, text="\n".join([*lines, *(f"  {code}" for code in codes)]))


def _page(call: Surroundings) -> str:
    url = call.gate.url
    return f"{url}/sign-in" if url.startswith("http") else "the gate's page /sign-in"


def _out(told: Settings, forget: bool) -> Answer:
    session = remembered(told.home)
    data: Any = {"id": ""}
    if session is not None and session.token:
        with suppress(TobitError):  # it had ended, or the gate is away: its token is forgotten here in any case
            data = Gate(session.url, session.token, told.ca_file).delete("/me/session")
        remember(told.home, replace(session, token=""))
    if forget:
        forget_session(told.home)
    autostart.connect_anew()
    return Answer(data, text=_what_now(told, session, forget))


def _what_now(told: Settings, session: Remembered | None, forget: bool) -> str:
    if forget and told.gateway_url:
        return f"You are signed out. TOBIT_GATEWAY_URL still names {told.gateway_url}."
    if forget:
        return "You are signed out; from now on this home uses a gate of your own machine."
    if session is None or not session.token:
        return "Nobody is signed in from here."
    return f"You are signed out of {session.url}."
