"""Events that were given up, kept until somebody replays them."""

import json
import sqlite3
from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from insights.clock import text_of
from insights.events import Identity, identity_of, key_of, parse_json


class DeadLetter(NamedTuple):
    identity: Identity
    received_at: str
    event: Any
    reason: str | None


def keep(
    connection: sqlite3.Connection, topic: str, event: object, now: datetime, reason: str | None = None
) -> bool:
    """Keeps an event, once; `reason` is not known of one that the sidecar gave up.

    :returns: False for one that is kept already
    """
    identity = identity_of(topic, event)
    return (
        connection.execute(
            """INSERT OR IGNORE INTO dead_letters (source, topic, id, key, event, reason, received_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)""",
            (
                identity.source,
                identity.topic,
                identity.id,
                key_of(event),
                json.dumps(event),
                reason,
                text_of(now),
            ),
        ).rowcount
        > 0
    )


def read(connection: sqlite3.Connection, ids: Collection[str] | None = None) -> list[DeadLetter]:
    """Those with one of the ids, or all; the oldest first."""
    rows = connection.execute(
        "SELECT source, topic, id, received_at, event, reason FROM dead_letters ORDER BY received_at, rowid"
    ).fetchall()
    return [
        DeadLetter(Identity(source, topic, id_), received_at, parse_json(event), reason)
        for source, topic, id_, received_at, event, reason in rows
        if ids is None or id_ in ids
    ]


def remove(connection: sqlite3.Connection, identity: Identity) -> None:
    connection.execute(
        "DELETE FROM dead_letters WHERE source = ? AND topic = ? AND id = ?",
        (identity.source, identity.topic, identity.id),
    )
