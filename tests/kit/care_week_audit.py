"""Reads the raw tables and the platform's own record after a week, and says what was not kept.

It knows how advisors work from their diaries, and nothing of how the rooms reckon.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import quantiles

from bot.commons.points.books import books_balance
from bot.kernel.messages import CardUpdate, Text, Voice
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer
from tests.kit import care_week_plan as plans
from tests.kit.care_week import ROOMS, CareWeek, Got
from tests.kit.care_week_plan import NEEDS_A_HUMAN, PEOPLE, STAFF, Person

UNASSIGNED_STEPS = 2
"""So many strikes of the house's clock may pass in which nobody is asked, and somebody on duty has
room: one finds her, and a process may have died at the one before."""
_BOUND_S, _BOUND_GRAVE_S = 80 * 60.0, 15 * 60.0
"""After so long the end of the ladder must have heard of a case that nobody answers: half an hour
for the answer at most, an hour to the supervisor, operations a step later; the shop's hours count.
"""
_A_UNIT = timedelta(milliseconds=100)
"""So long a unit of work lasts by the clock of the week at most."""
_REFUSED = timedelta(minutes=3)
"""So long a platform may refuse a message that was written while its reader was at work."""
_SILENCING = frozenset({"human", "value", "complaint", "safety"})
_UPSET = frozenset({"complaint", "safety"})
_GRAVEST = 3
_LINES = ("小助手先不插话", "图片和语音这些小助手看不懂")

_CASES = Statement(
    "SELECT c.id, i.identity, c.in_group"
    " FROM cases c JOIN identities i ON i.member_id = c.member_id ORDER BY c.id"
)
_STEPS = Statement("SELECT case_id, at, who, what, words FROM case_steps ORDER BY id")
_EVIDENCE = Statement("SELECT case_id, severity, label, at FROM case_evidence ORDER BY id")
_LADDER = Statement("SELECT case_id, times_opened, timer, step, at FROM case_ladder")
_PROMISES = Statement(
    "SELECT id, case_id, what, who, at, due_at, ended_at, is_kept FROM case_promises ORDER BY id"
)
_INBOX = Statement("SELECT key, status FROM inbox")
_OUTBOX = Statement("SELECT key, status, claimed_at, error, created_at FROM outbox")
_CARDS = "SELECT key, case_id FROM case_cards WHERE key <> ''"


@dataclass(frozen=True)
class Step:
    """What was done with a case."""

    case: int
    at: datetime
    who: str
    what: str
    words: str


@dataclass(frozen=True)
class Rung:
    """A step of the ladder that was taken."""

    case: int
    opening: int
    timer: str
    step: str
    at: datetime


@dataclass
class Opening:
    """A case from an opening to its end."""

    case: "Record"
    number: int
    steps: list[Step] = field(default_factory=list)
    grave_since: datetime | None = None
    """When somebody was found to be in danger, or it to be as grave."""

    def was_grave(self, at: datetime) -> bool:
        """Return whether it was known at an instant of this opening that it can't wait."""
        until = self.ended_at
        known = self.grave_since is not None and self.grave_since <= at
        return known and (until is None or at <= until)

    @property
    def at(self) -> datetime:
        return self.steps[0].at

    @property
    def kind(self) -> str:
        """Of what opened it."""
        return self.steps[0].words

    @property
    def ended_at(self) -> datetime | None:
        return self.first("resolved", "closed")

    def first(self, *whats: str) -> datetime | None:
        """Return when one of these was done first."""
        return next((one.at for one in self.steps if one.what in whats), None)

    def has(self, at: datetime) -> bool:
        """Return whether it lasts at an instant."""
        return self.at < at and (self.ended_at is None or at < self.ended_at)

    @property
    def silenced_at(self) -> datetime | None:
        """When the bot had to fall silent."""
        if self.case.in_group:
            return self.first("accepted", "answered")
        if self.kind in _SILENCING:
            return self.at
        joined = (s.at for s in self.steps if s.what == "joined" and s.words in _SILENCING)
        return min(
            (at for at in (next(joined, None), self.first("accepted", "answered")) if at),
            default=None,
        )

    @property
    def upset_at(self) -> datetime | None:
        """When she first had reason to complain."""
        found = (
            one.at
            for one in self.steps
            if one.what in {"opened", "reopened", "joined"} and one.words in _UPSET
        )
        return next(found, None)


