"""The widget of people: accounts, what they may, which rows they see, and what the roles mean."""

from __future__ import annotations

from typing import Any

from tobit_kernel.client import Gate, path_of
from tobit_kernel.notebook.display.words import say
from tobit_kernel.notebook.widgets import pieces
from tobit_kernel.notebook.widgets.frame import Frame, tabs
from tobit_kernel.notebook.widgets.granting import Permissions, Rows
from tobit_kernel.notebook.widgets.listing import Column, Item, Listing, plain, when

ROLES = ("admin", "manager", "approver", "analyst", "operator", "viewer")


def people(text: str = "", *, gate: Gate | None = None) -> People:
    """People of the tenant whose name, e-mail or role contains ``text``, and what can be done for them."""
    return People(text, gate)


class People(Frame):
    """Accounts, permissions, rows and roles in tabs."""

    def __init__(self, text: str, gate: Gate | None) -> None:
        super().__init__(say("People"), gate)
        self.tenant: str | None = None
        add = pieces.button(say("Add a person …"), self.draft, "primary")
        self.tenants = pieces.choice(say("Tenant"), [])
        self.list = Listing(
            self,
            [
                plain(say("Name"), "id"),
                plain(say("Full name"), "name", 3),
                plain(say("Role"), "role", 2),
                plain(say("Groups"), "groups", 3),
                when(say("Last sign-in"), "last_sign_in_at", 3),
                Column(say("State"), _state, 2, lambda item: "tobit-mod-good" if _is_fine(item) else "tobit-mod-bad"),
            ],
            self._page,
            self.show,
            say("Nobody matches."),
            noun=("person", "people"),
            beside=(add,),
            text=text,
        )
        self.permissions = Permissions(self, lambda: self.tenant)
        self.rows = Rows(self, lambda: self.tenant)
        if self.run(lambda: self._tenants()) and self.may("users"):
            add.layout.display = None if self.is_team else "none"
            self.first(*((self.tenants,) if len(self.tenants.options) > 1 else ()), tabs(self._pages()))
        else:
            self.run(lambda: self.gate.get("/users", limit=1) and None)

    def _pages(self) -> list[tuple[str, Any]]:
        return [
            (say("People"), lambda: (self.list.load(), self.list.box)[1]),
            (say("Permissions"), self.permissions.page),
            (say("Rows"), self.rows.page),
            (say("Roles"), self.roles),
        ]

    def _tenants(self) -> None:
        if not self.may("administer"):
            return
        found = [each["id"] for each in self.gate.get("/tenants")]
        self.tenants.options = found
        self.tenants.value = self.me["tenant"]
        self.tenants.observe(self._moved, "value")

    def _moved(self, change: Any) -> None:
        self.tenant = change["new"]
        for part in (self.list, self.permissions.list, self.rows.list):
            part.begin()

    def _page(self, text: str, limit: int, offset: int) -> tuple[list[Item], int]:
        data = self.gate.get("/users", text=text, limit=limit, offset=offset, tenant=self.tenant)
        return data["items"], data["total"]

    # -- one person -------------------------------------------------------------

    def draft(self) -> None:
        """The page on which somebody is added."""
        fields = {
            "id": pieces.text(say("Name"), example=say("what they sign in with")),
            "name": pieces.text(say("Full name")),
            "email": pieces.text(say("E-mail")),
            "role": pieces.choice(say("Role"), self._roles(), "viewer"),
            "groups": pieces.text(say("Groups"), example=say("line4, quality")),
        }

        def add() -> str:
            body = {name: field.value.strip() for name, field in fields.items()}
            made = self.gate.post("/users", {**body, "groups": pieces.words_of(body["groups"])}, tenant=self.tenant)
            self.open(made["user"], self._link(made), reload=self.list.load)
            return str(say("{who} is added.").format(who=made["user"]))

        button = pieces.button(say("Add"), self.doing(add), "primary")
        self.open(say("Add a person"), pieces.form(*fields.values(), pieces.row(button)), reload=self.list.load)

    def show(self, item: Item) -> None:
        """The page of one person."""
        who = self.gate.get(path_of("users", item["id"]), tenant=self.tenant)
        self.open(
            who["id"],
            self._facts(who),
            pieces.shown("section", say("Change")),
            self._change(who),
            *self._doings(who),
            *self._sign_ins(who),
            reload=self.list.load,
        )

    def _facts(self, who: Item) -> Any:
        fine = "tobit-mod-good" if _is_fine(who) else "tobit-mod-bad"
        return pieces.facts(
            (say("State"), _state(who), fine),
            (say("Reason"), who["disabled_reason"]),
            (say("Account"), say("own") if who["origin"] == "own" else f"{who['origin']} {who['provider']}"),
            (say("Second factor"), say("yes") if who["has_totp"] else say("no")),
            (say("Last sign-in"), pieces.moment(who["last_sign_in_at"])),
            (say("Since"), pieces.moment(who["created_at"])),
        )

    def _change(self, who: Item) -> Any:
        fields = {
            "name": pieces.text(say("Full name"), who["name"]),
            "email": pieces.text(say("E-mail"), who["email"]),
            "role": pieces.choice(say("Role"), self._roles(who["role"]), who["role"]),
            "groups": pieces.text(say("Groups"), ", ".join(who["groups"]), say("line4, quality")),
        }

        def change() -> str:
            given = {name: field.value.strip() for name, field in fields.items()}
            wanted = {**given, "groups": pieces.words_of(given["groups"])}
            body = {name: value for name, value in wanted.items() if value != who[name]}
            if not body:
                return str(say("Nothing was changed."))
            self._patch(who, body)
            return str(say("{who} is changed.").format(who=who["id"]))

        return pieces.form(*fields.values(), pieces.row(pieces.button(say("Save"), self.doing(change), "primary")))

    def _patch(self, who: Item, body: dict[str, Any]) -> None:
        self.gate.patch(path_of("users", who["id"]), body, tenant=self.tenant)
        self.show(who)

    def _doings(self, who: Item) -> list[Any]:
        """Buttons for what can be done for the person now."""
        found = []
        if who["locked_until"]:
            found.append(pieces.row(pieces.button(say("End the pause"), self.doing(lambda: self._unlock(who)))))
        if who["disabled_at"]:
            found.append(pieces.row(pieces.button(say("Enable"), self.doing(lambda: self._enable(who)))))
        else:
            if self.is_team and who["origin"] == "own" and who["id"] != "local":
                found.append(self._recovery(who))
            if who["id"] != self.me["user"]:
                question = say("{who} can't sign in any more; sessions and keys end at once.").format(who=who["id"])
                found.append(self.sure(say("Disable …"), question, lambda why: self._disable(who, why), True))
        return found and [pieces.shown("section", say("Access")), *found]

    def _recovery(self, who: Item) -> Any:
        also = pieces.check(say("also without the second factor, which was lost too"))

        def recover(reason: str) -> str:
            body = {"reason": reason, "clear_totp": also.value}
            made = self.gate.post(path_of("users", who["id"], "recover"), body, tenant=self.tenant)
            self.open(who["id"], self._link(made), reload=self.list.load)
            return str(say("{who} can choose a new password.").format(who=who["id"]))

        question = say("A one-time link for {who}; their sessions end.").format(who=who["id"])
        button = self.sure(say("New password …"), question, recover, True)
        return pieces.row(button, *((also,) if who["has_totp"] else ()))

    def _disable(self, who: Item, reason: str) -> str:
        self._patch(who, {"disabled": True, "reason": reason})
        return str(say("{who} is disabled.").format(who=who["id"]))

    def _enable(self, who: Item) -> str:
        self._patch(who, {"disabled": False})
        return str(say("{who} can sign in again.").format(who=who["id"]))

    def _unlock(self, who: Item) -> str:
        self.gate.post(path_of("users", who["id"], "unlock"), tenant=self.tenant)
        self.show(who)
        return str(say("{who} can try again.").format(who=who["id"]))

    def _sign_ins(self, who: Item) -> list[Any]:
        found = self.gate.get(path_of("users", who["id"], "sign-ins"), tenant=self.tenant)[:10]
        rows = [
            [pieces.moment(each["at"]), each["method"], each["outcome"], each["ip"], each["agent"]] for each in found
        ]
        headers = [say("When"), say("How"), say("Outcome"), say("From"), say("Program")]
        empty = say("{who} has not signed in.").format(who=who["id"])
        return [pieces.shown("section", say("Last sign-ins")), pieces.table(headers, rows, empty)]

    def _link(self, made: Item) -> Any:
        url = self.gate.url
        place = f"{url}{made['path']}" if url.startswith("http") else f"tobit login GATE --link '{made['path']}'"
        about = say("{who} chooses a password with this link, once, until {until}.")
        hint = say("It is shown this once: copy it now (a click marks all of it) and send it to nobody else.")
        return pieces.shown("secret", about.format(who=made["user"], until=pieces.moment(made["ends_at"])), place, hint)

    def _roles(self, present: str = "") -> list[str]:
        """Roles that the caller can give: none above their own."""
        own = self.me["role"]
        can = ROLES[ROLES.index(own) :] if own in ROLES else ROLES
        return [role for role in ROLES if role in can or role == present]

    def roles(self) -> Any:
        """The role matrix as a picture."""
        place = pieces.stack()

        def look() -> None:
            lines = self.gate.get("/access", tenant=self.tenant)["matrix"]
            words = {
                "permission": say("Permission"), "reason": say("Why it is so"), "no": say("no"),
                "all tenants": say("in all tenants"), "own tenant": say("in the own tenant"),
            }  # fmt: skip
            hint = say("✓ in the own tenant, ✓✓ in all. The tabs Permissions and Rows hold what was added to it.")
            place.children = (pieces.shown("matrix", ROLES, lines, words), pieces.shown("hint", hint))

        self.run(look)
        return place


def _is_fine(who: Item) -> bool:
    return not who["disabled_at"] and not who["locked_until"]


def _state(who: Item) -> str:
    if who["disabled_at"]:
        return str(say("disabled"))
    return str(say("paused")) if who["locked_until"] else str(say("active"))
