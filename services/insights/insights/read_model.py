"""What the events add up to: written by the inbox, read by the queries."""

import json
import sqlite3
from dataclasses import asdict, dataclass
from typing import Final

from insights.events import Event
from insights.sales import By, Change, Line, Sale, change_of

_TOTALS: Final = (
    "placed",
    "confirmed",
    "rejected",
    "cancelled",
    "units",
    "goodsCents",
    "shippingCents",
    "capturedCents",
    "refundedCents",
)


@dataclass(frozen=True, slots=True)
class Sales:
    key: str
    orders: int
    units: int
    cents: int


def apply(connection: sqlite3.Connection, event: Event) -> Change:
    """Adds an event, whose turn it is, to the read model."""
    sale = _read_sale(connection, event.key) if event.type == "order-cancelled" else None
    change = change_of(event, sale)
    for row in change.rows:
        connection.execute(
            """INSERT INTO sales (by, key, orders, units, cents) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET orders = orders + excluded.orders, units = units + excluded.units,
              cents = cents + excluded.cents""",
            (row.by, row.key, row.orders, row.units, row.cents),
        )
    for name, value in change.totals.items():
        connection.execute(
            """INSERT INTO totals (name, value) VALUES (?, ?)
            ON CONFLICT DO UPDATE SET value = value + excluded.value""",
            (name, value),
        )
    if change.sale == "none":
        connection.execute("DELETE FROM confirmed_orders WHERE order_id = ?", (event.key,))
    elif isinstance(change.sale, Sale):
        connection.execute(
            "INSERT INTO confirmed_orders (order_id, sale) VALUES (?, ?)",
            (event.key, json.dumps(asdict(change.sale))),
        )
    return change


def read_sales(connection: sqlite3.Connection, by: By) -> list[Sales]:
    """The rows that something is sold of, in the order of their keys: products by their numbers."""
    rows = connection.execute(
        "SELECT key, orders, units, cents FROM sales WHERE by = ? AND orders > 0 ORDER BY CAST(key AS INTEGER), key"
        if by == "products"
        else "SELECT key, orders, units, cents FROM sales WHERE by = ? AND orders > 0 ORDER BY key",
        (by,),
    )
    return [Sales(*row) for row in rows]


def read_totals(connection: sqlite3.Connection) -> dict[str, int]:
    totals = dict.fromkeys(_TOTALS, 0)
    totals.update(connection.execute("SELECT name, value FROM totals").fetchall())
    (totals["parked"],) = connection.execute("SELECT count(*) FROM parked").fetchone()
    return totals


def _read_sale(connection: sqlite3.Connection, order_id: str) -> Sale | None:
    row = connection.execute("SELECT sale FROM confirmed_orders WHERE order_id = ?", (order_id,)).fetchone()
    if row is None:
        return None
    sale = json.loads(row[0])
    return Sale(
        country=sale["country"],
        day=sale["day"],
        lines=tuple(Line(**line) for line in sale["lines"]),
        shipping_cents=sale["shipping_cents"],
    )
