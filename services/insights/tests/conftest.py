from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from insights.app import Dependencies, create_app
from insights.database import IN_MEMORY, Database
from insights.health import Health


class SetClock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.time = datetime(2026, 2, 1, 10, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def advance(self, by: timedelta) -> None:
        self.time += by


@contextmanager
def open_client(database: Database, clock: SetClock, token: str | None = None) -> Iterator[TestClient]:
    app = create_app(
        Dependencies(
            app_id="insights", database=database, health=Health(serving=True), app_token=token, clock=clock
        )
    )
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(str(tmp_path / "insights.db"))
    yield database
    database.close()


@pytest.fixture
def client(database: Database, clock: SetClock) -> Iterator[TestClient]:
    with open_client(database, clock) as client:
        yield client


@contextmanager
def fresh_client() -> Iterator[TestClient]:
    """On a database of its own, in memory: for what needs many."""
    database = Database(IN_MEMORY)
    with open_client(database, SetClock()) as client:
        yield client
    database.close()
