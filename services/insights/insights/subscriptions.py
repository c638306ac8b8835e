"""The events that the sidecar delivers. dapr-ext-fastapi has no bulk subscription, so these are plain routes."""

import functools
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from insights.deliveries import MAX_AWAIT, MAX_ENTRIES, Deliveries
from insights.events import TOPICS

PUBSUB = "pubsub"


def subscription_routes(app_id: str, deliveries: Deliveries) -> APIRouter:
    router = APIRouter()
    letters = f"{app_id}.dead-letters"

    @router.get("/dapr/subscribe")
    async def subscriptions() -> list[dict[str, Any]]:
        """Source: https://docs.dapr.io/reference/api/pubsub_api/"""
        bulk = {"enabled": True, "maxMessagesCount": MAX_ENTRIES, "maxAwaitDurationMs": MAX_AWAIT}
        return [
            *(
                {
                    "pubsubname": PUBSUB,
                    "topic": topic,
                    "routes": {"default": _path_of(topic)},
                    "deadLetterTopic": letters,
                    "bulkSubscribe": bulk,
                }
                for topic in TOPICS
            ),
            {"pubsubname": PUBSUB, "topic": letters, "routes": {"default": _path_of(letters)}},
        ]

    # The body is read as it is: what fits no model would be answered with 422, and delivered again for ever.
    async def take_bulk(topic: str, request: Request) -> JSONResponse:
        statuses = await run_in_threadpool(deliveries.take_bulk, topic, await request.body())
        return JSONResponse({"statuses": statuses})

    async def take_dead_letter(request: Request) -> dict[str, str]:
        await run_in_threadpool(deliveries.take_dead_letter, letters, await request.body())
        return {"status": "SUCCESS"}

    for topic in TOPICS:
        router.add_api_route(_path_of(topic), functools.partial(take_bulk, topic), methods=["POST"])
    router.add_api_route(_path_of(letters), take_dead_letter, methods=["POST"])
    return router


def _path_of(topic: str) -> str:
    return f"/events/{PUBSUB}/{topic}"
