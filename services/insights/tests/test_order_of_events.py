"""However the events of the shop arrive, they add up to what they add up to one after the other."""

import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from conftest import SetClock, fresh_client
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from shop import ORDER, cancelled, confirmed, deliver, envelope, payment, placed, rejected, topic_of

from insights import upkeep
from insights.database import Database

Data = dict[str, Any]

LINES = st.lists(
    st.fixed_dictionaries(
        {
            "productId": st.integers(1, 4),
            "quantity": st.integers(1, 20),
            "unitPriceCents": st.integers(0, 5_000),
        }
    ),
    min_size=1,
    max_size=3,
)


@st.composite
def histories(draw: st.DrawFn) -> list[Data]:
    """All events of a few orders and their payments, in an order that is right."""
    events: list[Data] = []
    for number in range(draw(st.integers(1, 4))):
        order = f"00000000-0000-4000-8000-{number:012}"
        changes = {"country": draw(st.sampled_from(["France", "Germany"])), "lines": draw(LINES)}
        ending = draw(st.sampled_from(["placed", "rejected", "confirmed", "cancelled"]))
        events += [placed(order, **changes), payment("authorised", 1, order)]
        if ending == "rejected":
            events += [rejected(order), payment("voided", 2, order)]
        elif ending != "placed":
            day = draw(st.integers(1, 3))
            events += [confirmed(order, at=f"2026-03-0{day}T12:00:00Z", **changes)]
            events += [payment("captured", 2, order)]
        if ending == "cancelled":
            events += [cancelled(order, **changes), payment("refunded", 3, order)]
    return events


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[Data], list[list[Data]]]:
    """A history, and the bulks that it comes in: shuffled, some events more than once."""
    history = draw(histories())
    again = draw(st.lists(st.sampled_from(history), max_size=10))
    shuffled = draw(st.permutations(history + again))
    breaks = draw(st.lists(st.booleans(), min_size=len(shuffled), max_size=len(shuffled)))
    bulks: list[list[Data]] = [[]]
    for event, is_break in zip(shuffled, breaks, strict=True):
        if bulks[-1] and (is_break or topic_of(bulks[-1][0]) != topic_of(event)):
            bulks.append([])
        bulks[-1].append(event)
    return history, bulks


@settings(max_examples=60, deadline=None)
@given(deliveries())
def test_any_order_any_batches_and_any_repetition_give_the_same(
    given: tuple[list[Data], list[list[Data]]],
) -> None:
    history, bulks = given
    with fresh_client() as client:
        for bulk in bulks:
            assert set(deliver(client, *bulk, topic=topic_of(bulk[0]))) == {"SUCCESS"}
        answers = {by: client.get(f"/sales/{by}").json() for by in ("products", "countries", "days")}
        assert answers == {by: summed(history, by) for by in answers}
        totals = client.get("/totals").json()
        assert totals["parked"] == 0
        assert totals["capturedCents"] == amount(history, "payment-captured")
        assert totals["refundedCents"] == amount(history, "payment-refunded")
        assert totals["placed"] == sum(event["type"] == "order-placed" for event in history)
        assert totals["confirmed"] == len(sold(history))


def sold(history: list[Data]) -> list[Data]:
    gone = {event["orderId"] for event in history if event["type"] == "order-cancelled"}
    return [e for e in history if e["type"] == "order-confirmed" and e["orderId"] not in gone]


def summed(history: list[Data], by: str) -> list[Data]:
    rows: dict[str, dict[str, Any]] = {}
    for event in sold(history):
        for line in event["lines"]:
            keys = {
                "products": str(line["productId"]),
                "countries": event["country"],
                "days": event["at"][:10],
            }
            row = rows.setdefault(keys[by], {"orders": set(), "units": 0, "cents": 0})
            row["orders"].add(event["orderId"])
            row["units"] += line["quantity"]
            row["cents"] += line["quantity"] * line["unitPriceCents"]
    return [{"key": key, **row, "orders": len(row["orders"])} for key, row in sorted(rows.items())]


def amount(history: list[Data], type_: str) -> int:
    return sum(event["amountCents"] for event in history if event["type"] == type_)


