"""A month lived twice: by the house with its real rooms and files, and by an oracle.

`differences` names every figure in which they disagree.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from bot import app as roof
from bot.commons import members
from bot.commons.checkins.rules import CheckinSettings
from bot.commons.content import Forms, PollMatter, Shelf
from bot.commons.points import PointsSettings
from bot.commons.points.books import books_balance
from bot.features.challenges.matter import ChallengeMatter
from bot.features.makeups import amnesty
from bot.features.makeups.amnesty import Outage
from bot.features.polls.reads import outcome_json
from bot.features.privacy.rules import PrivacySettings
from bot.features.rankings import reads
from bot.features.rankings.rules import RankingSettings
from bot.kernel.community import Community
from bot.kernel.errors import Refusal
from bot.kernel.messages import Update
from bot.kernel.privacy import PersonalRegistry
from bot.kernel.work import Statement, UnitOfWork
from tests.kit.desk import KNOWN, Desk
from tests.kit.house import PHONE, HouseUnderTest
from tests.kit.month_acts import OPERATORS, Act, Challenge, Kind, Plan, Poll, Terms, Wave
from tests.kit.month_lives import board, run_of, runs
from tests.kit.month_oracle import Oracle

_NAMES = "checkin makeups challenges rankings rewards badges wallet polls privacy identity help"
ROOMS = [room for room in roof.FEATURES if room.name in _NAMES.split()]
_AT_ONCE = 250
_HEAD = 'kind = "interactive"\nstage = "consideration"\n'
_WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_OPTIONS = ["新中式", "美拉德", "学院", "极简"]
_BADGES = """
[[badge]]
code = "seven"
title = "七日之约"
on = "checkin"
streak_days = 7
[[badge]]
code = "ten"
title = "来过十天"
on = "checkin"
days = 10
[[badge]]
code = "voter"
title = "有主意"
on = "ballot"
times = 2
[[badge]]
code = "passport"
title = "灵感护照"
of = ["badge:seven", "ballot", "challenge_completed"]
at_least = 2
"""

_STREAKS = Statement("SELECT member_id, last_day, days, best_days, total_days FROM streaks")
_POINTS = Statement(
    "SELECT member_id, balance, debt FROM point_accounts WHERE member_id IS NOT NULL"
)
_BADGES_OF = Statement("SELECT member_id, code FROM badge_grants WHERE revoked_at IS NULL")
_DONE = Statement(
    "SELECT m.member_id, c.path FROM challenge_members m JOIN challenges c ON c.id = m.challenge_id"
    " WHERE m.done_on IS NOT NULL"
)
_WON = Statement(
    "SELECT m.member_id, c.path FROM challenge_members m JOIN challenges c ON c.id = m.challenge_id"
    " WHERE m.prize = 'given'"
)
_BALLOTS = Statement(
    "SELECT b.member_id, p.path, b.choices FROM ballots b JOIN polls p ON p.id = b.poll_id"
)
_COUNTED = Statement("SELECT path, outcome FROM polls WHERE outcome <> ''")
_POLLS = Statement("SELECT path, id FROM polls")
_WHO = Statement("SELECT identity, member_id FROM identities")
_LAST_MERGE = Statement("SELECT MAX(id) FROM merges WHERE undone_at IS NULL AND who = :who")

Figures = dict[str, dict[str, object]]
"""What is known of each member: name, then figure."""


class Month:
    """A house in which a plan happens."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.plan, self.terms = plan, plan.terms
        self.oracle = Oracle(plan.terms)
        desk = Desk(folder)
        for name, text in files(plan.terms).items():
            desk.write(name, text)
        self.house = HouseUnderTest(folder, ROOMS)
        tables = {name: model for room in ROOMS for name, model in room.tables.items()}
        forms = Forms({"challenges": ChallengeMatter, "polls": PollMatter}, tables)
        tools, terms = self.house.tools, plan.terms
        tools.add(Shelf, Shelf(desk.content, desk.schedules, KNOWN, forms=forms))
        tools.add(Community, Community("拾光衣橱", terms.zone))
        tools.add(PersonalRegistry, roof.PERSONAL)
        tools.add(PrivacySettings, PrivacySettings(erasure_grace_days=0))
        tools.add(PointsSettings, PointsSettings(expire_months=terms.expire_months))
        tools.add(RankingSettings, RankingSettings(grace_minutes=terms.grace_minutes))
        tools.add(CheckinSettings, _checkin(terms))
        self.polls: dict[str, int] = {}
        self.messages = 0
        self.compared = 0

    async def begin(self) -> None:
        """Let the clock find the files."""
        self.house.clock.at = self.terms.local(self.terms.first, self.plan.waves[0].at.time())
        await self._strike()
        rows = await self._look(_POLLS)
        self.polls = {_name(path): int(str(number)) for path, number in rows}
        problems = self.house.tools.use(Shelf).look(self.house.clock.now()).library.problems
        assert problems == ()
        assert set(self.polls) == {poll.name for poll in self.terms.polls}

    async def live(self, wave: Wave) -> None:
        """Let a wave arrive, in the house and in the oracle."""
        self.house.clock.at = wave.at
        for part in wave.parts:
            for start in range(0, len(part), _AT_ONCE):
                await self._hear(part[start : start + _AT_ONCE])
        await self._strike()
        self.house.phone.sent.clear()
        self.oracle.live(wave)

    async def _hear(self, acts: Sequence[Act]) -> None:
        said = [self._update(act) for act in acts if act.kind not in OPERATORS]
        self.messages += len(said)
        await self.house.house.inbox.accept(said)
        for act in acts:
            if act.kind in OPERATORS:
                await self._decide(act)
        await self.house.house.engine.settle()

    async def _strike(self) -> None:
        await self.house.house.clockwork.run_all()
        await self.house.house.engine.settle()

    def _update(self, act: Act) -> Update:
        chosen = " ".join(map(str, act.choices))
        words = {
            Kind.MAKE_UP: f"{act.kind} {act.day}",
            Kind.VOTE: f"投票 {100 + self.polls.get(act.poll, 0)} {chosen}",
            Kind.JOIN: f"参加 {101 + [each.name for each in self.terms.challenges].index('ask')}",
        }.get(act.kind, act.kind.value)
        where = {"conversation": act.group, "group": act.group} if act.group else {}
        return self.house.update(act.who, words, key=act.key, at=act.at, **where)

    async def _decide(self, act: Act) -> None:
        def decided(uow: UnitOfWork) -> None:
            if act.day is not None:
                self._amnesty(uow, act.kind, act.day)
            elif act.kind is Kind.MERGE:
                one, other = (members.find(uow, PHONE, who) for who in (act.who, act.other))
                if one and other:
                    how, who = members.How.OPERATOR, f"op-{act.who}"
                    members.merge(uow, roof.PERSONAL, one, other, how=how, who=who, why="同一个人")
            elif (found := uow.run(_LAST_MERGE, who=f"op-{act.who}")[0][0]) is not None:
                members.undo(uow, roof.PERSONAL, int(str(found)), who="lin", why="弄错了")

        try:
            await self.house.house.writer.do(decided)
        except Refusal as refused:
            self.refused = refused

    def _amnesty(self, uow: UnitOfWork, kind: Kind, day: date) -> None:
        today = self.house.tools.use(Community).day_of(uow.clock.now())
        if kind is Kind.TAKE_DAY:
            amnesty.undo(uow, amnesty.latest(uow, most=1)[0].id, who="lin", why="没停机")
        else:
            amnesty.grant(uow, Outage(day, day), today, who="lin", why="停机")

    # ── what it came to ─────────────────────────────────────────────────────────────────

    async def _look(self, statement: Statement) -> Sequence[Sequence[object]]:
        return await self.house.house.writer.look(lambda uow: uow.run(statement))

    async def differences(self) -> list[str]:
        """Return every figure in which house and oracle disagree."""
        house, oracle = await self._figures(), self._wanted()
        names = sorted(house.keys() | oracle.keys())
        wrong = [
            f"{self.house.clock.now()} {who} {what}: {house.get(who, {}).get(what)},"
            f" wanted {oracle.get(who, {}).get(what)}"
            for who in names
            for what in sorted(house.get(who, {}).keys() | oracle.get(who, {}).keys())
            if house.get(who, {}).get(what) != oracle.get(who, {}).get(what)
        ]
        self.compared += sum(map(len, oracle.values()))
        wrong += await self.house.house.writer.look(books_balance)
        return wrong or await self._boards()

    async def _figures(self) -> Figures:
        of = defaultdict[object, dict[str, object]](dict)
        for who, last, days, best, total in await self._look(_STREAKS):
            of[who]["streak"] = (str(last), days, best, total)
        for who, balance, debt in await self._look(_POINTS):
            of[who]["points"] = (balance, debt)
        for what, statement in (("badges", _BADGES_OF), ("done", _DONE), ("won", _WON)):
            for who, name in await self._look(statement):
                of[who][what] = sorted([*_listed(of[who].get(what)), _name(name)])
        for who, path, choices in await self._look(_BALLOTS):
            of[who][f"ballot {_name(path)}"] = choices
        found = {str(name): of[number] for name, number in await self._look(_WHO)}
        counted = await self._look(_COUNTED)
        found["polls"] = {_name(path): _counts(str(outcome)) for path, outcome in counted}
        return found

    def _wanted(self) -> Figures:
        of: Figures = {"polls": dict(self.oracle.counted)}
        for name, life in self.oracle.members.items():
            hers = of[name] = {}
            if life.days:
                rows = runs(life.days)
                best, total = max(map(len, rows)), len(life.days)
                hers["streak"] = (str(rows[-1][-1]), len(rows[-1]), best, total)
            if life.lots:
                hers["points"] = (life.balance, life.debt)
            done = sorted(name for name, part in life.parts.items() if part.done)
            won = sorted(name for name, part in life.parts.items() if part.won)
            named = {"badges": sorted(life.badges), "done": done, "won": won}
            hers |= {what: names for what, names in named.items() if names}
            for poll, ballot in life.ballots.items():
                hers[f"ballot {poll}"] = ",".join(map(str, ballot.choices))
        return of

    async def _boards(self) -> list[str]:
        """Compare the boards of everybody and of each group, by month and by days in a row."""
        now = self.house.clock.now()
        today = self.oracle.day_of(now)
        names = {int(str(number)): str(name) for name, number in await self._look(_WHO)}
        wrong = []
        for what in reads.What:
            ranked = {who: days for who, days in self._ranked(what, today) if who in names.values()}
            for group in ("", *self.plan.groups):
                shown = await self._board(what, today, group, names)
                there = ranked if not group else self._in(group, ranked)
                if shown != (wanted := board(there)):
                    wrong.append(f"{now} board {what} {group}: {shown}, wanted {wanted}")
        return wrong

    async def _board(
        self, what: reads.What, today: date, group: str, names: Mapping[int, str]
    ) -> list[tuple[int, int, set[str]]]:
        chat = reads.Chat(PHONE, group) if group else None
        found = await self.house.house.writer.look(
            lambda uow: reads.board(uow, what, today, top=10, chat=chat)
        )
        return [
            (line.place, line.days, {names[each] for each in line.members}) for line in found.lines
        ]

    def _in(self, group: str, ranked: Mapping[str, int]) -> dict[str, int]:
        return {who: ranked[who] for who in ranked if group in self.oracle.members[who].groups}

    def _ranked(self, what: reads.What, today: date) -> Iterator[tuple[str, int]]:
        """Return who may be on a board, by all her names."""
        for name, life in self.oracle.members.items():
            if life.hidden:
                continue
            month = [day for day in life.days if (day.year, day.month) == (today.year, today.month)]
            last = run_of(life.days, max(life.days, default=today))
            is_alive = bool(last) and (today - last[-1]).days <= 1
            figure = len(month) if what is reads.What.MONTH else len(last) * is_alive
            if figure:
                yield name, figure


