"""What is done from time to time: gaps that stay are reported, what is old is forgotten."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from starlette.concurrency import run_in_threadpool

from insights import inbox
from insights.clock import Clock, now
from insights.database import Database

_log = logging.getLogger(__name__)


def report_gaps(database: Database, clock: Clock = now) -> None:
    with database.transaction() as connection:
        gaps = inbox.report_gaps(connection, clock())
    for gap in gaps:
        fields = {"topic": gap.topic, "key": gap.key, "version": gap.version, "previous": gap.previous}
        _log.error("an event is missing: those after it wait", extra={"fields": fields})


def prune(database: Database, clock: Clock = now) -> None:
    with database.transaction() as connection:
        rows = inbox.prune(connection, clock())
    if rows:
        _log.info("old rows pruned", extra={"fields": {"rows": rows}})


@asynccontextmanager
async def upkeep(
    database: Database, *, gaps_every: float = 5.0, prune_every: float = 3_600.0
) -> AsyncIterator[None]:
    """Does it until the end of the scope, `…_every` in seconds."""
    tasks = [
        asyncio.create_task(_repeat(lambda: report_gaps(database), gaps_every)),
        asyncio.create_task(_repeat(lambda: prune(database), prune_every)),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _repeat(work: Callable[[], None], every: float) -> None:
    while True:
        try:
            await run_in_threadpool(work)
        except Exception:
            _log.exception("upkeep failed")
        await asyncio.sleep(every)
