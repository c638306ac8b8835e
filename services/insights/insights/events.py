"""The events of the shop as this service needs them, and what may be wrong with one that was delivered."""

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import jsonschema_rs

from insights.clock import text_of

MAX_INTEGER: Final = 2**53 - 1
"""Largest integer that every language of the shop has."""

_SERVICES = Path(__file__).resolve().parents[2]

# A topic's schema is in the contract of the service that publishes it.
_SCHEMAS: Final = {
    topic: _SERVICES / topic / "contract" / "schemas" / f"{topic}.schema.json"
    for topic in ("orders", "payments")
}
TOPICS: Final = tuple(_SCHEMAS)


class InvalidEventError(Exception):
    """The event fits no schema; its text says why, without what the event has."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What one event has in all of its deliveries, and no other event."""

    source: str
    topic: str
    id: str


@dataclass(frozen=True, slots=True)
class Event:
    """An event that fits its topic. `key` is the order that it is of, `envelope` what was delivered."""

    identity: Identity
    envelope: dict[str, Any]
    key: str
    type: str
    version: int
    previous: int
    at: datetime
    data: dict[str, Any]


class EventReader:
    """Reads the events of all topics."""

    def __init__(self) -> None:
        self._validators = {
            topic: jsonschema_rs.validator_for(json.loads(path.read_text(encoding="utf-8")), mask="the value")
            for topic, path in _SCHEMAS.items()
        }

    def read(self, topic: str, envelope: object) -> Event:
        """Reads a CloudEvent.

        :raises InvalidEventError: when it is none, or its data are not of the topic
        """
        validator = self._validators.get(topic)
        if validator is None:
            raise InvalidEventError(f"no events of {topic} are read")
        if not isinstance(envelope, dict):
            raise InvalidEventError("not a CloudEvent")
        for name in ("id", "source", "type", "specversion"):
            if not isinstance(envelope.get(name), str) or not envelope[name]:
                raise InvalidEventError(f"not a CloudEvent: {name} is missing, empty or no text")
        data = _data_of(envelope)
        try:
            fault = next(validator.iter_errors(data), None)
        except ValueError as error:
            raise InvalidEventError(f"data: {type(error).__name__}") from error
        if fault is not None:
            where = "".join(f"/{part}" for part in fault.instance_path)
            raise InvalidEventError(f"data{where}: {fault.message[:200]}")
        _assert_integers(data)
        return event_of(topic, envelope)


def event_of(topic: str, envelope: dict[str, Any]) -> Event:
    """The event of an envelope whose data are known to fit the topic: every one has these members.

    :raises InvalidEventError: when its time is none
    """
    data = _data_of(envelope)
    return Event(
        identity=identity_of(topic, envelope),
        envelope=envelope,
        key=data["orderId"],
        type=data["type"],
        version=int(data["version"]),
        previous=int(data["previous"]),
        at=_time_of(data["at"]),
        data=data,
    )


def identity_of(topic: str, envelope: object) -> Identity:
    """Of what is no CloudEvent, the id is made of what it is."""
    event = envelope if isinstance(envelope, dict) else {}
    source, id_ = event.get("source"), event.get("id")
    if not isinstance(id_, str) or not id_:
        id_ = hashlib.sha256(json.dumps(envelope, sort_keys=True).encode()).hexdigest()
    return Identity(_storable(source if isinstance(source, str) else ""), _storable(topic), _storable(id_))


def key_of(envelope: object) -> str | None:
    """The order that an event is of, if it says so, whether it fits or not."""
    try:
        data = _data_of(envelope) if isinstance(envelope, dict) else None
    except InvalidEventError:
        return None
    key = data.get("orderId") if isinstance(data, dict) else None
    return _storable(key) if isinstance(key, str) else None


def day_of(event: Event) -> str:
    """The day (UTC), as in 2026-01-31."""
    return text_of(event.at)[:10]


def _data_of(envelope: dict[str, Any]) -> Any:
    encoded = envelope.get("data_base64")
    if not isinstance(encoded, str):
        return envelope.get("data")
    try:
        return parse_json(base64.b64decode(encoded, validate=True))
    except (binascii.Error, ValueError):
        raise InvalidEventError("data: neither JSON nor text") from None


def parse_json(text: bytes | str) -> Any:
    """:raises ValueError: for what is no JSON, as NaN and what is nested too deeply"""
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _assert_integers(value: Any) -> None:
    """Other languages have no larger ones, and neither has the database."""
    if isinstance(value, dict):
        for member in value.values():
            _assert_integers(member)
    elif isinstance(value, list):
        for member in value:
            _assert_integers(member)
    elif isinstance(value, int | float) and abs(value) > MAX_INTEGER:
        raise InvalidEventError("data: a number is too large")


def _time_of(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
        if time.tzinfo is not None:
            # Near the first and the last year there is no such time in UTC.
            text_of(time)
            return time
    except (ValueError, OverflowError):
        pass
    raise InvalidEventError("data/at: not a time as of RFC 3339")


def _storable(text: str) -> str:
    """Half of a surrogate pair is no text for the database."""
    return text.encode("utf-8", "replace").decode("utf-8")