def _listed(value: object) -> list[str]:
    return list(value) if isinstance(value, list) else []


def _name(path: object) -> str:
    return Path(str(path)).stem


def _counts(outcome: str) -> tuple[int, ...]:
    return outcome_json.validate_json(outcome).counts


def _checkin(terms: Terms) -> CheckinSettings:
    return CheckinSettings(
        base_points=terms.base,
        bonus_points=terms.bonus,
        bonus_every_days=terms.bonus_every,
        grace_minutes=terms.grace_minutes,
        makeup_points=terms.makeup_price,
        makeup_days_back=terms.makeup_days_back,
        makeups_a_month=terms.makeups_a_month,
        token_every_days=terms.token_every,
        tokens_at_most=terms.tokens_at_most,
    )


def files(terms: Terms) -> dict[str, str]:
    """Return the content of the month, as an operator would write it."""
    written = {"badges.toml": _BADGES, "rewards.toml": "\n".join(_rewards(terms))}
    for poll in terms.polls:
        written[f"polls/{poll.name}.md"] = _poll(poll)
    for challenge in terms.challenges:
        written[f"challenges/{challenge.name}.md"] = _challenge(challenge)
    return written


def _poll(poll: Poll) -> str:
    goal = f"goal_points = {poll.goal}\n" if poll.goal else ""
    options = ", ".join(f'"{each}"' for each in _OPTIONS)
    return (
        f'+++\n{_HEAD}title = "投票 {poll.name}"\noptions = [{options}]\n'
        f"max_choices = {poll.most}\npoints = {poll.price}\nquorum = {poll.quorum}\n{goal}"
        f"opens_at = {poll.opens}T00:00:00\ncloses_at = {poll.closes}T22:00:00\n"
        f"+++\n选 {poll.name}。\n"
    )


