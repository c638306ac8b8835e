"""Who may call what."""

import hmac

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from insights import health
from insights.problems import problem

_OWN = ("/dapr/", "/events/", "/operations/")


class Guard:
    """Refuses what lacks the token, and what another app sends to where only the own sidecar, or an operator, may.

    A health probe has no token. daprd stamps what one app sends to another with the caller's id, and nothing that it
    sends by itself.
    """

    def __init__(self, app: ASGIApp, token: str | None) -> None:
        self._app = app
        self._token = token.encode() if token else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal_of(scope) if scope["type"] == "http" else None
        await (refusal or self._app)(scope, receive, send)

    def _refusal_of(self, scope: Scope) -> Response | None:
        path: str = scope["path"]
        if path == health.PATH:
            return None
        headers = Headers(scope=scope)
        # Both are bytes: of text, only ASCII could be compared.
        given = headers.get("dapr-api-token", "").encode("latin-1")
        if self._token is not None and not hmac.compare_digest(given, self._token):
            return problem(401, "unauthorized", "The app API token is missing or wrong.", type_="about:blank")
        if path.startswith(_OWN) and "dapr-caller-app-id" in headers:
            return problem(403, "forbidden", "Only the own sidecar may call this.", type_="about:blank")
        return None
