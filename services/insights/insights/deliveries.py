"""What the sidecar delivers: events in bulk, and single dead letters."""

import logging
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypedDict

from opentelemetry.trace import Status, StatusCode

from insights import dead_letters, inbox
from insights.clock import Clock, now
from insights.database import Database, savepoint
from insights.events import EventReader, Identity, InvalidEventError, parse_json
from insights.inbox import Outcome
from insights.tracing import event_span

_log = logging.getLogger(__name__)

MAX_ENTRIES: Final = 100
"""Most events of one delivery."""
MAX_AWAIT: Final = 200
"""Longest time to wait for that many, in milliseconds."""


class EntryStatus(TypedDict):
    entryId: str
    status: Literal["SUCCESS", "RETRY"]


@dataclass(frozen=True, slots=True)
class Failure:
    id: str
    reason: str


@dataclass
class Replayed:
    replayed: int = 0
    failed: list[Failure] = field(default_factory=list)


@dataclass(frozen=True)
class Deliveries:
    database: Database
    reader: EventReader
    clock: Clock = now

    def take_bulk(self, topic: str, body: bytes) -> list[EntryStatus]:
        """Takes the events of a delivery in one transaction; one that fails harms no other.

        No entry is ever answered with DROP: daprd 1.18 looks for it in the wrong place once the batch is not the whole
        one any more, moves another event to the dead letters, or ends with a panic. What fits no schema is kept here.

        :raises ValueError: for what is no bulk, which is then delivered again
        """
        bulk = parse_json(body)
        entries = bulk.get("entries") if isinstance(bulk, dict) else None
        if not isinstance(entries, list):
            raise ValueError(f"not a bulk of {topic}: it has no entries")  # noqa: TRY004
        with self.database.transaction() as connection:
            # An entry without an id cannot be answered, and so is retried.
            return [
                EntryStatus(
                    entryId=entry["entryId"], status=self._take_entry(connection, topic, entry.get("event"))
                )
                for entry in entries
                if isinstance(entry, dict) and isinstance(entry.get("entryId"), str)
            ]

    def take_dead_letter(self, topic: str, body: bytes) -> None:
        """Keeps what the sidecar gave up; the event names the topic where that was."""
        event: Any
        try:
            event = parse_json(body)
        except ValueError:
            event = body.decode("utf-8", "replace")
        given = event.get("topic") if isinstance(event, dict) else None
        origin = given if isinstance(given, str) else topic
        with self.database.transaction() as connection:
            is_new = dead_letters.keep(connection, origin, event, self.clock())
        if is_new:
            _log.error("dead letter kept", extra={"fields": _fields_of(origin, event)})

    def replay(self, ids: Collection[str] | None = None) -> Replayed:
        """Takes the dead letters with these ids, or all, once more; those that are taken are dead letters no more."""
        result = Replayed()
        with self.database.reading() as connection:
            letters = dead_letters.read(connection, ids)
        for identity, _, event, _ in letters:
            reason = self._replay_one(identity, event)
            if reason is None:
                result.replayed += 1
            else:
                result.failed.append(Failure(id=identity.id, reason=reason))
        known = {letter.identity.id for letter in letters}
        result.failed += [
            Failure(id=id_, reason="no such dead letter")
            for id_ in dict.fromkeys(ids or ())
            if id_ not in known
        ]
        return result

    def release(self, topic: str, key: str) -> int:
        """Handles the parked events of an order without those that are missing; returns how many that were."""
        with self.database.transaction() as connection:
            return inbox.release(connection, topic, key, self.clock())

    def _replay_one(self, identity: Identity, event: Any) -> str | None:
        """Why it stays a dead letter, if it does."""
        with event_span(identity.topic, event):
            try:
                with self.database.transaction() as connection:
                    self._take(connection, identity.topic, event)
                    dead_letters.remove(connection, identity)
            except InvalidEventError as error:
                return str(error)
            except Exception as error:
                _log.exception("a dead letter cannot be replayed", extra={"fields": {"event": identity.id}})
                return type(error).__name__
        return None

    def _take_entry(
        self, connection: sqlite3.Connection, topic: str, event: Any
    ) -> Literal["SUCCESS", "RETRY"]:
        with event_span(topic, event) as span:
            try:
                with savepoint(connection):
                    self._take(connection, topic, event)
            except InvalidEventError as error:
                return self._give_up(connection, topic, event, str(error))
            except (OverflowError, sqlite3.IntegrityError, sqlite3.DataError) as error:
                return self._give_up(connection, topic, event, f"it cannot be stored: {error}")
            except sqlite3.Error:
                # The database's fault, and so everybody's.
                raise
            except Exception as error:
                _log.exception("event failed", extra={"fields": _fields_of(topic, event)})
                span.set_status(Status(StatusCode.ERROR, str(error)))
                return "RETRY"
            return "SUCCESS"

    def _take(self, connection: sqlite3.Connection, topic: str, envelope: Any) -> Outcome:
        event = self.reader.read(topic, envelope)
        outcome = inbox.receive(connection, event, self.clock())
        if _log.isEnabledFor(logging.DEBUG):
            fields = {**_fields_of(topic, envelope), "orderId": event.key, "version": event.version}
            _log.debug("event %s", outcome.value, extra={"fields": fields})
        return outcome

    def _give_up(
        self, connection: sqlite3.Connection, topic: str, event: Any, reason: str
    ) -> Literal["SUCCESS"]:
        dead_letters.keep(connection, topic, event, self.clock(), reason)
        fields = {**_fields_of(topic, event), "reason": reason}
        _log.error("event given up: kept as a dead letter", extra={"fields": fields})
        return "SUCCESS"


def _fields_of(topic: str, event: Any) -> dict[str, Any]:
    return {"event": event.get("id") if isinstance(event, dict) else None, "topic": topic}
