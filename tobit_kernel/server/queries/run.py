"""Queries: what callers ask, run or explained."""

from __future__ import annotations

from tobit_kernel.errors import TobitError
from tobit_kernel.server.identity.principal import Permission
from tobit_kernel.server.masking.texts import masked, told
from tobit_kernel.server.queries.caller import Caller
from tobit_kernel.server.queries.checked import checked
from tobit_kernel.server.queries.execution import Execution, Means
from tobit_kernel.server.sources.source import Cancellation
from tobit_kernel.wire.models import QueryRequest


class Queries:
    """Runs queries for callers."""

    def __init__(self, means: Means) -> None:
        self.means = means
        means.limits.slow.plan = self.explain

    async def start(self, request: QueryRequest, caller: Caller) -> Execution:
        """A running query whose columns are known; its caller must ``stream`` or ``finish`` it.

        Errors before the first row come from here, audited.
        """
        execution = Execution(self.means, request, caller)
        try:
            await execution.open()
        except BaseException as error:
            await execution.finish(error)
            raise
        return execution

    async def explain(self, request: QueryRequest, caller: Caller) -> str:
        """The plan of a statement, as text."""
        source, composed = await checked(
            self.means.sources, self.means.shields, request, caller.principal, only_plan=True
        )
        prepared = composed.prepared(request)
        sees_all = caller.principal.may(Permission.SEE_PII)
        policy = (await self.means.rules.of(caller.principal.tenant)).policy
        try:
            plan = await self.means.threads.call(
                lambda: source.explain(caller.principal, prepared), Cancellation(), caller.gone
            )
        except TobitError as error:
            located = composed.locate(error)
            raise (located if sees_all else told(located, policy)) from error
        return plan if sees_all else masked(plan, policy)
