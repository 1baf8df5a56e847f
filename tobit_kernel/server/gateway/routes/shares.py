"""Links to results: made and closed by their owners, opened by whoever has them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from tobit_kernel.errors import LimitReached, Refused, TobitError, Unauthenticated
from tobit_kernel.server.gateway.callers import Anybody, TheGate, caller, event, needs, watched
from tobit_kernel.server.identity.principal import Permission, Principal
from tobit_kernel.server.queries.json_rows import answer
from tobit_kernel.wire.envelope import Envelope
from tobit_kernel.wire.sharing import MOST_ROWS, ShareAccess, Shared, ShareDraft, SharedResult, ShareInfo, ShareKey

router = APIRouter(tags=["shares"])

Sharing = Annotated[Principal, Depends(needs(Permission.SHARE))]
ShareId = Annotated[str, Path(pattern=r"^[0-9a-f]{12}$")]


@router.post("/shares")
async def make(gate: TheGate, principal: Sharing, request: Request, draft: ShareDraft) -> Envelope[Shared]:
    """A link to the result of a statement; the statement is checked now and runs at each use."""
    if draft.request.limit is None or draft.request.limit > MOST_ROWS:
        raise LimitReached(f"A shared result has at most {MOST_ROWS:,} rows.", "Lower the limit, or sum up.")
    await gate.queries.explain(draft.request, caller(request, principal))
    made = await gate.shares.make(principal, draft)
    if gate.settings.public_url:
        made.address = gate.settings.public_url.rstrip("/") + made.path
    await gate.audit.record(event(request, principal, "share.make", f"share/{made.id}", draft.title or None))
    return Envelope(data=made)


@router.get("/shares")
async def shares(gate: TheGate, principal: Sharing, all: bool = False) -> Envelope[list[ShareInfo]]:  # noqa: A002
    """The caller's links; with ``all`` those of the tenant, for those who answer for its people."""
    return Envelope(data=await gate.shares.known(principal.tenant, _whose(principal, all)))


@router.delete("/shares/{share}")
async def revoke(gate: TheGate, principal: Sharing, request: Request, share: ShareId) -> Envelope[dict[str, str]]:
    """Closes a link at once."""
    await gate.shares.revoke(principal.tenant, share, principal.user, _whose(principal, True, ask=False))
    await gate.audit.record(event(request, principal, "share.revoke", f"share/{share}"))
    return Envelope(data={"id": share})


@router.get("/shares/{share}/accesses")
async def accesses(gate: TheGate, principal: Sharing, share: ShareId) -> Envelope[list[ShareAccess]]:
    """Who came by a link, the last first."""
    return Envelope(data=await gate.shares.accesses(principal.tenant, share, _whose(principal, True, ask=False)))


@router.post("/shared/open")
async def open_(gate: TheGate, origin: Anybody, request: Request, key: ShareKey) -> Envelope[SharedResult]:
    """What a link shows, fetched now with what its owner may see now."""
    opened = await gate.shares.use(key.token, key.password.get_secret_value(), origin)
    outcome, rows = "failed", None
    try:
        owner = await gate.identity.of_account(opened.owner)
        if not (owner.may(Permission.SHARE) and owner.may(Permission.READ)):
            raise Refused("Whoever shared this may not share any more.", "Ask somebody else for the result.")
        who = caller(request, owner)
        who.action, who.resource = "share.open", f"share/{opened.id}"
        async with watched(request.receive, who.gone):
            result = await answer(await gate.queries.start(opened.request, who))
        outcome, rows = "ok", result.row_count
    except Unauthenticated:
        outcome = "owner gone"
        raise Unauthenticated("This link is not open (any more).", "Ask whoever sent it for a new one.") from None
    except TobitError as error:
        outcome = type(error).__name__
        raise
    finally:
        await gate.shares.came(opened, outcome, rows, origin)
    shown = {"title": opened.title, "owner": opened.owner, "ends_at": opened.ends_at, "uses_left": opened.uses_left}
    return Envelope(data=SharedResult(**shown, result=result))


def _whose(principal: Principal, everybody: bool, ask: bool = True) -> str | None:
    """None for the links of all, which only who answers for people reaches; else the caller's own."""
    if everybody and principal.may(Permission.USERS):
        return None
    if everybody and ask:
        raise Refused("Other people's links are not yours to see.", "A manager sees them.")
    return principal.user
