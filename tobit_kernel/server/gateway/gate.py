"""The parts of a running gate, put together."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from tobit_kernel import __version__
from tobit_kernel.server.audit.anchor import Anchor
from tobit_kernel.server.audit.keys import LABEL, keys_of
from tobit_kernel.server.audit.record import Audit
from tobit_kernel.server.audit.sealing import Sealer
from tobit_kernel.server.audit.spans import KeptSpans, expire
from tobit_kernel.server.gateway.activity import Activity
from tobit_kernel.server.gateway.demo import Demo
from tobit_kernel.server.gateway.graph import DESCRIPTION, OwnGraph
from tobit_kernel.server.gateway.rates import Rates
from tobit_kernel.server.gateway.sealing import keep_sealing, last_seal
from tobit_kernel.server.identity.accounts import Accounts, External
from tobit_kernel.server.identity.attempts import Attempts
from tobit_kernel.server.identity.grants import Grants
from tobit_kernel.server.identity.history import History
from tobit_kernel.server.identity.hub import HubIdentity
from tobit_kernel.server.identity.identity import Identity
from tobit_kernel.server.identity.keys import Keys
from tobit_kernel.server.identity.one_time import Links
from tobit_kernel.server.identity.principal import Principal
from tobit_kernel.server.identity.providers import Providers
from tobit_kernel.server.identity.scopes import Dimension
from tobit_kernel.server.identity.sessions import Sessions
from tobit_kernel.server.identity.shares import Shares
from tobit_kernel.server.identity.sign_in import SignIn
from tobit_kernel.server.identity.tenants import Tenants
from tobit_kernel.server.identity.token import LocalToken
from tobit_kernel.server.identity.totp import Totp
from tobit_kernel.server.masking.rules import Rules
from tobit_kernel.server.masking.texts import masked
from tobit_kernel.server.queries.cache import ResultCache
from tobit_kernel.server.queries.execution import Means
from tobit_kernel.server.queries.limits import Limits, limits
from tobit_kernel.server.queries.run import Queries
from tobit_kernel.server.queries.shield import Shields
from tobit_kernel.server.queries.threads import Threads
from tobit_kernel.server.queries.turns import Room
from tobit_kernel.server.sources.bolt.graph import GRAPH
from tobit_kernel.server.sources.configured import configured
from tobit_kernel.server.sources.health import keep_looking
from tobit_kernel.server.sources.postgresql.readers import Reader
from tobit_kernel.server.sources.records import OWN_TENANT, BuiltIn, Sources
from tobit_kernel.server.sources.workbench import Workbench
from tobit_kernel.server.store import tenancy
from tobit_kernel.server.store.budget import READER_POOL
from tobit_kernel.server.store.notify import Notices
from tobit_kernel.server.store.secrets import Secrets
from tobit_kernel.server.store.store import Store, opened
from tobit_kernel.settings import Settings
from tobit_kernel.wire.models import Part, Status

if TYPE_CHECKING:
    from tobit_kernel.server.identity.oidc import Oidc

log = structlog.get_logger(__name__)

#: How often spans are written, and how often what has expired is removed.
FLUSH_S, EXPIRE_S = 1.0, 60.0


@dataclass
class Gate:
    """Everything a route may need."""

    settings: Settings
    store: Store
    identity: Identity
    accounts: Accounts
    sessions: Sessions
    grants: Grants
    notices: Notices
    sources: Sources
    queries: Queries
    cache: ResultCache
    audit: Audit
    sealer: Sealer
    demo: Demo
    graph: OwnGraph
    spans: KeptSpans
    secrets: Secrets
    rates: Rates
    sign_in: SignIn
    keys: Keys
    tenants: Tenants
    history: History
    providers: Providers
    shares: Shares
    #: Made at its first use: its libraries are slow to load.
    oidc: Oidc | None = None
    #: Asks JupyterHub whose a token is; None where there is no Hub.
    hub: HubIdentity | None = None
    activity: Activity = field(default_factory=Activity)
    started: float = field(default_factory=time.monotonic)
    #: Set when the gate is asked to end.
    ending: asyncio.Event = field(default_factory=asyncio.Event)

    async def parts(self) -> list[Part]:
        """The gateway itself and what it stands on."""
        own = Part(name="gateway", state="up", detail=f"process {os.getpid()}, version {__version__}")
        states = {"running": "up", "restarting": "starting", "failed": "down"}
        below = [
            Part(name=part["name"], state=states[part["state"]], detail=part["detail"])
            for part in [*await self.store.parts(), *self.graph.parts()]
        ]
        return [own, *below]

    async def status(self) -> Status:
        """What `tobit status` shows."""
        return Status(
            version=__version__,
            home=str(self.settings.home),
            pid=os.getpid(),
            uptime_s=round(time.monotonic() - self.started, 1),
            parts=await self.parts(),
        )


class _StoreBinder:
    """Binds readers through the store; called in threads, so it waits for the event loop."""

    def __init__(self, store: Store, loop: asyncio.AbstractEventLoop) -> None:
        self._store, self._loop = store, loop

    def bind(self, reader: Reader, principal: Principal) -> None:
        if "started" not in reader.facts:
            reader.facts["started"] = self._wait(tenancy.backend_start(self._store.engine, reader.pid))
        self._wait(tenancy.bind(self._store.engine, reader.pid, reader.facts["started"], principal))

    def unbind(self, reader: Reader) -> None:
        self._wait(tenancy.unbind(self._store.engine, reader.pid, reader.facts["started"]))

    def neighbours(self, principal: Principal) -> tenancy.Neighbours:
        found: tenancy.Neighbours = self._wait(tenancy.neighbours(self._store.engine, principal.tenant))
        return found

    def _wait(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


def _entrance(engine: AsyncEngine, audit: Audit, secrets: Secrets, providers: Providers) -> SignIn:
    """The ways in."""

    async def by_directory(name: str, password: str) -> External | None:
        for provider in await providers.enabled("ldap"):
            from tobit_kernel.server.identity.ldap import person  # its library is slow to load

            found = await person(provider, name, password)
            if found is not None:
                return found
        return None

    accounts, sessions = Accounts(engine), Sessions(engine)
    entrance = SignIn(engine, audit, accounts, sessions, Attempts(engine), Links(engine), Totp(engine, secrets))
    entrance.vouching["ldap"] = by_directory
    return entrance


@asynccontextmanager
async def opened_gate(settings: Settings, local: LocalToken | None, spans: KeptSpans) -> AsyncIterator[Gate]:
    """A gate on its open store; closes in the opposite order."""
    async with opened(settings, lambda note: log.info("starting", note=note)) as store:
        gate = await _put_together(settings, store, local, spans)
        gate.notices.start()
        try:
            async with _beside(_keep(gate), keep_looking(gate.sources), keep_sealing(gate.audit, gate.sealer)):
                yield gate
        finally:
            await _take_apart(gate)


async def _put_together(settings: Settings, store: Store, local: LocalToken | None, spans: KeptSpans) -> Gate:
    """The gate's parts on an open store, lowest first."""
    engine, secrets, notices = store.engine, Secrets.of(settings), Notices(store.addresses.app)
    audit, cache, sealer = Audit(engine, masked), ResultCache(engine), await _sealer(settings, engine, secrets)
    rules, held = Rules(engine, secrets), await _limits(settings, store)
    graph = OwnGraph(settings, store, cache, rules)
    sources = _sources(settings, store, secrets, graph)
    means = Means(sources, cache, audit, Threads(READER_POOL), held, rules, Shields(sources, rules))
    providers = Providers(engine, secrets)
    entrance = _entrance(engine, audit, secrets, providers)
    return Gate(
        settings=settings,
        store=store,
        identity=Identity(local, engine, notices),
        accounts=entrance.accounts,
        sessions=entrance.sessions,
        grants=Grants(engine),
        notices=notices,
        sources=sources,
        queries=Queries(means),
        cache=cache,
        audit=audit,
        sealer=sealer,
        demo=Demo(store, cache, graph),
        graph=graph,
        spans=spans,
        secrets=secrets,
        rates=Rates(settings.user_requests if settings.team else 0),
        sign_in=entrance,
        keys=Keys(engine),
        tenants=Tenants(engine),
        history=History(engine),
        providers=providers,
        shares=Shares(engine, entrance.hashing),
        hub=HubIdentity.of(settings),
    )


