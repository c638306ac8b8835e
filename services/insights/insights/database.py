"""The one SQLite database: its file, its schema, its transactions."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from urllib.parse import unquote, urlsplit

IN_MEMORY = ":memory:"

BUSY_TIMEOUT = 1.0
"""Longest time to wait for another process, in seconds: the sidecar waits 2 s for the answer to a delivery."""


class Database:
    """A single connection, which one thread at a time uses: SQLite has one writer anyway."""

    def __init__(self, path: str) -> None:
        if sqlite3.sqlite_version_info < (3, 37):
            raise RuntimeError(
                f"insights needs SQLite 3.37 or newer, this Python has {sqlite3.sqlite_version}"
            )
        if path != IN_MEMORY:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        # Without an isolation level, transactions begin and end where this module says so.
        self._connection = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, timeout=BUSY_TIMEOUT
        )
        self._lock = threading.Lock()
        # A commit survives the loss of power.
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._migrate()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Everything in it happens, or nothing. Others wait for their turn."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            yield self._connection

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def _migrate(self) -> None:
        scripts = sorted(
            (
                script
                for script in (files("insights") / "migrations").iterdir()
                if script.name.endswith(".sql")
            ),
            key=lambda script: script.name,
        )
        with self.transaction() as connection:
            (done,) = connection.execute("PRAGMA user_version").fetchone()
            if done > len(scripts):
                raise RuntimeError(f"the database is of a newer release: it has migration {done}")
            for number, script in enumerate(scripts[done:], start=done + 1):
                for statement in _statements_of(script.read_text(encoding="utf-8")):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number}")


@contextmanager
def savepoint(connection: sqlite3.Connection) -> Iterator[None]:
    """Undoes what is in it when that fails, and nothing else of the transaction."""
    connection.execute("SAVEPOINT entry")
    try:
        yield
    except BaseException:
        # A full disk, for one, has ended the whole transaction.
        if connection.in_transaction:
            connection.execute("ROLLBACK TO entry")
            connection.execute("RELEASE entry")
        raise
    connection.execute("RELEASE entry")


def path_of(url: str) -> str:
    """The path that a `file:` URL names.

    :raises ValueError: when the URL is of another kind; no more of it is told than its scheme, it may hold a password
    """
    if not url.startswith("file:"):
        scheme = url.split("://")[0] if "://" in url else "something else"
        raise ValueError(f"the database URL must begin with file:, this one begins with {scheme}")
    return unquote(urlsplit(url).path) if url.startswith("file://") else url.removeprefix("file:")


def _statements_of(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
