"""Whether the service takes work."""

from dataclasses import dataclass

from fastapi import APIRouter, Response

PATH = "/healthz"


@dataclass
class Health:
    """Set once the store is open, and unset when the service drains."""

    serving: bool = False


def health_routes(health: Health) -> APIRouter:
    router = APIRouter()

    @router.get(PATH)
    async def healthz() -> Response:
        return Response(status_code=204 if health.serving else 503)

    return router
