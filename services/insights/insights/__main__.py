"""Runs the service: `python -m insights`, from the repository root."""

import asyncio
import logging
import sys
from contextlib import AsyncExitStack

from insights.app import Dependencies, create_app
from insights.config import Config, read_config
from insights.database import Database, path_of
from insights.health import Health
from insights.logs import set_up_logs
from insights.server import serve
from insights.sidecar import open_sidecar
from insights.tracing import set_up_tracing
from insights.upkeep import upkeep

_log = logging.getLogger("insights")


async def run(config: Config) -> None:
    async with AsyncExitStack() as stack:
        stack.callback(set_up_tracing(config.APP_ID, config.OTEL_EXPORTER_OTLP_ENDPOINT))
        async with open_sidecar(config.sidecar_endpoint, config.DAPR_API_TOKEN) as sidecar:
            await sidecar.wait()
            url = await sidecar.secret("secrets", "insights-database")
        database = Database(path_of(url))
        stack.callback(database.close)
        health = Health()
        app = create_app(
            Dependencies(
                app_id=config.APP_ID, database=database, health=health, app_token=config.APP_API_TOKEN
            )
        )
        await stack.enter_async_context(upkeep(database))
        await serve(app, config.APP_HOST, config.APP_PORT, health)
    _log.info("stopped")


def main() -> int | str:
    try:
        config = read_config()
    except ValueError as error:
        return f"insights: {error}"
    set_up_logs(config.APP_ID, config.LOG_LEVEL)
    try:
        asyncio.run(run(config))
    except Exception:
        _log.critical("cannot serve", exc_info=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
