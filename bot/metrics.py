"""What /metrics shows: figures about the service, never about a respondent."""

from __future__ import annotations

from functools import cache

from prometheus_client import Counter, Gauge, Histogram

UPDATES = Counter("motcua_updates", "Updates applied", ["channel", "outcome"])
WRITE_SECONDS = Histogram("motcua_write_seconds", "From hand-over to commit")
RELEASED = Counter("motcua_released_responses", "Responses released")
DIFFERENCES = Gauge("motcua_recount_differences", "Rollups that the last recount did not confirm")
ALARMS = Gauge("motcua_alarms_open", "Alarms that wait for a person's decision")
SENT = Counter("motcua_messages", "Messages to push channels", ["channel", "outcome"])
OUTBOX = Gauge("motcua_outbox_waiting", "Messages waiting to be sent", ["channel"])
HELD = Gauge("motcua_lease_held", "Whether this process does what only one may do", ["lease"])
CONNECTED = Gauge(
    "motcua_channel_connected",
    "Whether an account that runs in this process works",
    ["channel", "account"],
)
DONE = Gauge(
    "motcua_work_done_timestamp_seconds", "When a part of the work was last done", ["work"]
)
FAILURES = Counter("motcua_work_failures", "Rounds of work that failed", ["work"])
HEARD = Gauge(
    "motcua_province_heard_timestamp_seconds",
    "At a centre: when a province was last heard",
    ["province"],
)
REFUSED = Gauge(
    "motcua_province_refused",
    "At a centre: 1 where what a province told last is not believed",
    ["province"],
)
VERDICTS = Counter("motcua_verdicts", "What the checks said", ["check", "outcome"])


def count_verdict(check: str, outcome: str) -> None:
    """Count one verdict; each closing response brings six."""
    _verdicts(check, outcome).inc()


_verdicts = cache(VERDICTS.labels)  # finding the labels costs more than counting
