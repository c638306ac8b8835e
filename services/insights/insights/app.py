"""The app, put together from its parts."""

from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI

from insights.clock import Clock, now
from insights.database import Database
from insights.deliveries import Deliveries
from insights.events import EventReader
from insights.guard import Guard
from insights.health import Health, health_routes
from insights.operations import operation_routes
from insights.problems import add_problems
from insights.queries import query_routes
from insights.subscriptions import subscription_routes


@dataclass(frozen=True, kw_only=True)
class Dependencies:
    app_id: str
    database: Database
    health: Health
    app_token: str | None = None
    clock: Clock = now


def create_app(deps: Dependencies) -> FastAPI:
    app = FastAPI(
        # The contract is the source of OpenAPI, so there is none here.
        openapi_url=None,
        redirect_slashes=False,
        telemetry={"operation_spans": False, "exclude": _has_no_span},
    )
    add_problems(app)
    app.add_middleware(Guard, token=deps.app_token)
    deliveries = Deliveries(deps.database, EventReader(), deps.clock)
    app.include_router(health_routes(deps.health))
    app.include_router(subscription_routes(deps.app_id, deliveries))
    app.include_router(query_routes(deps.database))
    app.include_router(operation_routes(deps.database, deliveries))
    return app


def _has_no_span(scope: MutableMapping[str, Any]) -> bool:
    """Each event has a span of its own; the delivery by the sidecar, or a probe, is no step of anything."""
    path: str = scope.get("path", "")
    return path == "/healthz" or path.startswith(("/events/", "/dapr/"))