async def _sealer(settings: Settings, engine: AsyncEngine, secrets: Secrets) -> Sealer:
    """What seals the audit; it has looked at where the last one ended."""
    keys = keys_of(settings.home, secrets.derived(LABEL))
    sealer = Sealer(engine, keys, Anchor(settings.home), settings.audit_keep_days)
    await sealer.begin()
    return sealer


def _sources(settings: Settings, store: Store, secrets: Secrets, graph: OwnGraph) -> Sources:
    """The registered sources and those that are always there."""
    workbench = Workbench(store.addresses.reader, _StoreBinder(store, asyncio.get_running_loop()))
    sources = Sources(store.engine, workbench, secrets, settings.home)
    sources.built_in.update(configured(settings))
    sources.built_in[GRAPH] = BuiltIn(
        graph.source, DESCRIPTION, OWN_TENANT if graph.server is None else None, frozenset({Dimension.CI_GROUP})
    )
    return sources


async def _take_apart(gate: Gate) -> None:
    """Ends what the parts have begun; the store closes after it."""
    await gate.notices.close()
    with suppress(Exception):  # what is left, if the database still answers
        await gate.spans.flush(gate.store.engine)
        await gate.queries.means.limits.close()
    await gate.demo.stop()
    gate.queries.means.threads.close()
    await gate.sources.close()
    if gate.hub:
        await gate.hub.close()
    await gate.graph.stop()
    await last_seal(gate.sealer)


@asynccontextmanager
async def _beside(*works: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """``works`` go on in the background until the end."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def _limits(settings: Settings, store: Store) -> Limits:
    """What holds queries back; one's own machine is shared with nobody."""
    own = Room(READER_POOL, READER_POOL)
    room = Room(settings.user_queries, settings.tenant_queries) if settings.team else own
    held = limits(store.engine, READER_POOL, room, settings.slow_query_s, settings.answer_bytes)
    await held.quotas.refresh(now=True)
    return held


async def _keep(gate: Gate) -> None:
    """Writes spans, removes what has expired; survives a database that is away for a while."""
    expired = 0.0
    while True:
        await asyncio.sleep(FLUSH_S)
        try:
            await gate.spans.flush(gate.store.engine)
            await gate.identity.flush()
            await gate.queries.means.limits.refresh()
            if time.monotonic() - expired > EXPIRE_S:
                expired = time.monotonic()
                await gate.cache.expire()
                await gate.queries.means.limits.expire()
                await expire(gate.store.engine)
                await gate.history.expire()
        except Exception as error:  # whatever the driver raises: the next round tries again
            log.warning("the database did not take what was to be kept", error=str(error).split("\n")[0])