@dataclass
class Record:
    """A case with all that is written of it."""

    id: int
    who: str
    in_group: str
    openings: list[Opening] = field(default_factory=list)

    def closed_after(self, at: datetime) -> datetime | None:
        """Return when it was closed, not only resolved, after an instant; None for not yet."""
        steps = (one for opening in self.openings for one in opening.steps)
        return next((one.at for one in steps if one.what == "closed" and one.at > at), None)

    def was_grave(self, at: datetime) -> bool:
        """Return whether it could not wait until the shop opens, as far as was known then."""
        return any(opening.was_grave(at) for opening in self.openings if opening.at <= at)


@dataclass(frozen=True)
class Held:
    """From when to when an advisor had a case, or nobody had; None: to the end."""

    case: Record
    advisor: str
    since: datetime
    until: datetime
    by_bot: bool


def _stays_grave(record: Record) -> None:
    """Let what is opened again before it was closed be as grave as it was."""
    for before, opening in pairwise(record.openings):
        if before.grave_since is not None and before.first("closed") is None:
            opening.grave_since = opening.at


class Audit:
    """The books after a week."""

    def __init__(self, week: CareWeek, uow: UnitOfWork) -> None:
        self.week = week
        self.plan = week.plan
        self.end = week.stops[-1] + timedelta(days=1)
        self.records = {record.id: record for record in map(_record, uow.run(_CASES))}
        for row in uow.run(_STEPS):
            self._write_down(_step(row))
        for case, severity, label, at in uow.run(_EVIDENCE):
            if integer(severity) >= _GRAVEST or label == "safety_distress":
                self._was_grave(self.records[integer(case)], instant(at))
        for record in self.records.values():
            _stays_grave(record)
        self.ladder = [_rung(row) for row in uow.run(_LADDER)]
        self.promises = uow.run(_PROMISES)
        self.inbox, self.outbox = uow.run(_INBOX), uow.run(_OUTBOX)
        self.claimed = {str(row[0]): row[2] for row in self.outbox}
        self.written = {str(row[0]): instant(row[4]) for row in self.outbox}
        self.card_of = _cards(uow)
        self.held = sorted(self._holdings(), key=lambda one: one.since)
        self.balance = books_balance(uow)
        self._got_by: dict[str, list[Got]] = defaultdict(list)
        for got in week.platform.got:
            self._got_by[got.outgoing.recipient].append(got)
        self.by_member: dict[str, list[Opening]] = defaultdict(list)
        for record in self.records.values():
            self.by_member[record.who] += record.openings

    def _write_down(self, step: Step) -> None:
        record = self.records[step.case]
        if step.what in {"opened", "reopened"}:
            record.openings.append(Opening(record, len(record.openings) + 1))
        record.openings[-1].steps.append(step)

    def _was_grave(self, record: Record, at: datetime) -> None:
        for opening in record.openings:
            if opening.ended_at is None or at < opening.ended_at:
                opening.grave_since = opening.grave_since or at
                return

    def _holdings(self) -> Iterator[Held]:
        for record in self.records.values():
            for opening in record.openings:
                yield from self._holdings_of(opening)

    def _holdings_of(self, opening: Opening) -> Iterator[Held]:
        turns: list[tuple[datetime, str | None, bool]] = []
        for one in opening.steps:
            match one.what:
                case "opened" | "reopened":
                    turns.append((one.at, "", True))
                case "assigned" | "transferred":
                    to = one.words.partition(" ")[2]
                    turns.append((one.at, to, one.who == "bot"))
                case "accepted" | "answered":
                    turns.append((one.at, one.who, False))
                case "resolved" | "closed":
                    turns.append((one.at, None, False))
        for (since, holder, by_bot), (until, _, _) in pairwise([*turns, (self.end, None, False)]):
            if holder is not None:
                yield Held(opening.case, holder, since, until, by_bot)

    @property
    def openings(self) -> Sequence[Opening]:
        """All openings of all cases."""
        return [each for record in self.records.values() for each in record.openings]

    # ── what was promised ───────────────────────────────────────────────────────────────

    def wrong(self) -> list[str]:
        """Return what was not kept, a sentence each."""
        checks: Sequence[Callable[[], Iterator[str]]] = (
            self._everybody_has_a_case,
            self._every_case_goes_on,
            self._nobody_waits_beside_an_idle_advisor,
            self._no_ping_off_hours,
            self._promises,
            self._each_step_once,
            self._two_voices,
            self._each_message_once,
            self._lines,
            self._one_open_case,
            self._no_offers,
            self._load,
        )
        return [f"{check.__name__[1:]}: {each}" for check in checks for each in check()] + [
            f"books: {each}" for each in self.balance
        ]

    def _everybody_has_a_case(self) -> Iterator[str]:
        for talk in self.plan.found:
            if talk.want not in NEEDS_A_HUMAN or talk.at > self.plan.ends_at - timedelta(hours=1):
                continue
            if not any(
                opening.ended_at is None or opening.ended_at > talk.at
                for opening in self.by_member[talk.who]
            ):
                yield f"{talk.who} wrote for {talk.want} at {_wall(talk.at)} and has no case"

    def _every_case_goes_on(self) -> Iterator[str]:
        """Each is answered, or within its time, or was told to the end of the ladder."""
        now = self.week.stops[-1]
        told = {(one.case, one.opening) for one in self.ladder if one.step == "operations"}
        for record in self.records.values():
            for opening in record.openings:
                answered = opening.first("answered")
                if answered or (record.id, opening.number) in told:
                    continue
                until = opening.ended_at or now
                is_grave = opening.was_grave(until)
                waited_s = (until - opening.at).total_seconds()
                used_s = waited_s if is_grave else plans.open_s(opening.at, until)
                if used_s > (_BOUND_GRAVE_S if is_grave else _BOUND_S):
                    yield f"case {record.id} waits since {_wall(opening.at)}, and nobody is told"

    def _nobody_waits_beside_an_idle_advisor(self) -> Iterator[str]:
        stops = self.week.swept
        loads = self._loads(stops)
        for held in self.held:
            if held.advisor:
                continue
            idle_since: datetime | None = None
            for at in stops[bisect_left(stops, held.since) : bisect_left(stops, held.until)]:
                idle = [
                    one.userid
                    for one in STAFF
                    if plans.takes(one, at) and loads[one.userid, at] < one.capacity
                ]
                idle_since = (idle_since or at) if idle else None
                if idle_since and at - idle_since > UNASSIGNED_STEPS * self.week.step:
                    yield f"case {held.case.id} is nobody's at {_wall(at)}, and {idle} have room"
                    break

    def _loads(self, stops: Sequence[datetime]) -> Mapping[tuple[str, datetime], int]:
        found: dict[tuple[str, datetime], int] = defaultdict(int)
        for held in self.held:
            first, last = bisect_left(stops, held.since), bisect_left(stops, held.until)
            for at in stops[first:last]:
                found[held.advisor, at] += 1
        return found

    def _no_ping_off_hours(self) -> Iterator[str]:
        for got in self.week.platform.got:
            one = PEOPLE.get(got.outgoing.recipient)
            if one is None or got.outgoing.to_group or plans.works(one, got.at):
                continue
            if isinstance(got.outgoing.part, CardUpdate):
                continue  # a card that she has changes where it is: nothing rings
            key = got.outgoing.key
            record = self.records.get(self.card_of.get(key, 0))
            if self._was_refused_meanwhile(one, got):
                continue
            if record is None or not record.was_grave(got.at):
                yield f"{one.userid} is rung at {_wall(got.at)} by {key}"

    def _was_refused_meanwhile(self, one: Person, got: Got) -> bool:
        """Return whether a message left while she was at work, and the platform was not ready."""
        written = self.written.get(got.outgoing.key)
        is_soon = written is not None and got.at - written <= _REFUSED + self.week.step
        return is_soon and written is not None and plans.works(one, written)

    def _promises(self) -> Iterator[str]:
        tops = defaultdict[tuple[int, str], list[datetime]](list)
        for rung in self.ladder:
            tops[rung.case, rung.timer].append(rung.at)
        now = self.week.stops[-1]
        for number, case, what, who, given, due, ended, kept in self.promises:
            due_at, record = instant(due), self.records[integer(case)]
            ended_at = None if ended is None else instant(ended)
            if (ended_at is None and due_at > now) or (ended_at and ended_at <= due_at and kept):
                continue
            if ended_at is not None and ended_at < due_at:
                yield f"promise {number} ({what}) was ended as broken before its time"
                continue
            heard = [*tops[record.id, f"promise:{number}"]]
            heard += tops[record.id, "first"] if what == "answer" else []
            breaks_at = (
                due_at
                if plans.is_open(due_at) or record.was_grave(instant(given))
                else _opens(due_at)
            )
            if not any(at <= breaks_at + 2 * self.week.step for at in heard):
                told = min((_wall(at) for at in heard), default="never")
                yield (
                    f"promise {number} ({what} by {who}) of case {record.id} was due"
                    f" {_wall(due_at)}, and told {told}"
                )

    def _each_step_once(self) -> Iterator[str]:
        for record in self.records.values():
            for opening in record.openings:
                words = Counter(
                    " ".join(one.words.split()[:2])
                    for one in opening.steps
                    if one.what == "escalated"
                )
                yield from (
                    f"case {record.id}, opening {opening.number}: {name} {times} times"
                    for name, times in words.items()
                    if times > 1
                )

    def _said_to(self, who: str, voice: Voice) -> Iterator[Got]:
        for got in self._got_by[who]:
            if got.outgoing.voice is voice and not got.outgoing.to_group:
                yield got

    def _left_at(self, got: Got) -> datetime:
        """Return when a message was taken out to be sent: what happens later is too late for it."""
        claimed = self.claimed.get(got.outgoing.key)
        return min(got.at, got.at if claimed is None else instant(claimed))

    def _two_voices(self) -> Iterator[str]:
        for who, openings in self.by_member.items():
            for got in self._said_to(who, Voice.BOT):
                at = self._left_at(got)
                for opening in openings:
                    silent = self._silent_since(who, opening)
                    if silent and silent < at and opening.has(at):
                        key = got.outgoing.key
                        yield f"the bot speaks at {_wall(at)} in case {opening.case.id}: {key}"

    def _silent_since(self, who: str, opening: Opening) -> datetime | None:
        """Return since when nothing may be taken out: the line that says so is of the same unit.

        Two replicas work at once, so that one may take a message out in the midst of it.
        """
        if opening.silenced_at is None:
            return None
        lines = (self.written.get(got.outgoing.key) for got in self._got_by[who] if _is_line(got))
        at_once = [at for at in lines if at and opening.at <= at <= opening.at + _A_UNIT]
        return max([opening.silenced_at, *at_once])

    def _each_message_once(self) -> Iterator[str]:
        stored = Counter(str(key) for key, _ in self.inbox)
        yield from (
            f"{key} was taken at {_wall(at)} and is lost"
            for key, at in self.week.acknowledged.items()
            if key not in stored
        )
        yield from (f"{key} is stored {times} times" for key, times in stored.items() if times > 1)
        yield from (f"{key} is {status}" for key, status in self.inbox if status != "done")
        yield from (f"{key} was seen twice" for key in self.week.platform.doubled)
        over = {"sent", "withdrawn", "dropped"}
        yield from (f"{key} is {s}: {why}" for key, s, _, why, _ in self.outbox if s not in over)

    def _lines(self) -> Iterator[str]:
        """Each opening in private is told of once; once more when it turns out to be danger."""
        for who, openings in self.by_member.items():
            said = [got for got in self._got_by[who] if _is_line(got)]
            for opening in openings:
                if opening.case.in_group:
                    continue
                until = min((o.at for o in openings if o.at > opening.at), default=self.end)
                here = [got for got in said if opening.at <= got.at < until]
                joined = {one.words for one in opening.steps if one.what == "joined"}
                most = 1 + bool(opening.kind == "picture" and joined & _SILENCING)
                most += opening.kind != "safety" and "safety" in joined
                if not 1 <= len(here) <= most:
                    yield f"case {opening.case.id} of {who}: {len(here)} honest lines"

    def _one_open_case(self) -> Iterator[str]:
        for who, openings in self.by_member.items():
            ordered = sorted(openings, key=lambda one: one.at)
            for one, following in pairwise(ordered):
                if one.ended_at is None or one.ended_at > following.at:
                    yield f"{who} has two cases at {_wall(following.at)}"

    def _no_offers(self) -> Iterator[str]:
        for who, openings in self.by_member.items():
            offers = [got for got in self._got_by[who] if got.outgoing.key.startswith("offer:")]
            for got in offers:
                at = self._left_at(got)
                for opening in openings:
                    closed = opening.case.closed_after(opening.at) or self.end
                    if opening.upset_at is not None and opening.upset_at < at < closed:
                        yield f"{who} is offered something at {_wall(at)}: {got.outgoing.key}"

    def _load(self) -> Iterator[str]:
        """Nobody is given more than she may have, but for what can't wait."""
        for held in self.held:
            one = PEOPLE.get(held.advisor)
            if one is None or not held.by_bot or held.case.was_grave(held.since):
                continue
            has = sum(
                each.advisor == held.advisor and each.since <= held.since < each.until
                for each in self.held
            )
            if has > one.capacity:
                yield f"{held.advisor} has {has} of {one.capacity} at {_wall(held.since)}"

    # ── figures ─────────────────────────────────────────────────────────────────────────

    def figures(self) -> Mapping[str, object]:
        """Return what a week came to."""
        openings = self.openings
        steps = Counter(f"{one.timer.partition(':')[0]} {one.step}" for one in self.ladder)
        alone = sum(not any(plans.takes(one, each.at) for one in STAFF) for each in openings)
        wants = Counter(talk.want for talk in self.plan.found)
        kept = Counter(bool(row[7]) for row in self.promises if row[6] is not None)
        extra = sum(self._is_extra(each) for each in openings)
        return {
            "conversations": len(self.plan.found),
            "of them need a human": sum(wants[want] for want in NEEDS_A_HUMAN),
            "messages of members": len(self.week.acknowledged),
            "messages seen by people": len(self.week.platform.got),
            "troubles of the platform": self.week.platform.troubles,
            "deaths": self.week.killed,
            "twins dropped by the platform": self.week.platform.twins,
            "openings": len(openings),
            "not found by the first message": len(self.week.missed),
            "openings that nobody meant": extra,
            "openings with nobody on duty, %": round(100 * alone / max(1, len(openings)), 1),
            "promises kept, broken": (kept[True], kept[False]),
            "ladder": dict(sorted(steps.items())),
            **self._times(openings),
        }

    def _is_extra(self, opening: Opening) -> bool:
        """Return whether nobody who wrote then needed a human."""
        before = [
            talk
            for talk in self.plan.found
            if talk.who == opening.case.who and talk.at <= opening.at
        ]
        return opening.number == 1 and not any(talk.want in NEEDS_A_HUMAN for talk in before)

    def _times(self, openings: Sequence[Opening]) -> Mapping[str, object]:
        found: dict[str, list[float]] = defaultdict(list)
        for opening in openings:
            answered = opening.first("answered")
            if answered is None:
                continue
            is_grave = opening.was_grave(answered)
            tier = "severity 1" if is_grave else self.plan.tiers[opening.case.who]
            waited_s = (answered - opening.at).total_seconds()
            in_hours = waited_s if is_grave else plans.open_s(opening.at, answered)
            found[tier or "no tier"].append(in_hours / 60)
        return {
            f"minutes to a human, {tier}: p50, p90, n": (*_both(times), len(times))
            for tier, times in sorted(found.items())
        }


