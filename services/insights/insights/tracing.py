"""Spans, named as packages/elysia-dapr names them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.propagate import extract
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import Span, SpanKind

_tracer = trace.get_tracer("insights")


def set_up_tracing(service: str, endpoint: str | None) -> Callable[[], None]:
    """Sets up tracing for the process; returns what ends it, with the last spans sent.

    Without an endpoint, spans are made for the logs but leave nowhere.
    """
    provider = TracerProvider(resource=Resource.create({"service.name": service}), shutdown_on_exit=False)
    if endpoint:
        # Only here: loading these takes longer than all the rest.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=2)
        provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return provider.shutdown


@contextmanager
def event_span(topic: str, event: object) -> Iterator[Span]:
    """The span of one event, whose parent is the publisher's.

    Source: https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
    """
    envelope = event if isinstance(event, dict) else {}
    texts = {name: value for name, value in envelope.items() if isinstance(value, str) and value}
    attributes = {
        "messaging.system": "dapr",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.destination.name": topic,
    }
    if "id" in texts:
        attributes["messaging.message.id"] = texts["id"]
    with _tracer.start_as_current_span(
        f"process {topic}", context=extract(texts), kind=SpanKind.CONSUMER, attributes=attributes
    ) as span:
        yield span
