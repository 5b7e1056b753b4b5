"""The figures of the queue at `/metrics`, as Prometheus reads them; no name, reference or address is ever a label.

They are read from the database, so that every process tells the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from anyio import to_thread
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bisdesk.bootstrap import Installation
from bisdesk.canary import beat_of
from bisdesk.figures import refused
from bisdesk.web.tally import Tally
from workflow.canary import Heartbeat
from workflow.errors import BisdeskError
from workflow.measures import QUANTILES, Measured
from workflow.outbox import Channel


def metrics_route(app: Installation, tally: Tally) -> Route:
    """The route of the metrics; what was counted and not yet written down is written first."""

    def scraped() -> Response:
        tally.write()
        try:
            now = app.instant()
            with app.unit_of_work() as uow:
                measured = uow.measures.taken(now=now)
        except BisdeskError:
            return Response(status_code=503)
        content = exposition(measured, beat_of(app, measured, now))
        return Response(content, media_type=CONTENT_TYPE_LATEST)

    async def metrics(_: Request) -> Response:
        return await to_thread.run_sync(scraped)

    return Route("/metrics", metrics)


def exposition(measured: Measured, beat: Heartbeat | None) -> bytes:
    """The text that Prometheus scrapes."""
    registry = CollectorRegistry()
    registry.register(_Once([*families(measured), *(_heartbeat(beat) if beat else ())]))
    return generate_latest(registry)


def families(measured: Measured) -> Iterator[Metric]:
    """Every metric with its samples."""
    oldest = GaugeMetricFamily("bisdesk_message_oldest_due_seconds", "Age of the oldest message that should have left.",
        labels=["channel"])  # fmt: skip
    for channel in Channel:
        waits = measured.oldest_due.get(channel)
        oldest.add_metric([str(channel)], waits.total_seconds() if waits else 0.0)
    states = GaugeMetricFamily("bisdesk_messages", "Messages that wait or need a look, by state.", labels=["state"])
    for state, number in measured.states.items():
        states.add_metric([str(state)], number)
    yield from (oldest, states)
    for name, meaning, number in (
        ("bisdesk_messages_awaiting_receipt", "Accepted, and the provider will be asked.", measured.awaiting_receipt),
        ("bisdesk_messages_unconfirmed", "Accepted, and no receipt ever came.", measured.unconfirmed),
        ("bisdesk_receipts_stray", "Receipts of no message of ours.", measured.strays),
    ):
        yield GaugeMetricFamily(name, meaning, value=number)
    yield from _arrivals(measured)
    unbelieved = CounterMetricFamily(
        "bisdesk_callbacks_refused", "Callbacks that were not believed.", labels=["reason"]
    )
    for reason, number in refused(measured).items():
        unbelieved.add_metric([reason], number)
    closed = GaugeMetricFamily("bisdesk_channel_at_capacity", "Whether a limit holds a channel closed.",
        labels=["channel"])  # fmt: skip
    for channel in (Channel.EMAIL, Channel.SMS):
        closed.add_metric([str(channel)], float(channel in measured.paused))
    yield from (unbelieved, closed)


def _arrivals(measured: Measured) -> Iterator[Metric]:
    took = GaugeMetricFamily("bisdesk_message_sent_to_delivered_seconds", "From sending to arrival, of the last day.",
        labels=["channel", "quantile"])  # fmt: skip
    soon = GaugeMetricFamily("bisdesk_message_delivered_within_10s_ratio", "Share that arrived so soon, of the last day.",
        labels=["channel"])  # fmt: skip
    for channel, one in measured.arrivals.items():
        for share in QUANTILES:
            if (wait := one.quantile(share)) is not None:
                took.add_metric([channel, f"{share:g}"], wait.total_seconds())
        if one.soon is not None:
            soon.add_metric([channel], one.soon)
    yield from (took, soon)


def _heartbeat(beat: Heartbeat) -> Iterator[Metric]:
    last = GaugeMetricFamily("bisdesk_canary_last_success_seconds",
        "Since a canary last finished its walk; since the first one began where none has finished.")  # fmt: skip
    if beat.age is not None:
        last.add_metric([], beat.age.total_seconds())
    took = GaugeMetricFamily("bisdesk_canary_step_seconds", "What each step of the last finished walk took.",
        labels=["step"])  # fmt: skip
    for step, wait in beat.steps.items():
        took.add_metric([step], wait.total_seconds())
    yield from (last, took)
    yield CounterMetricFamily("bisdesk_canary_failures", "Walks that came to no good end.", value=beat.failures)


class _Once(Collector):
    """Families that are there already, for one scrape."""

    def __init__(self, made: Iterable[Metric]) -> None:
        self._made = list(made)

    def collect(self) -> Iterable[Metric]:
        """Them."""
        return self._made
