from typing import Any

from fastapi.testclient import TestClient
from shop import ORDER, cancelled, confirmed, deliver, payment, placed, rejected

OTHER = ORDER.replace("1", "2")
NOTHING = dict.fromkeys(
    [
        "placed",
        "confirmed",
        "rejected",
        "cancelled",
        "units",
        "goodsCents",
        "shippingCents",
        "capturedCents",
        "refundedCents",
        "parked",
    ],
    0,
)


def totals(**changes: int) -> dict[str, int]:
    return {**NOTHING, **changes}


def row(key: str, orders: int, units: int, cents: int) -> dict[str, Any]:
    return {"key": key, "orders": orders, "units": units, "cents": cents}


def test_nothing_is_sold_at_first(client: TestClient) -> None:
    assert client.get("/sales/products").json() == []
    assert client.get("/totals").json() == NOTHING


def test_a_confirmed_order_is_a_sale(client: TestClient) -> None:
    lines = [
        {"productId": 11, "quantity": 2, "unitPriceCents": 1_000},
        {"productId": 9, "quantity": 1, "unitPriceCents": 300},
        {"productId": 11, "quantity": 1, "unitPriceCents": 900},
    ]
    assert deliver(client, placed(), confirmed(lines=lines)) == ["SUCCESS", "SUCCESS"]
    assert client.get("/sales/products").json() == [row("9", 1, 1, 300), row("11", 1, 3, 2_900)]
    assert client.get("/sales/countries").json() == [row("Germany", 1, 4, 3_200)]
    assert client.get("/sales/days").json() == [row("2026-01-31", 1, 4, 3_200)]
    expected = totals(placed=1, confirmed=1, units=4, goodsCents=3_200, shippingCents=500)
    assert client.get("/totals").json() == expected


def test_a_day_is_one_of_utc(client: TestClient) -> None:
    deliver(client, placed(), confirmed(at="2026-01-31T23:30:00-01:00"))
    assert client.get("/sales/days").json() == [row("2026-02-01", 1, 2, 2_000)]


def test_an_order_without_a_country_is_sold_to_an_unknown_one(client: TestClient) -> None:
    data = confirmed()
    del data["country"]
    deliver(client, placed(), data)
    assert client.get("/sales/countries").json() == [row("unknown", 1, 2, 2_000)]


def test_a_cancelled_order_is_no_sale_any_more(client: TestClient) -> None:
    deliver(client, placed(), confirmed(), placed(OTHER), confirmed(OTHER, country="France"))
    # What was added goes, whatever the event says of it.
    deliver(client, cancelled(country="Spain", totalCents=1))
    assert client.get("/sales/countries").json() == [row("France", 1, 2, 2_000)]
    assert client.get("/sales/days").json() == [row("2026-01-31", 1, 2, 2_000)]
    expected = totals(placed=2, confirmed=1, cancelled=1, units=2, goodsCents=2_000, shippingCents=500)
    assert client.get("/totals").json() == expected


def test_a_rejected_order_is_none(client: TestClient) -> None:
    deliver(client, placed(), rejected())
    assert client.get("/totals").json() == totals(placed=1, rejected=1)


def test_money_that_moved_is_summed_up(client: TestClient) -> None:
    deliver(
        client, payment("authorised", 1), payment("captured", 2), payment("refunded", 3), topic="payments"
    )
    deliver(client, payment("authorised", 1, OTHER), payment("voided", 2, OTHER), topic="payments")
    assert client.get("/totals").json() == totals(capturedCents=2_500, refundedCents=2_500)
