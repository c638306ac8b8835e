import pytest
from conftest import SetClock, open_client
from fastapi.testclient import TestClient
from shop import deliver, placed

from insights.app import Dependencies, create_app
from insights.database import Database
from insights.health import Health


def test_the_sidecar_is_told_what_to_deliver(client: TestClient) -> None:
    orders, payments, letters = client.get("/dapr/subscribe").json()
    assert orders == {
        "pubsubname": "pubsub",
        "topic": "orders",
        "routes": {"default": "/events/pubsub/orders"},
        "deadLetterTopic": "insights.dead-letters",
        "bulkSubscribe": {"enabled": True, "maxMessagesCount": 100, "maxAwaitDurationMs": 200},
    }
    assert payments["topic"] == "payments"
    assert letters == {
        "pubsubname": "pubsub",
        "topic": "insights.dead-letters",
        "routes": {"default": "/events/pubsub/insights.dead-letters"},
    }


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not-found"),
        ("GET", "/totals/", 404, "not-found"),
        ("GET", "/docs", 404, "not-found"),
        ("GET", "/sales/weeks", 422, "invalid-request"),
        ("POST", "/totals", 405, "method-not-allowed"),
        ("GET", "/operations/dead-letters/replay", 405, "method-not-allowed"),
    ],
)
def test_an_error_is_a_problem_document(
    client: TestClient, method: str, path: str, status: int, code: str
) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["type"], problem["status"], problem["code"]) == (f"urn:shop:problem:{code}", status, code)
    assert problem["title"] == code.replace("-", " ").capitalize()
    if status == 405:
        assert answer.headers["allow"] == ("GET" if path == "/totals" else "POST")


@pytest.mark.parametrize(
    ("content", "status", "code"), [("{", 400, "malformed-body"), ("[]", 422, "invalid-body")]
)
def test_a_replay_of_nonsense_is_refused(client: TestClient, content: str, status: int, code: str) -> None:
    headers = {"content-type": "application/json"}
    answer = client.post("/operations/dead-letters/replay", content=content, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


PATHS = [
    ("GET", "/dapr/subscribe"),
    ("POST", "/events/pubsub/orders"),
    ("POST", "/events/pubsub/insights.dead-letters"),
    ("GET", "/operations/parked"),
    ("GET", "/operations/dead-letters"),
    ("POST", "/operations/dead-letters/replay"),
    ("POST", "/operations/parked/release"),
]


@pytest.mark.parametrize(("method", "path"), [*PATHS, ("GET", "/totals"), ("GET", "/nothing")])
@pytest.mark.parametrize("headers", [{}, {"dapr-api-token": "secreT"}, {"dapr-api-token": "s\u00e9cret"}])
def test_the_token_is_asked_for(
    database: Database, clock: SetClock, method: str, path: str, headers: dict[str, str]
) -> None:
    with open_client(database, clock, token="secret") as client:
        encoded = {name.encode(): value.encode("latin-1") for name, value in headers.items()}
        answer = client.request(method, path, headers=encoded)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
        assert client.get("/healthz").is_success
        assert client.get("/totals", headers={"dapr-api-token": "secret"}).is_success


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_another_app_is_refused(client: TestClient, method: str, path: str) -> None:
    answer = client.request(method, path, headers={"dapr-caller-app-id": "gateway"})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert client.get("/totals", headers={"dapr-caller-app-id": "gateway"}).is_success


def test_a_service_that_drains_is_not_healthy(database: Database) -> None:
    health = Health()
    app = create_app(Dependencies(app_id="insights", database=database, health=health))
    with TestClient(app) as client:
        assert client.get("/healthz").status_code == 503
        health.serving = True
        assert client.get("/healthz").is_success
        # What is under way is finished.
        health.serving = False
        assert deliver(client, placed()) == ["SUCCESS"]
