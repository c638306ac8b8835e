"""Errors as problem documents (RFC 9457), in the words of packages/chassis."""

import logging
from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

_log = logging.getLogger(__name__)

_PARTS = {"path": "path", "query": "query", "header": "header", "body": "body"}


def problem(
    status: int,
    code: str,
    detail: str | None = None,
    *,
    type_: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """A problem document; `code` is stable and for programs, `detail` for people."""
    document = {
        "type": type_ or f"urn:shop:problem:{code}",
        "title": code.replace("-", " ").capitalize(),
        "status": status,
        **({"detail": detail} if detail else {}),
        "code": code,
    }
    return JSONResponse(document, status, headers, media_type="application/problem+json")


def add_problems(app: FastAPI) -> None:
    """Answers every error so, and never with a stack or an internal text."""

    @app.exception_handler(HTTPException)
    async def on_http_error(_request: Request, error: HTTPException) -> JSONResponse:
        if error.status_code == 404:
            return problem(404, "not-found", "There is nothing at this path.")
        if error.status_code == 405:
            allow = (error.headers or {}).get("Allow", "")
            return problem(405, "method-not-allowed", f"This path answers {allow}.", headers={"allow": allow})
        if error.status_code == 400:
            return problem(400, "malformed-body", "The body is not the JSON that its content-type promises.")
        return problem(error.status_code, "internal" if error.status_code >= 500 else "invalid-request")

    @app.exception_handler(RequestValidationError)
    async def on_invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        if first["type"] == "json_invalid":
            return problem(400, "malformed-body", "The body is not the JSON that its content-type promises.")
        part, *place = first["loc"]
        where = f" at {'/'.join(['', *map(str, place)])}" if place else ""
        why = first["msg"][:1].lower() + first["msg"][1:]
        code = "invalid-body" if part == "body" else "invalid-request"
        return problem(422, code, f"The {_PARTS.get(part, 'request')} is not valid{where}: {why}.")

    @app.exception_handler(Exception)
    async def on_error(request: Request, error: Exception) -> JSONResponse:
        fields = {"method": request.method, "route": getattr(request.scope.get("route"), "path", None)}
        _log.error("request failed", exc_info=error, extra={"fields": fields})
        return problem(500, "internal", "Something went wrong on our side.")