def _both(values: Sequence[float]) -> tuple[float, float]:
    if len(values) < 2:
        return (round(values[0], 1),) * 2 if values else (0.0, 0.0)
    cuts = quantiles(values, n=10, method="inclusive")
    return round(cuts[4], 1), round(cuts[8], 1)


def _opens(at: datetime) -> datetime:
    while not plans.is_open(at):
        at += timedelta(minutes=1)
    return at


def _is_line(got: Got) -> bool:
    part = got.outgoing.part
    return isinstance(part, Text) and any(words in part.text for words in _LINES)


def _wall(at: datetime) -> str:
    return f"{at.astimezone(plans.ZONE):%d %H:%M:%S}"


def _record(row: Row) -> Record:
    number, who, group = row
    return Record(integer(number), str(who), str(group))


def _step(row: Row) -> Step:
    case, at, who, what, words = row
    return Step(integer(case), instant(at), str(who), str(what), str(words))


def _rung(row: Row) -> Rung:
    case, times, timer, step, at = row
    return Rung(integer(case), integer(times), str(timer), str(step), instant(at))


def _cards(uow: UnitOfWork) -> Mapping[str, int]:
    """Return which case each card is about."""
    if all(room.name != "cards" for room in ROOMS):
        return {}
    return {str(key): integer(case) for key, case in uow.run(Statement(_CARDS))}


async def audit(week: CareWeek) -> Audit:
    """Read all books."""
    return await week.houses[0].house.writer.look(lambda uow: Audit(week, uow))
