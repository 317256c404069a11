"""Tells machines how the house is: `/healthz`, `/readyz`, `/metrics`."""

import asyncio
import math
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector
from typing_extensions import override

from bot.kernel import metrics
from bot.kernel.desk import LaneSummary, NoticeBoard, PipelineDesk, Summary
from bot.kernel.errors import CannotStore
from bot.kernel.feature import Metric
from bot.kernel.ports import Work
from bot.kernel.work import UnitOfWork

log = structlog.get_logger(__name__)

Trouble = Callable[[], str]
"""Returns what is wrong with a part of the house; empty when nothing is."""
Proof = Callable[[UnitOfWork], None]
"""A use case that writes something which matters to nobody."""


class _Answer:
    """What the database last said to a proof; those who ask at once share one proof."""

    def __init__(self) -> None:
        self.trouble = ""
        self.good_until_s = -math.inf
        self.turn = asyncio.Lock()


@dataclass(frozen=True, slots=True)
class Health:
    """What is asked when somebody wants to know how the house is."""

    work: Work
    desk: PipelineDesk
    notices: NoticeBoard
    proof: Proof
    """Run through `work`: a database that only opens transactions may have no room left."""
    gauges: Sequence[Metric] = ()
    parts: Mapping[str, Trouble] = field(default_factory=dict)
    """Named parts besides the database, above all `engine`."""
    max_due_s: float = 60.0
    """An item that is due for longer than this makes the house not ready."""
    timeout_s: float = 2.0
    prove_every_s: float = 1.0
    """The disk is written to no more often than this, however many ask."""
    registry: CollectorRegistry = metrics.REGISTRY
    now_s: Callable[[], float] = time.monotonic
    _last: _Answer = field(default_factory=_Answer, init=False)

    def routes(self) -> Iterable[web.RouteDef]:
        """Return the routes."""
        yield web.get("/healthz", self._live)
        yield web.get("/readyz", self._ready)
        yield web.get("/metrics", self._metrics)

    async def _live(self, _request: web.Request) -> web.Response:
        return _json({"alive": True}, 200)

    async def _ready(self, _request: web.Request) -> web.Response:
        troubles = {name: trouble() for name, trouble in self.parts.items()}
        oldest_due_s: float | None = None
        try:
            async with asyncio.timeout(self.timeout_s):
                troubles["database"] = await self._prove()
                if not troubles["database"]:
                    oldest_due_s = (await self.work.look(self.desk.summary)).oldest_due_s
        except TimeoutError:
            troubles["database"] = f"no answer within {self.timeout_s:g} s"
        except CannotStore as exc:
            troubles["database"] = str(exc)
        if oldest_due_s is not None and oldest_due_s > self.max_due_s:
            troubles["oldest_due"] = f"an item is due for {oldest_due_s:.0f} s"
        reason = "; ".join(f"{name}: {what}" for name, what in troubles.items() if what)
        words = {name: what or "ok" for name, what in troubles.items()}
        answer = {"ready": not reason, **words, "oldest_due_s": oldest_due_s, "reason": reason}
        return _json(answer, 503 if reason else 200)

    async def _prove(self) -> str:
        """Return why the database takes no writes; empty when it has just taken one."""
        last = self._last
        async with last.turn:
            if self.now_s() >= last.good_until_s:
                try:
                    await self.work.do(self.proof)
                    last.trouble = ""
                except CannotStore as exc:
                    last.trouble = str(exc)
                last.good_until_s = self.now_s() + self.prove_every_s
        return last.trouble

    async def _metrics(self, _request: web.Request) -> web.Response:
        families: list[Family]
        try:
            async with asyncio.timeout(self.timeout_s):
                families = await self.work.look(self._read)
        except (TimeoutError, CannotStore):
            families = [_gauge("bot_database_up", "1 when the database can be read", 0)]
        text = generate_latest(_Page(self.registry, families))
        return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE_LATEST})

    def _read(self, uow: UnitOfWork) -> list[Family]:
        summary = self.desk.summary(uow)
        return [
            _gauge("bot_database_up", "1 when the database can be read", 1),
            *_trip(summary),
            _gauge("bot_notices_unseen", "Notices that no operator has seen", self._unseen(uow)),
            *(family for metric in self.gauges if (family := _feature(uow, metric))),
        ]

    def _unseen(self, uow: UnitOfWork) -> float:
        return float(self.notices.unseen(uow))


def _trip(summary: Summary) -> Iterable[Family]:
    yield _gauge("bot_inbox_waiting", "Updates that wait to be handled", summary.inbox.waiting)
    yield _gauge("bot_inbox_parked", "Updates given up", summary.inbox.parked)
    yield _gauge(
        "bot_oldest_due_seconds",
        "For how long the oldest item has been due",
        labels={
            ("inbox",): summary.inbox.oldest_due_s,
            ("outbox",): summary.outbox_oldest_due_s,
        },
        names=("book",),
    )
    yield _gauge(
        "bot_outbox_messages",
        "Messages that have not left, by channel and status",
        labels=_by_channel(summary.lanes),
        names=("channel", "status"),
    )


def _by_channel(lanes: Sequence[LaneSummary]) -> Mapping[tuple[str, ...], float]:
    """Return counts by channel and status; a lane may be called after a member, so none is named.

    A channel that has anything to tell tells all four, so that an alert sees a zero again.
    """
    counts: dict[tuple[str, ...], float] = defaultdict(float)
    for lane in lanes:
        for status in ("queued", "sending", "parked", "maybe"):
            counts[lane.channel, status] += getattr(lane, status)
    return counts


def _feature(uow: UnitOfWork, metric: Metric) -> Family | None:
    """Return a room's gauge; one that fails is left out and does not hide the others."""
    try:
        value = metric.read(uow)
    except CannotStore:
        raise
    except Exception:
        log.exception("metrics.failed", metric=metric.name)
        return None
    name = metric.name if metric.name.startswith("bot_") else f"bot_{metric.name}"
    return _gauge(name, metric.help, value)


def _gauge(
    name: str,
    words: str,
    value: float | None = None,
    *,
    labels: Mapping[tuple[str, ...], float] | None = None,
    names: Sequence[str] = (),
) -> Family:
    if labels is None:
        return GaugeMetricFamily(name, words, value=value)
    family = GaugeMetricFamily(name, words, labels=names)
    for key, number in labels.items():
        family.add_metric(key, number)
    return family


class _Page(Collector):
    """The counters of the process and what was just read, as one."""

    def __init__(self, registry: CollectorRegistry, families: Sequence[Family]) -> None:
        self._registry = registry
        self._families = families

    @override
    def collect(self) -> Iterable[Family]:
        yield from self._registry.collect()
        yield from self._families


def _json(answer: Mapping[str, object], status: int) -> web.Response:
    return web.json_response(answer, status=status, headers={"Cache-Control": "no-store"})
