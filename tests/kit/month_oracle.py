"""What a month ought to come to, computed from its acts alone: plain dates, lists and sums.

Written from the promises and from nothing of the bot's: every figure is counted anew from the
whole history whenever something happens.
"""

from collections.abc import Iterator
from copy import copy
from datetime import date, datetime, timedelta
from itertools import count
from math import prod
from zoneinfo import ZoneInfo

from tests.kit.month_acts import DAY, Act, Challenge, Kind, Poll, Terms, Wave
from tests.kit.month_lives import (
    GIVEN,
    MADE_UP,
    SAID,
    Ballot,
    Deed,
    Earned,
    Life,
    Lot,
    Merged,
    Part,
    ballots_of,
    parted,
    parts_of,
    run_of,
    settle_lots,
    whole,
)

_COUNTS_AFTER = timedelta(seconds=120)
_SETTLES_AFTER = timedelta(minutes=30)


class Oracle:
    """Lives through a month and keeps what it comes to."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.zone = ZoneInfo(terms.zone)
        self.members: dict[str, Life] = {}
        self.counted: dict[str, tuple[int, ...]] = {}
        """Votes that were counted: ballots for each option."""
        self._ids = count(1)
        self._heard: set[str] = set()
        self._merges: dict[str, Merged] = {}
        self._amnesties: list[tuple[Kind, date]] = []
        self._settled: set[str] = set()
        self._asked: set[str] = set()
        self.now = datetime.min.replace(tzinfo=self.zone)

    # ── time ────────────────────────────────────────────────────────────────────────────

    def live(self, wave: Wave) -> None:
        """Let a wave arrive, then the clock strike."""
        self.now = wave.at
        for part in wave.parts:
            for act in part:
                self._hear(act)
        self._strike()

    def day_of(self, at: datetime, *, grace: bool = True) -> date:
        """Return the day by the clocks on the wall."""
        minutes = self.terms.grace_minutes if grace else 0
        return (at.astimezone(self.zone).replace(tzinfo=None) - timedelta(minutes=minutes)).date()

    @property
    def today(self) -> date:
        """The date on calendars."""
        return self.day_of(self.now, grace=False)

    def lives(self) -> list[Life]:
        """Return everybody once, who came first in front."""
        found = {life.id: life for life in self.members.values()}
        return [found[number] for number in sorted(found)]

    def _strike(self) -> None:
        for kind, day in self._amnesties:
            self._give_all(day) if kind is Kind.GIVE_DAY else self._take_all(day)
        self._amnesties.clear()
        for challenge in self.terms.challenges:
            late = self.day_of(self.now - _SETTLES_AFTER, grace=False)
            if challenge.name not in self._settled and late > challenge.last:
                self._settle(challenge)
        today = self.today
        for life in self.lives():
            for lot in life.lots:
                if lot.ends <= today:
                    life.expired, lot.left = life.expired + lot.left, 0
        for poll in self.terms.polls:
            if poll.name not in self.counted and self.now >= self._end(poll) + _COUNTS_AFTER:
                self._count(poll)

    def _end(self, poll: Poll) -> datetime:
        return datetime(*poll.closes.timetuple()[:3], 22, tzinfo=self.zone)

    # ── points ──────────────────────────────────────────────────────────────────────────

    def _lasts(self) -> date:
        """Return the first day on which points of today are gone."""
        month = self.today.month - 1 + self.terms.expire_months
        first = date(self.today.year + month // 12, month % 12 + 1, 1)
        following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        return min(first + (self.today.day - 1) * DAY, following - DAY) + DAY

    def _get(self, life: Life, points: int) -> Lot:
        pays = min(life.debt, points)
        life.debt -= pays
        lot = Lot(self._lasts(), points, points - pays, life.id, next(self._ids))
        life.lots.append(lot)
        return lot

    def _take(self, life: Life, points: int, first: Lot | None = None) -> None:
        for lot in sorted(life.lots, key=lambda lot: (lot is not first, lot.ends, lot.number)):
            taken = min(lot.left, points)
            lot.left -= taken
            points -= taken

    def _take_back(self, life: Life, lot: Lot) -> None:
        short = max(0, lot.points - life.balance)
        life.debt += short
        self._take(life, lot.points - short, lot)

    # ── what members say ────────────────────────────────────────────────────────────────

    def _hear(self, act: Act) -> None:
        if act.kind in (Kind.GIVE_DAY, Kind.TAKE_DAY):
            assert act.day
            self._amnesties.append((act.kind, act.day))
        elif act.kind is Kind.MERGE:
            self._merge(act.who, act.other)
        elif act.kind is Kind.PART:
            self._part(act.who)
        elif act.key not in self._heard:
            self._heard.add(act.key)
            self._said(act)

    def _said(self, act: Act) -> None:
        if act.who not in self.members:
            self.members[act.who] = Life(next(self._ids), self.day_of(act.at))
        life = self.members[act.who]
        if act.group:
            life.groups.add(act.group)
        match act.kind:
            case Kind.CHECK_IN:
                self._check_in(life, self.day_of(act.at), SAID, act.at)
            case Kind.MAKE_UP:
                assert act.day
                self._make_up(life, act.day, act.at)
            case Kind.VOTE:
                self._vote(life, act)
            case Kind.JOIN:
                [challenge] = [each for each in self.terms.challenges if not each.auto]
                self._join(life, challenge, self.day_of(act.at, grace=False))
            case Kind.HIDE | Kind.SHOW:
                life.hidden = act.kind is Kind.HIDE
            case Kind.ASK_ERASURE:
                self._asked.add(act.who)
            case Kind.ERASE if act.who in self._asked:
                self._asked.remove(act.who)
                del self.members[act.who]

    def _check_in(self, life: Life, day: date, way: str, at: datetime) -> Lot | None:
        if day in life.days:
            return None
        terms, before = self.terms, list(life.days)
        life.days[day], life.sent[day] = way, at
        bonuses = whole(life.days, terms.bonus_every) - whole(before, terms.bonus_every)
        won = (0 if way == MADE_UP else terms.base) + bonuses * terms.bonus
        lot = self._get(life, won) if won else None
        tokens = whole(life.days, terms.token_every) - whole(before, terms.token_every)
        life.tokens = max(life.tokens, min(life.tokens + tokens, terms.tokens_at_most))
        completed = [each for each in terms.challenges if self._look(life, each, day)]
        deed = Deed("checkin", day, life.id)
        if way == GIVEN:
            life.booked[day] = [lot] if lot else []
        self._do(life, deed)
        for challenge in completed:
            self._do(life, Deed("challenge_completed", self.today, life.id, challenge.name))
        return lot

    def _make_up(self, life: Life, day: date, at: datetime) -> None:
        terms, today = self.terms, self.day_of(at)
        this_month = [one for one in life.makeups if (one.year, one.month) == today.timetuple()[:2]]
        is_near = today - terms.makeup_days_back * DAY <= day < today
        if day in life.days or not is_near or day < life.joined:
            return
        if len(this_month) >= terms.makeups_a_month:
            return
        if not life.tokens and life.balance < terms.makeup_price:
            return
        if life.tokens:
            life.tokens -= 1
        else:
            self._take(life, terms.makeup_price)
        life.makeups.append(today)
        self._check_in(life, day, MADE_UP, at)

    def _vote(self, life: Life, act: Act) -> None:
        [poll] = [each for each in self.terms.polls if each.name == act.poll]
        opens = datetime(*poll.opens.timetuple()[:3], tzinfo=self.zone)
        is_open = opens.timestamp() <= act.at.timestamp() < self._end(poll).timestamp()
        if poll.name in self.counted or not is_open:
            return
        before = life.ballots.get(poll.name)
        if before is None and life.balance < poll.price:
            return
        if before is None:
            self._take(life, poll.price)
            life.ballots[poll.name] = Ballot(act.choices, act.at, poll.price)
            deed = Deed("ballot", self.day_of(act.at, grace=False), life.id, poll.name)
            self._do(life, deed)
        elif act.at.timestamp() >= before.at.timestamp():
            life.ballots[poll.name] = Ballot(act.choices, act.at, before.paid)

    def _count(self, poll: Poll) -> None:
        ballots = [
            (life, life.ballots[poll.name]) for life in self.lives() if poll.name in life.ballots
        ]
        sums = [sum(n in one.choices for _, one in ballots) for n in range(1, poll.options + 1)]
        self.counted[poll.name] = tuple(sums)
        missed_goal = poll.goal > sum(one.paid for _, one in ballots)
        if missed_goal or len(ballots) < poll.quorum:
            for life, one in ballots:
                if one.paid:
                    self._get(life, one.paid)
                one.paid = 0

    # ── challenges ──────────────────────────────────────────────────────────────────────

    def _join(self, life: Life, challenge: Challenge, today: date) -> None:
        if challenge.name not in life.parts:
            if challenge.name in self._settled or today > challenge.last:
                return
            life.parts[challenge.name] = Part()
        if self._complete(life, challenge):
            self._do(life, Deed("challenge_completed", self.today, life.id, challenge.name))

    def _look(self, life: Life, challenge: Challenge, day: date) -> bool:
        """Count a day where a challenge has it; True when she has completed it by that."""
        if challenge.name in self._settled or not challenge.first <= day <= challenge.last:
            return False
        if challenge.auto:
            life.parts.setdefault(challenge.name, Part())
        return challenge.name in life.parts and self._complete(life, challenge)

    def _complete(self, life: Life, challenge: Challenge) -> bool:
        part = life.parts[challenge.name]
        part.days = sum(
            challenge.first <= day <= challenge.last and (challenge.made_up or way != MADE_UP)
            for day, way in life.days.items()
        )
        if part.done or part.days < challenge.needed:
            return False
        part.done = True
        self._get(life, challenge.points)
        return True

    def _settle(self, challenge: Challenge) -> None:
        self._settled.add(challenge.name)
        there = [life for life in self.lives() if challenge.name in life.parts]
        for life in there:
            if self._complete(life, challenge):
                self._do(life, Deed("challenge_completed", self.today, life.id, challenge.name))
        done = [life for life in there if life.parts[challenge.name].done]
        most = max((life.parts[challenge.name].days for life in done), default=0)
        best = [life for life in done if life.parts[challenge.name].days == most]
        for life in best if challenge.prize else ():
            life.parts[challenge.name].won = True
            self._get(life, challenge.prize)

    # ── deeds, rewards, badges ──────────────────────────────────────────────────────────

    def _do(self, life: Life, deed: Deed) -> None:
        life.deeds.append(deed)
        for rule, points in self._worth(life, deed):
            self._earn(life, rule, deed, points)
        self._see_badges(life, deed)

    def _earn(self, life: Life, rule: str, deed: Deed, points: int) -> None:
        life.earned.append(Earned(rule, deed, self._get(life, points), life.id))

    def _worth(self, life: Life, deed: Deed) -> Iterator[tuple[str, int]]:
        terms, day = self.terms, deed.day
        factors = [terms.double_factor] if day.weekday() in terms.double_weekdays else []
        factors += [terms.triple_factor] if day.day in terms.triple_days else []
        if deed.kind == "checkin":
            if life.days[day] != MADE_UP:
                yield from self._came(life, day, factors)
            yield from self._run(life, day)
        elif deed.kind == "ballot":
            if (
                sum(one.rule == "ballot" and not one.returned for one in life.earned)
                < terms.ballot_times
            ):
                yield "ballot", terms.ballot
        else:
            yield "completed", terms.completed

    def _came(self, life: Life, day: date, factors: list[int]) -> Iterator[tuple[str, int]]:
        """What a day brings by itself, if it was not bought."""
        terms, monday = self.terms, day - day.weekday() * DAY
        of_week = self._sum(life, "daily", monday, monday + 6 * DAY)
        points = min(terms.daily * max(factors, default=1), terms.daily_most_a_week - of_week)
        if points > 0:
            yield "daily", points
        of_day = self._sum(life, "keen", day, day)
        points = min(terms.keen * prod(factors), terms.keen_most_a_day - of_day)
        if points > 0:
            yield "keen", points

    def _sum(self, life: Life, rule: str, first: date, last: date) -> int:
        return sum(
            one.lot.points
            for one in life.earned
            if one.rule == rule and not one.returned and first <= one.deed.day <= last
        )

    def _run(self, life: Life, day: date) -> Iterator[tuple[str, int]]:
        """A run of days is paid once."""
        run = run_of((deed.day for deed in life.did("checkin")), day)
        if len(run) >= self.terms.run_days and not self._paid(life).intersection(run):
            yield "run", self.terms.run

    def _paid(self, life: Life) -> set[date]:
        return {one.deed.day for one in life.earned if one.rule == "run" and not one.returned}

    def _see_badges(self, life: Life, deed: Deed) -> None:
        """Look at those badges that the deed, or a badge that it brings, may count for."""
        days = {each.day for each in life.did("checkin")}
        had_seven = "seven" in life.badges
        if deed.kind == "checkin":
            life.badges |= {"seven"} if len(run_of(days, deed.day)) >= 7 else set()
            life.badges |= {"ten"} if len(days) >= 10 else set()
        if deed.kind == "ballot" and len(life.did("ballot")) >= 2:
            life.badges.add("voter")
        has = ("seven" in life.badges, life.did("ballot"), life.did("challenge_completed"))
        counts = deed.kind != "checkin" or has[0] != had_seven
        if counts and sum(map(bool, has)) >= 2:
            life.badges.add("passport")

    # ── what operators do ───────────────────────────────────────────────────────────────

    def _give_all(self, day: date) -> None:
        for life in self.lives():
            if day - DAY in life.days and day not in life.days:
                self._check_in(life, day, GIVEN, self.now)

    def _take_all(self, day: date) -> None:
        for life in self.lives():
            if life.days.get(day) == GIVEN:
                self._take_day(life, day)

    def _take_day(self, life: Life, day: date) -> None:
        del life.days[day], life.sent[day]
        for lot in life.booked.pop(day):
            self._take_back(life, lot)
        around = run_of((deed.day for deed in life.did("checkin")), day)
        for deed in life.did("checkin"):
            deed.undone = deed.day == day
        for one in life.earned:
            if one.deed.undone:
                self._return(life, one)
        left = [each.day for each in life.did("checkin")]
        for one in life.earned:
            is_near = one.rule == "run" and one.deed.day in around
            if is_near and len(run_of(left, one.deed.day)) < self.terms.run_days:
                self._return(life, one)
        for near in (day - DAY, day + DAY):
            for rule, points in self._run(life, near):
                source = next(each for each in life.did("checkin") if each.day == near)
                self._earn(life, rule, source, points)

    def _return(self, life: Life, one: Earned) -> None:
        if not one.returned:
            one.returned = True
            self._take_back(life, one.lot)

    def _merge(self, one: str, other: str) -> None:
        if one not in self.members or other not in self.members:
            return
        both = sorted((self.members[one], self.members[other]), key=lambda life: life.id)
        hers, gone = both[0], both[1]
        names = {who: self.members[who].id for who in (one, other)}
        ends = [(lot.ends, lot.left) for lot in gone.lots]
        kept = Merged(hers.snapshot(), gone.snapshot(), gone.balance, ends, names)
        for day in gone.days:
            if day not in hers.days or gone.sent[day] < hers.sent[day]:
                hers.days[day], hers.sent[day] = gone.days[day], gone.sent[day]
        for day, lots in gone.booked.items():
            hers.booked[day] = hers.booked.get(day, []) + lots
        for name in ("lots", "makeups", "deeds", "earned"):
            setattr(hers, name, getattr(hers, name) + getattr(gone, name))
        hers.debt, hers.tokens = hers.debt + gone.debt, hers.tokens + gone.tokens
        hers.badges, hers.groups = hers.badges | gone.badges, hers.groups | gone.groups
        hers.hidden |= gone.hidden
        hers.joined = min(hers.joined, gone.joined)
        for name, ballot in gone.ballots.items():
            mine = hers.ballots.get(name, Ballot((), datetime.min.replace(tzinfo=self.zone), 0))
            last = max(mine, ballot, key=lambda each: each.at)
            hers.ballots[name] = Ballot(last.choices, last.at, mine.paid + ballot.paid)
        for name, part in gone.parts.items():
            mine_part = hers.parts.get(name)
            if mine_part is None or (part.done and not mine_part.done):
                hers.parts[name] = copy(part)
        kept.ballots = {name: copy(each) for name, each in hers.ballots.items()}
        kept.parts = {name: copy(each) for name, each in hers.parts.items()}
        self.members[one] = self.members[other] = hers
        self._merges[one] = kept

    def _part(self, one: str) -> None:
        """Let both be as they were; what she did meanwhile stays with the one who stayed."""
        if (kept := self._merges.pop(one, None)) is None:
            return
        now, was, back = self.members[one], kept.stays, kept.goes
        due = sum(left for ends, left in kept.lots if ends <= self.today)
        gone = kept.points - min(due, now.expired - was.expired)
        hers = now.balance - gone
        if hers < 0:
            return  # what would go back is spent
        back.lots = [lot for lot in now.lots if lot.owner == back.id]  # as they are by now
        for name in ("lots", "earned", "deeds"):
            setattr(now, name, [each for each in getattr(now, name) if each.owner != back.id])
        settle_lots(now.lots, hers)
        settle_lots(back.lots, gone)
        now.debt -= back.debt
        if now.debt < 0:
            self._get(now, -now.debt)
            now.debt = 0
        for name in ("days", "sent", "booked"):
            setattr(now, name, parted(*(getattr(each, name) for each in (now, was, back))))
        now.tokens -= back.tokens
        now.makeups, now.joined, now.hidden = was.makeups, was.joined, was.hidden
        now.badges = was.badges | (now.badges - was.badges - back.badges)
        now.groups = was.groups | (now.groups - back.groups)
        now.ballots = dict(ballots_of(now, kept))
        now.parts = dict(parts_of(now, kept))
        for who in kept.names:
            self.members[who] = back if kept.names[who] == back.id else now
