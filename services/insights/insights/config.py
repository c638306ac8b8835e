"""What the service is told by its environment."""

import os
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError


class Config(BaseModel):
    """The variables of every service of the shop, and those of Dapr, in the words of packages/chassis."""

    model_config = ConfigDict(frozen=True)

    APP_ID: Annotated[str, Field(min_length=1)] = "insights"
    APP_PORT: Annotated[int, Field(ge=1, le=65_535)]
    # The sidecar of the same machine or pod reaches loopback.
    APP_HOST: str = "127.0.0.1"
    # What the sidecar has to show. Without it, nothing is asked for.
    APP_API_TOKEN: str | None = None
    LOG_LEVEL: Literal["trace", "debug", "info", "warn", "error", "fatal", "silent"] = "info"
    # Base address of the sidecar's HTTP API; by default that of DAPR_HTTP_PORT.
    DAPR_HTTP_ENDPOINT: str | None = None
    DAPR_HTTP_PORT: Annotated[int, Field(ge=1, le=65_535)] = 3500
    DAPR_API_TOKEN: str | None = None
    # Base address of a collector. Without it no span leaves the service.
    OTEL_EXPORTER_OTLP_ENDPOINT: Annotated[str, Field(pattern="^https?://")] | None = None

    @property
    def sidecar_endpoint(self) -> str:
        return self.DAPR_HTTP_ENDPOINT or f"http://127.0.0.1:{self.DAPR_HTTP_PORT}"


def read_config(env: Mapping[str, str] = os.environ) -> Config:
    """Reads it. An empty variable is one that is not set.

    :raises ValueError: names every variable that is missing or wrong
    """
    given = {name: env[name] for name in Config.model_fields if env.get(name)}
    try:
        return Config.model_validate(given)
    except ValidationError as error:
        # Not what was given: that may be a token.
        problems = [f"{fault['loc'][0]}: {fault['msg']}" for fault in error.errors()]
    raise ValueError(f"wrong environment: {'; '.join(problems)}")
