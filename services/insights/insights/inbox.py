"""Every event once, and those of one order in the order of their versions, however they arrive."""

import json
import sqlite3
from datetime import datetime, timedelta
from enum import Enum
from typing import Final, NamedTuple

from insights import read_model
from insights.clock import text_before, text_of
from insights.events import Event, event_of

RETENTION: Final = timedelta(days=7)
PATIENCE: Final = timedelta(minutes=2)
"""How long a gap may last before it is reported: longer than a producer waits until it publishes once more."""


class Outcome(Enum):
    HANDLED = "handled"
    DUPLICATE = "duplicate"
    PARKED = "parked"


class ParkedEvent(NamedTuple):
    topic: str
    key: str
    version: int
    previous: int
    parked_at: str


def receive(connection: sqlite3.Connection, event: Event, now: datetime) -> Outcome:
    """Handles an event and those that have waited for it, or parks it until the one before it comes."""
    source, topic, id_ = event.identity.source, event.identity.topic, event.identity.id
    is_new = connection.execute(
        "INSERT OR IGNORE INTO inbox (source, topic, id, received_at) VALUES (?, ?, ?, ?)",
        (source, topic, id_, text_of(now)),
    ).rowcount
    position = _position_of(connection, event)
    if not is_new or event.version <= position:
        return Outcome.DUPLICATE
    if event.previous > position:
        _park(connection, event, now)
        return Outcome.PARKED
    _handle(connection, event, now)
    position = event.version
    while (
        waiting := _first_parked(connection, topic, event.key)
    ) is not None and waiting.previous <= position:
        if waiting.version > position:
            _handle(connection, waiting, now)
            position = waiting.version
        _forget_parked(connection, waiting)
    # What still waits, waits for something else now.
    connection.execute("UPDATE parked SET reported = 0 WHERE topic = ? AND key = ?", (topic, event.key))
    return Outcome.HANDLED


def release(connection: sqlite3.Connection, topic: str, key: str, now: datetime) -> int:
    """Handles what is parked of an order without what is missing, which is a duplicate if it comes after all.

    :returns: how many events that were
    """
    released = 0
    while (waiting := _first_parked(connection, topic, key)) is not None:
        _handle(connection, waiting, now)
        _forget_parked(connection, waiting)
        released += 1
    return released


def read_parked(connection: sqlite3.Connection) -> list[ParkedEvent]:
    rows = connection.execute(
        "SELECT topic, key, version, previous, parked_at FROM parked ORDER BY parked_at, topic, key, version"
    )
    return [ParkedEvent(*row) for row in rows]


def report_gaps(connection: sqlite3.Connection, now: datetime) -> list[ParkedEvent]:
    """The first event behind each gap that has lasted too long, once for each gap."""
    rows = connection.execute(
        """SELECT topic, key, min(version), previous, parked_at FROM parked GROUP BY topic, key
        HAVING max(reported) = 0 AND min(parked_at) < ?""",
        (text_before(now, PATIENCE),),
    ).fetchall()
    for topic, key, *_ in rows:
        connection.execute("UPDATE parked SET reported = 1 WHERE topic = ? AND key = ?", (topic, key))
    return [ParkedEvent(*row) for row in rows]


def prune(connection: sqlite3.Connection, now: datetime) -> int:
    """Forgets what can make no difference any more; returns how many rows that were.

    The version tells a duplicate as well as the inbox does, so an inbox row may go whatever becomes of its order. A
    position may go once nothing can follow: the order, or its payment, has ended, nothing of it is parked, and no dead
    letter of it can be replayed. Whatever lies at the broker for longer than that would count as new.
    """
    oldest = text_before(now, RETENTION)
    inbox = connection.execute("DELETE FROM inbox WHERE received_at < ?", (oldest,)).rowcount
    positions = connection.execute(
        """DELETE FROM positions WHERE ended_at < ?
        AND NOT EXISTS (SELECT 1 FROM parked
          WHERE parked.topic = positions.topic AND parked.key = positions.key)
        AND NOT EXISTS (SELECT 1 FROM dead_letters WHERE dead_letters.key = positions.key)""",
        (oldest,),
    ).rowcount
    return inbox + positions


def _position_of(connection: sqlite3.Connection, event: Event) -> int:
    row = connection.execute(
        "SELECT version FROM positions WHERE topic = ? AND key = ?", (event.identity.topic, event.key)
    ).fetchone()
    return int(row[0]) if row else 0


def _handle(connection: sqlite3.Connection, event: Event, now: datetime) -> None:
    change = read_model.apply(connection, event)
    connection.execute(
        "INSERT OR REPLACE INTO positions (topic, key, version, ended_at) VALUES (?, ?, ?, ?)",
        (event.identity.topic, event.key, event.version, text_of(now) if change.ends else None),
    )


def _park(connection: sqlite3.Connection, event: Event, now: datetime) -> None:
    connection.execute(
        """INSERT OR IGNORE INTO parked (topic, key, version, previous, event, parked_at)
        VALUES (?, ?, ?, ?, ?, ?)""",
        (
            event.identity.topic,
            event.key,
            event.version,
            event.previous,
            json.dumps(event.envelope),
            text_of(now),
        ),
    )


def _first_parked(connection: sqlite3.Connection, topic: str, key: str) -> Event | None:
    row = connection.execute(
        "SELECT event FROM parked WHERE topic = ? AND key = ? ORDER BY version LIMIT 1",
        (topic, key),
    ).fetchone()
    return event_of(topic, json.loads(row[0])) if row else None


def _forget_parked(connection: sqlite3.Connection, event: Event) -> None:
    connection.execute(
        "DELETE FROM parked WHERE topic = ? AND key = ? AND version = ?",
        (event.identity.topic, event.key, event.version),
    )
