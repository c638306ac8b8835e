import base64
import json
from typing import Any

import pytest
from fastapi.testclient import TestClient
from shop import ORDER, confirmed, deliver, envelope, payment, placed

from insights import read_model
from insights.database import Database


def letters(client: TestClient) -> list[dict[str, Any]]:
    answer: list[dict[str, Any]] = client.get("/operations/dead-letters").json()
    return answer


def replay(client: TestClient, **body: Any) -> Any:
    return client.post("/operations/dead-letters/replay", json=body).json()


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in placed().items() if key != name}


@pytest.mark.parametrize(
    "data",
    [
        None,
        "text",
        {},
        {**placed(), "version": 0},
        {**placed(), "version": 1.5},
        {**placed(), "version": 2**53},
        {**placed(), "orderId": "1"},
        {**placed(), "lines": []},
        {**placed(), "type": "order-lost"},
        {**placed(), "at": "yesterday"},
        {**placed(), "at": "2026-01-31"},
        {**placed(), "at": "0001-01-01T00:00:00+14:00"},
        without("previous"),
        payment("captured", 1),
    ],
)
def test_what_does_not_fit_is_a_dead_letter_and_harms_no_other(client: TestClient, data: Any) -> None:
    bad = envelope(data)
    assert deliver(client, bad, placed()) == ["SUCCESS", "SUCCESS"]
    assert client.get("/totals").json()["placed"] == 1
    (letter,) = letters(client)
    assert letter["reason"]
    assert "yesterday" not in letter["reason"]
    assert {**letter, "reason": ""} == {
        "source": "orders",
        "topic": "orders",
        "id": bad["id"],
        "receivedAt": "2026-02-01T10:00:00.000Z",
        "event": bad,
        "reason": "",
    }


@pytest.mark.parametrize(
    "event", [None, 1, "aGVsbG8=", [], {"id": 1, "specversion": "1.0"}, {"specversion": "1.0"}]
)
def test_what_is_no_cloud_event_is_a_dead_letter_once(client: TestClient, event: Any) -> None:
    assert deliver(client, event, event) == ["SUCCESS", "SUCCESS"]
    assert [letter["event"] for letter in letters(client)] == [event]


def test_bytes_are_the_json_that_they_are(client: TestClient) -> None:
    encoded = envelope(None, data_base64=base64.b64encode(json.dumps(placed()).encode()).decode())
    del encoded["data"]
    deliver(
        client, encoded, envelope(None, id="2", data_base64="bm8ganNvbg=="), envelope(None, data_base64="!")
    )
    assert client.get("/totals").json()["placed"] == 1
    assert len(letters(client)) == 2


def test_a_sum_that_no_integer_holds_is_a_dead_letter(client: TestClient) -> None:
    lines = [{"productId": 1, "quantity": 10_000, "unitPriceCents": 2**53 - 1}]
    assert deliver(client, placed(), confirmed(lines=lines)) == ["SUCCESS", "SUCCESS"]
    assert len(letters(client)) == 1


def test_an_entry_that_fails_is_retried_alone(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    apply = read_model.apply

    def fail(connection: Any, event: Any) -> Any:
        if event.key == ORDER:
            raise RuntimeError("bug")
        return apply(connection, event)

    other = ORDER.replace("1", "2")
    with monkeypatch.context() as patch:
        patch.setattr(read_model, "apply", fail)
        assert deliver(client, placed(), placed(other)) == ["RETRY", "SUCCESS"]
    assert client.get("/totals").json()["placed"] == 1
    assert deliver(client, placed()) == ["SUCCESS"]
    assert client.get("/totals").json()["placed"] == 2


@pytest.mark.parametrize("body", [b"", b"nonsense", b"[]", b"{}", b'{"entries": NaN}', b"[" * 100_000])
def test_what_is_no_bulk_is_delivered_again(client: TestClient, body: bytes) -> None:
    assert client.post("/events/pubsub/orders", content=body).status_code == 500


def given_up(client: TestClient, content: bytes) -> None:
    answer = client.post("/events/pubsub/insights.dead-letters", content=content)
    assert (answer.status_code, answer.json()) == (200, {"status": "SUCCESS"})


def test_what_the_sidecar_gave_up_is_replayed(client: TestClient) -> None:
    event = envelope(placed())
    given_up(client, json.dumps(event).encode())
    given_up(client, json.dumps(event).encode())
    assert [(letter["topic"], letter["event"]) for letter in letters(client)] == [("orders", event)]
    assert replay(client) == {"replayed": 1, "failed": []}
    assert letters(client) == []
    assert client.get("/totals").json()["placed"] == 1


def test_what_the_sidecar_gave_up_is_kept_whatever_it_is(client: TestClient) -> None:
    given_up(client, b"[" * 100_000)
    given_up(client, b"\xff")
    assert len(letters(client)) == 2


def test_a_replay_is_of_the_letters_that_are_named(client: TestClient) -> None:
    first, second = envelope(placed()), envelope({"type": "nonsense"})
    deliver(client, second)
    given_up(client, json.dumps(first).encode())
    result = replay(client, ids=[second["id"], "unknown"])
    assert result["replayed"] == 0
    assert [failure["id"] for failure in result["failed"]] == [second["id"], "unknown"]
    assert replay(client, ids=[first["id"]]) == {"replayed": 1, "failed": []}
    assert [letter["id"] for letter in letters(client)] == [second["id"]]
    assert replay(client, ids=[]) == {"replayed": 0, "failed": []}


def test_a_letter_that_was_handled_meanwhile_changes_nothing(client: TestClient) -> None:
    deliver(client, placed())
    given_up(client, json.dumps(envelope(placed(), id="another")).encode())
    assert replay(client)["replayed"] == 1
    assert client.get("/totals").json()["placed"] == 1


def test_letters_outlive_the_process(client: TestClient, database: Database) -> None:
    deliver(client, {"type": "nonsense"})
    with database.reading() as connection:
        (path,) = connection.execute("SELECT file FROM pragma_database_list WHERE name = 'main'").fetchone()
    again = Database(path)
    with again.reading() as connection:
        assert connection.execute("SELECT count(*) FROM dead_letters").fetchone() == (1,)
    again.close()
