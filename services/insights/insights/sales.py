"""What an event does to the read model. No I/O and no clock."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from insights.events import Event, day_of

By = Literal["products", "countries", "days"]


@dataclass(frozen=True, slots=True)
class Line:
    product: int
    units: int
    cents: int


@dataclass(frozen=True, slots=True)
class Sale:
    """What a confirmed order counts for, until it is cancelled."""

    country: str
    day: str
    lines: tuple[Line, ...]
    shipping_cents: int


@dataclass(frozen=True, slots=True)
class SalesRow:
    by: By
    key: str
    orders: int
    units: int
    cents: int


@dataclass(frozen=True, slots=True)
class Change:
    """What is added to the rows and totals of the same names, and what becomes of the sale of the order."""

    rows: tuple[SalesRow, ...] = ()
    totals: dict[str, int] = field(default_factory=dict)
    sale: Sale | Literal["unchanged", "none"] = "unchanged"
    ends: bool = False
    """Whether no event of the same topic and order may follow."""


def change_of(event: Event, sale: Sale | None) -> Change:
    """The change that an event makes; `sale` is what the order counts for before it."""
    match event.type:
        case "order-placed":
            return Change(totals={"placed": 1})
        case "order-confirmed":
            confirmed = _sale_of(event)
            return Change(_rows_of(confirmed, 1), _totals_of(confirmed, 1), confirmed)
        case "order-rejected":
            return Change(totals={"rejected": 1}, ends=True)
        case "order-cancelled":
            # What was added is taken away, whatever the event says of it; and from the day of the confirmation.
            rows, totals = (_rows_of(sale, -1), _totals_of(sale, -1)) if sale else ((), {})
            return Change(rows, {**totals, "cancelled": 1}, "none", ends=True)
        case "payment-captured":
            return Change(totals={"capturedCents": int(event.data["amountCents"])})
        case "payment-refunded":
            return Change(totals={"refundedCents": int(event.data["amountCents"])}, ends=True)
        case "payment-declined" | "payment-voided":
            return Change(ends=True)
        case _:
            return Change()


def _sale_of(event: Event) -> Sale:
    lines = (
        Line(
            product=int(line["productId"]),
            units=int(line["quantity"]),
            cents=int(line["quantity"]) * int(line["unitPriceCents"]),
        )
        for line in event.data["lines"]
    )
    return Sale(
        country=event.data.get("country", "unknown"),
        day=day_of(event),
        lines=tuple(lines),
        shipping_cents=int(event.data["shippingCents"]),
    )


def _rows_of(sale: Sale, sign: int) -> tuple[SalesRow, ...]:
    units, cents = _sums_of(sale)
    return (
        *_product_rows(sale, sign),
        SalesRow("countries", sale.country, sign, sign * units, sign * cents),
        SalesRow("days", sale.day, sign, sign * units, sign * cents),
    )


def _product_rows(sale: Sale, sign: int) -> Iterator[SalesRow]:
    """One for each product: an order with two lines of it is one order of it."""
    products: dict[int, tuple[int, int]] = {}
    for line in sale.lines:
        units, cents = products.get(line.product, (0, 0))
        products[line.product] = (units + line.units, cents + line.cents)
    for product, (units, cents) in products.items():
        yield SalesRow("products", str(product), sign, sign * units, sign * cents)


def _totals_of(sale: Sale, sign: int) -> dict[str, int]:
    units, cents = _sums_of(sale)
    return {
        "confirmed": sign,
        "units": sign * units,
        "goodsCents": sign * cents,
        "shippingCents": sign * sale.shipping_cents,
    }


def _sums_of(sale: Sale) -> tuple[int, int]:
    return sum(line.units for line in sale.lines), sum(line.cents for line in sale.lines)
