"""Events as orders and payments publish them, and deliveries as daprd makes them."""

import json
import uuid
from typing import Any

from fastapi.testclient import TestClient

JANUARY = "2026-01-31T23:30:00.000Z"
FEBRUARY = "2026-02-01T09:00:00.000Z"
ORDER = "00000000-0000-4000-8000-000000000001"


def goods(**changes: Any) -> dict[str, Any]:
    lines = [{"productId": 11, "quantity": 2, "unitPriceCents": 1_000}]
    return {
        "customerId": "ALFKI",
        "country": "Germany",
        "lines": lines,
        "totalCents": 2_000,
        "shippingCents": 500,
        **changes,
    }


def placed(order: str = ORDER, **changes: Any) -> dict[str, Any]:
    return _event("order-placed", order, 1, 0, at=JANUARY, **goods(**changes))


def confirmed(order: str = ORDER, **changes: Any) -> dict[str, Any]:
    return _event("order-confirmed", order, 4, 1, **{"at": JANUARY, **goods(**changes)})


def cancelled(order: str = ORDER, **changes: Any) -> dict[str, Any]:
    return _event("order-cancelled", order, 5, 4, at=FEBRUARY, reason="regret", **goods(**changes))


def rejected(order: str = ORDER) -> dict[str, Any]:
    return _event("order-rejected", order, 4, 1, at=JANUARY, reason="payment-declined")


def payment(what: str, version: int, order: str = ORDER, cents: int = 2_500) -> dict[str, Any]:
    changes = {"reason": "no card"} if what == "declined" else {}
    return _event(f"payment-{what}", order, version, version - 1, at=JANUARY, amountCents=cents, **changes)


def envelope(data: Any, topic: str = "orders", **attributes: Any) -> dict[str, Any]:
    """What is one event has one id, however often it is delivered."""
    id_ = str(uuid.uuid5(uuid.NAMESPACE_OID, json.dumps([topic, data])))
    return {
        "id": id_,
        "source": topic,
        "specversion": "1.0",
        "type": "com.dapr.event.sent",
        "datacontenttype": "application/json",
        "topic": topic,
        "pubsubname": "pubsub",
        "traceparent": "",
        "data": data,
        **attributes,
    }


def topic_of(data: dict[str, Any]) -> str:
    return "payments" if data["type"].startswith("payment-") else "orders"


def deliver(client: TestClient, *events: Any, topic: str = "orders") -> list[str]:
    """Delivers envelopes, or the data of some, as one bulk; returns the statuses."""
    envelopes = [
        event if not isinstance(event, dict) or "specversion" in event else envelope(event, topic)
        for event in events
    ]
    entries = [
        {
            "entryId": str(number),
            "event": event,
            "contentType": "application/cloudevents+json",
            "metadata": None,
        }
        for number, event in enumerate(envelopes)
    ]
    answer = client.post(
        f"/events/pubsub/{topic}",
        json={"id": "1", "topic": topic, "pubsubname": "pubsub", "entries": entries},
    )
    assert answer.status_code == 200, answer.text
    statuses = answer.json()["statuses"]
    assert [status["entryId"] for status in statuses] == [entry["entryId"] for entry in entries]
    return [status["status"] for status in statuses]


def _event(type_: str, order: str, version: int, previous: int, **members: Any) -> dict[str, Any]:
    return {"type": type_, "orderId": order, "version": version, "previous": previous, **members}