def _challenge(challenge: Challenge) -> str:
    prize = f'[winner]\nby = "most_days"\npoints = {challenge.prize}\n' if challenge.prize else ""
    return (
        f'+++\n{_HEAD}title = "挑战 {challenge.name}"\nstarts_on = {challenge.first}\n'
        f"ends_on = {challenge.last}\ndays_needed = {challenge.needed}\n"
        f"made_up = {str(challenge.made_up).lower()}\n"
        f'joining = "{"auto" if challenge.auto else "ask"}"\n'
        f"[reward]\npoints = {challenge.points}\n{prize}+++\n一起来 {challenge.name}。\n"
    )


def _rewards(terms: Terms) -> Iterator[str]:
    def rule(name: str, on: str, points: int, *more: str) -> str:
        head = f'[[rule]]\nname = "{name}"\ntitle = "{name}"\non = "{on}"\npoints = {points}'
        return "\n".join((head, *more))

    yield rule("daily", "checkin", terms.daily, f"most_points_a_week = {terms.daily_most_a_week}")
    most = f"most_points_a_day = {terms.keen_most_a_day}"
    yield rule("keen", "checkin", terms.keen, most, 'doubles = "multiply"')
    again = (f"streak_days = {terms.run_days}", "again = true", 'doubles = "never"')
    yield rule("run", "checkin", terms.run, *again)
    times = (f"most_times = {terms.ballot_times}", 'doubles = "never"')
    yield rule("ballot", "ballot", terms.ballot, *times)
    yield rule("completed", "challenge_completed", terms.completed, 'doubles = "never"')
    weekdays = [_WEEKDAYS[number] for number in terms.double_weekdays]
    double = '[[double]]\nname = "{}"\ntitle = "会员日"\n{} = {}\nfactor = {}'
    yield double.format("w", "weekdays", weekdays, terms.double_factor)
    yield double.format("m", "month_days", list(terms.triple_days), terms.triple_factor)