def test_an_event_whose_forerunner_is_missing_is_parked(client: TestClient, clock: SetClock) -> None:
    assert deliver(client, cancelled(), confirmed()) == ["SUCCESS", "SUCCESS"]
    at = "2026-02-01T10:00:00.000Z"
    common = {"topic": "orders", "key": ORDER, "parkedAt": at}
    assert client.get("/operations/parked").json() == [
        {**common, "version": 4, "previous": 1},
        {**common, "version": 5, "previous": 4},
    ]
    assert client.get("/totals").json()["parked"] == 2
    clock.advance(timedelta(days=1))
    deliver(client, placed())
    assert client.get("/operations/parked").json() == []
    totals = client.get("/totals").json()
    assert (totals["placed"], totals["confirmed"], totals["cancelled"]) == (1, 0, 1)


def test_what_is_parked_can_be_released_without_its_forerunner(client: TestClient) -> None:
    deliver(client, cancelled(), confirmed())

    def release(key: str) -> Any:
        return client.post("/operations/parked/release", json={"topic": "orders", "key": key}).json()

    assert release("another") == {"released": 0}
    assert release(ORDER) == {"released": 2}
    assert client.get("/operations/parked").json() == []
    deliver(client, placed())
    totals = client.get("/totals").json()
    assert (totals["placed"], totals["confirmed"], totals["cancelled"]) == (0, 0, 1)
    assert client.post("/operations/parked/release", json={"topic": "orders"}).status_code == 422


def test_the_same_version_in_another_event_is_a_duplicate(client: TestClient) -> None:
    deliver(client, placed(), confirmed())
    deliver(client, envelope(confirmed(), id="another"))
    assert client.get("/totals").json()["confirmed"] == 1


def test_a_gap_that_stays_is_reported_once(
    client: TestClient, database: Database, clock: SetClock, caplog: pytest.LogCaptureFixture
) -> None:
    def reports() -> list[Any]:
        caplog.clear()
        upkeep.report_gaps(database, clock)
        return [record.__dict__["fields"] for record in caplog.records if record.levelno == logging.ERROR]

    deliver(client, confirmed())
    clock.advance(timedelta(minutes=2))
    assert reports() == []
    clock.advance(timedelta(milliseconds=1))
    assert reports() == [{"topic": "orders", "key": ORDER, "version": 4, "previous": 1}]
    deliver(client, cancelled())
    clock.advance(timedelta(minutes=1))
    assert reports() == []
    assert client.get("/totals").json()["parked"] == 2


def test_what_has_ended_is_forgotten_after_a_week(
    client: TestClient, database: Database, clock: SetClock
) -> None:
    open_order = ORDER.replace("1", "2")
    with_letter = ORDER.replace("1", "3")
    deliver(client, placed(), rejected(), placed(open_order), confirmed(open_order))
    deliver(client, placed(with_letter), rejected(with_letter), {"orderId": with_letter})
    deliver(client, payment("authorised", 1), payment("captured", 2), topic="payments")

    def rows(table: str) -> list[Any]:
        with database.reading() as connection:
            return connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608

    upkeep.prune(database, clock)
    assert (len(rows("inbox")), len(rows("positions"))) == (8, 4)
    clock.advance(timedelta(days=7, seconds=1))
    upkeep.prune(database, clock)
    assert rows("inbox") == []
    # Of the one that is open a cancellation may come, and of the captured payment a refund.
    assert [key for _, key, *_ in rows("positions")] == [open_order, with_letter, ORDER]
    deliver(client, placed(open_order), confirmed(open_order), cancelled(open_order))
    assert client.get("/totals").json()["confirmed"] == 0


def test_a_bulk_is_one_transaction(client: TestClient, database: Database) -> None:
    with database.transaction() as connection:
        connection.execute("DROP TABLE dead_letters")
    body = {
        "entries": [
            {"entryId": "1", "event": envelope(placed())},
            {"entryId": "2", "event": envelope({"type": "nonsense"})},
        ]
    }
    answer = client.post("/events/pubsub/orders", content=json.dumps(body))
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert client.get("/totals").json()["placed"] == 0
