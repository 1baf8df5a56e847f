"""``users``: the people of a tenant and what they may; what is done is in ``staff``, ``granting`` and ``providers``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter

from tobit_kernel.verbs import granting, staff
from tobit_kernel.verbs.call import Call, Words
from tobit_kernel.verbs.providers import providers as vouching

Reason = Annotated[str, Parameter(name=["--reason", "-m"])]
Role = Literal["admin", "manager", "approver", "analyst", "operator", "viewer"]


def users(
    text: str = "", *, tenant: str | None = None, reason: Reason = "",
    add: str | None = None, role: Role | None = None, group: Words = (), name: str | None = None,
    email: str | None = None, disable: bool = False, enable: bool = False,
    recover: bool = False, clear_totp: bool = False, unlock: bool = False,
    sessions: bool = False, end: str | None = None, sign_ins: bool = False,
    access: bool = False, allow: str | None = None, deny: str | None = None, take: int | None = None,
    to: str = "", on: str = "*", show_rows: Words = (), hide_rows: Words = (), only: Words = (),
    export: bool = False, erase: bool = False, keep_tables: bool = False,
    tenants: bool = False, add_tenant: str | None = None,
    providers: bool = False, add_provider: Path | None = None, remove_provider: str | None = None,
    browse: bool = False, call: Call,
) -> Any:  # fmt: skip
    """Lists people; with one's name and an option it does something for that person.

    `--add kim --role analyst --group line4` makes an account and shows the one-time link by which kim chooses a
    password. `users kim --disable -m "left"` ends kim's sessions and keys at once. `--allow sources --to group:line4
    --on source/plant -m "they care for it"` gives a permission, `--only line=L-PRS-1 --to role:analyst -m "own line"`
    shows the rows of one line; a dimension (factory, line, shift, …) without a value shows nothing.

    Parameters
    ----------
    text
        only people whose name, e-mail or role contains it; or the person to do something for
    tenant
        another tenant than your own, for administrators
    reason
        why (-m); kept in the audit and shown to whom it refuses something
    add
        name of a new person
    role
        their role, or the person's new one
    group
        their groups, or all of the person's from now on
    name
        full name
    email
        e-mail address
    disable
        nobody signs in with this account any more
    enable
        again
    recover
        a one-time link for who lost the password
    clear_totp
        with --recover: also without the second factor, which was lost too
    unlock
        end the pause after failed attempts
    sessions
        open sessions, of the person or of all
    end
        end the session with this id
    sign_ins
        the person's sign-ins and what was tried in their name
    access
        the permissions and rows that were given or taken
    allow
        give this permission
    deny
        take this permission
    take
        remove the row of --access with this number
    to
        whom: role:analyst, group:line4 or user:kim
    on
        one thing only, such as source/plant
    show_rows
        show further rows: dimension=value, * for all of a dimension; all=* for all rows
    hide_rows
        hide them again
    only
        show these values, such as line=L-PRS-1, and all of the other dimensions, in place of what was shown
    export
        everything that is kept about the person
    erase
        put a pseudonym in the person's place; for good
    keep_tables
        with --erase: what they loaded stays
    tenants
        lists tenants
    add_tenant
        name of a new tenant
    providers
        lists who vouches for people: OpenID Connect and LDAP
    add_provider
        TOML or JSON file of a new one; its secret is asked for
    remove_provider
        nobody signs in by this one any more
    browse
        opens them as a widget, in a notebook
    """
    if browse:
        return call.browse("people", text=text)
    if tenants or add_tenant:
        return staff.tenants(call, add_tenant, name)
    if providers or add_provider is not None or remove_provider:
        return vouching(call, tenant, add_provider, remove_provider)
    if access or allow or deny or take is not None or show_rows or hide_rows or only:
        given = granting.Given(to, on, reason, tenant)
        return granting.granted(call, given, allow, deny, take, show_rows, hide_rows, only)
    if add is not None:
        return staff.add(call, tenant, add, role, group, name, email)
    if sessions or end is not None:
        return staff.sessions(call, tenant, text, end)
    flags = {"recover": recover, "unlock": unlock, "sign_ins": sign_ins, "export": export, "erase": erase}
    done = [action for action, wanted in flags.items() if wanted]
    if done:
        return staff.DONE[done[0]](call, staff.Person(text, tenant, reason, clear_totp, keep_tables))
    change = staff.change_of(role, group, name, email, disable, enable, reason)
    return staff.change(call, tenant, text, change) if change else staff.listed(call, tenant, text)
