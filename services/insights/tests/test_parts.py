"""Configuration, logs, tracing and the database."""

import json
import logging
from pathlib import Path

import pytest
from opentelemetry import trace

from insights.config import read_config
from insights.database import Database, path_of
from insights.logs import JsonFormatter
from insights.tracing import event_span, set_up_tracing


def test_the_environment_is_read() -> None:
    config = read_config({"APP_PORT": "8007", "DAPR_HTTP_PORT": "8107", "LOG_LEVEL": ""})
    assert (config.APP_HOST, config.APP_PORT, config.LOG_LEVEL) == ("127.0.0.1", 8007, "info")
    assert config.sidecar_endpoint == "http://127.0.0.1:8107"


def test_a_wrong_environment_is_told_without_its_values() -> None:
    with pytest.raises(ValueError, match=r"^wrong environment: APP_PORT: .*; LOG_LEVEL: .*$") as caught:
        read_config({"APP_PORT": "eight", "LOG_LEVEL": "loud"})
    assert "eight" not in str(caught.value)
    assert "loud" not in str(caught.value)


def test_a_line_of_the_log_has_the_fields_of_the_other_services() -> None:
    set_up_tracing("insights", None)()
    formatter = JsonFormatter("insights")
    record = logging.LogRecord("insights", logging.WARNING, "", 0, "%s parked", ("event",), None)
    record.fields = {"topic": "orders"}
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    with event_span("orders", {"traceparent": parent, "tracestate": "", "id": "1"}):
        line = json.loads(formatter.format(record))
        span = trace.get_current_span().get_span_context()
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "warn",
        "service": "insights",
        "trace_id": "0af7651916cd43dd8448eb211c80319c",
        "span_id": trace.format_span_id(span.span_id),
        "topic": "orders",
        "msg": "event parked",
    }


@pytest.mark.parametrize(
    ("url", "path"), [("file:/data/i%20s.db", "/data/i%20s.db"), ("file:///data/i%20s.db", "/data/i s.db")]
)
def test_a_url_names_a_path(url: str, path: str) -> None:
    assert path_of(url) == path


def test_a_url_of_another_database_is_refused_without_its_password() -> None:
    with pytest.raises(ValueError, match=r"begins with postgres$"):
        path_of("postgres://user:password@host/insights")


def test_a_database_of_a_newer_release_is_not_touched(tmp_path: Path) -> None:
    database = Database(str(tmp_path / "insights.db"))
    with database.transaction() as connection:
        connection.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(RuntimeError, match="newer release"):
        Database(str(tmp_path / "insights.db"))
