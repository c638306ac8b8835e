"""Times as they are stored and shown: UTC, ISO 8601, with milliseconds, so that their order is that of their text."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


def now() -> datetime:
    return datetime.now(UTC)


def text_of(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def text_before(time: datetime, age: timedelta) -> str:
    return text_of(time - age)
