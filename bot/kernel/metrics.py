"""What is counted while the house runs; read by `/metrics`. Gauges are asked for, not kept."""

from prometheus_client import CollectorRegistry, Counter, Histogram

REGISTRY = CollectorRegistry(auto_describe=True)

ACCEPTED = Counter(
    "bot_updates_accepted_total", "Updates written down", ["channel"], registry=REGISTRY
)
DUPLICATES = Counter(
    "bot_updates_repeated_total", "Updates that were known already", ["channel"], registry=REGISTRY
)
UNHEARD = Counter(
    "bot_updates_unheard_total",
    "Events and messages of kinds that no room knows: kept, and left alone",
    ["channel"],
    registry=REGISTRY,
)
REFUSED = Counter(
    "bot_callbacks_refused_total",
    "Callbacks answered with an error",
    ["channel", "status"],
    registry=REGISTRY,
)
CALLBACK_SECONDS = Histogram(
    "bot_callback_seconds",
    "From a callback's first byte to its answer",
    ["channel"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
    registry=REGISTRY,
)
PASSIVE = Counter(
    "bot_answers_passive_total",
    "Answers that travelled in a callback's response",
    ["channel"],
    registry=REGISTRY,
)
HANDLED = Counter("bot_updates_handled_total", "Updates whose handler ran", registry=REGISTRY)
HANDLER_FAILURES = Counter(
    "bot_updates_failed_total", "Tries of a handler that raised", registry=REGISTRY
)
PARKED = Counter("bot_parked_total", "Updates and messages given up", ["book"], registry=REGISTRY)
FETCHED = Counter(
    "bot_updates_fetched_total", "New updates that were fetched", ["channel"], registry=REGISTRY
)
FETCH_ERRORS = Counter(
    "bot_fetch_errors_total",
    "Pages that a platform did not give, by its code",
    ["channel", "code", "kind"],
    registry=REGISTRY,
)
LINES_LOST = Counter(
    "bot_connections_lost_total",
    "Connections to a platform that ended or could not be opened, by its code",
    ["channel", "code", "kind"],
    registry=REGISTRY,
)
SENT = Counter(
    "bot_messages_sent_total", "Messages that a platform took", ["channel"], registry=REGISTRY
)
SEND_ERRORS = Counter(
    "bot_send_errors_total",
    "Messages that a platform did not take, by its code",
    ["channel", "code", "kind"],
    registry=REGISTRY,
)
