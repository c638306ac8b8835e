"""What `bun run deadletters` asks of every service."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from insights import dead_letters, inbox
from insights.database import Database
from insights.deliveries import Deliveries, Replayed


class ReplayRequest(BaseModel):
    """Without ids: all of them."""

    ids: list[str] | None = None


class ReleaseRequest(BaseModel):
    topic: str
    key: str


def operation_routes(database: Database, deliveries: Deliveries) -> APIRouter:
    router = APIRouter(prefix="/operations")

    @router.get("/dead-letters")
    def list_dead_letters() -> list[dict[str, Any]]:
        with database.reading() as connection:
            letters = dead_letters.read(connection)
        return [
            {
                "source": letter.identity.source,
                "topic": letter.identity.topic,
                "id": letter.identity.id,
                "receivedAt": letter.received_at,
                "event": letter.event,
                # Not known of what the sidecar gave up.
                **({"reason": letter.reason} if letter.reason else {}),
            }
            for letter in letters
        ]

    @router.post("/dead-letters/replay")
    def replay_dead_letters(request: ReplayRequest | None = None) -> Replayed:
        return deliveries.replay(request.ids if request else None)

    @router.get("/parked")
    def list_parked() -> list[dict[str, Any]]:
        with database.reading() as connection:
            parked = inbox.read_parked(connection)
        return [
            {
                "topic": event.topic,
                "key": event.key,
                "version": event.version,
                "previous": event.previous,
                "parkedAt": event.parked_at,
            }
            for event in parked
        ]

    @router.post("/parked/release")
    def release_parked(request: ReleaseRequest) -> dict[str, int]:
        return {"released": deliveries.release(request.topic, request.key)}

    return router
