"""The few calls to the own sidecar."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2

PATIENCE = 60.0
"""Longest time to wait for the sidecar, in seconds."""


class SidecarError(Exception):
    """The sidecar did not answer in time, or not with what was asked for."""


class Sidecar:
    def __init__(self, client: httpx2.AsyncClient) -> None:
        self._client = client

    async def wait(self, patience: float = PATIENCE) -> None:
        """Waits until it takes calls, which is before the app has to listen.

        :raises SidecarError: when it does not within `patience` seconds
        """
        try:
            async with asyncio.timeout(patience):
                while not await self._is_ready():  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
        except TimeoutError:
            where = self._client.base_url
            raise SidecarError(f"the sidecar at {where} was not ready within {patience:g} s") from None

    async def _is_ready(self) -> bool:
        try:
            return (await self._client.get("/v1.0/healthz/outbound", timeout=2.0)).is_success
        except httpx2.TransportError:
            return False

    async def secret(self, store: str, name: str) -> str:
        """The value of a secret that has a single one, under its own name.

        :raises SidecarError: when the store or the secret is unknown, or the app may not read it
        """
        try:
            answer = await self._client.get(f"/v1.0/secrets/{store}/{name}")
            values = answer.json() if answer.is_success else None
        except (httpx2.TransportError, ValueError) as error:
            raise SidecarError(f"the secret {name} cannot be read: {error}") from error
        if not isinstance(values, dict) or not isinstance(values.get(name), str):
            raise SidecarError(f"the secret {name} is not in the store {store} (status {answer.status_code})")
        return str(values[name])


@asynccontextmanager
async def open_sidecar(endpoint: str, api_token: str | None) -> AsyncIterator[Sidecar]:
    headers = {"dapr-api-token": api_token} if api_token else {}
    # No proxy: the sidecar is on this machine or in this pod.
    async with httpx2.AsyncClient(
        base_url=endpoint, headers=headers, timeout=10.0, trust_env=False
    ) as client:
        yield Sidecar(client)
