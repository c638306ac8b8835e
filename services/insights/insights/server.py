"""Serves the app until the process is asked to end."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Iterator

import uvicorn
from fastapi import FastAPI

from insights.health import Health

_log = logging.getLogger(__name__)

DRAIN_TIMEOUT = 8
"""Longest time for the requests under way once the service has to end, in seconds."""


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """uvicorn's own would have the process die of the signal once all is done, instead of ending with 0."""
        yield


async def serve(app: FastAPI, host: str, port: int, health: Health) -> None:
    """Listens; SIGTERM and SIGINT make it unhealthy, finish the requests under way, and let it return."""
    server = _Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            # daprd keeps idle connections for 90 s: closing earlier would break the next request on one of them.
            timeout_keep_alive=120,
            timeout_graceful_shutdown=DRAIN_TIMEOUT,
            access_log=False,
            log_config=None,
            lifespan="off",
            server_header=False,
        )
    )

    def end(name: str) -> None:
        _log.info("draining", extra={"fields": {"signal": name}})
        health.serving = False
        server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end, number.name)
    health.serving = True
    _log.info("listening", extra={"fields": {"host": host, "port": port}})
    await server.serve()
    if not server.started:
        raise OSError(f"cannot listen on {host}:{port}")
