"""Gives what deeds earn, and takes it back; every award once for its rule and deed."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.commons import audit, coupons, deeds, points
from bot.commons.deeds import Kept, first_run
from bot.features.rewards.book import Book
from bot.features.rewards.judging import Verdict, is_run, judge
from bot.features.rewards.matter import Rule
from bot.features.rewards.rules import DAY, each_fen, worth
from bot.kernel.ids import MemberId
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import integer, micros

REASON = "reward_"
"""Followed by the kind of deed: how the ledger calls what was earned."""

_GIVE = Statement(
    "INSERT INTO reward_earnings (rule, title, deed_id, member_id, day, at, points, unit_points,"
    " each_fen, factor, doubles, streak_days, ledger_key, coupon_key, state) VALUES (:rule, :title,"
    " :deed, :member, :day, :at, :points, :unit_points, :each_fen, :factor, :doubles, :streak_days,"
    " :ledger_key, :coupon_key, 'given') ON CONFLICT (rule, deed_id) DO NOTHING RETURNING id"
)
_COLUMNS = (
    "id, rule, deed_id, member_id, points, unit_points, each_fen, factor, streak_days, ledger_key,"
    " coupon_key FROM reward_earnings"
)
_OF_DEED = Statement(f"SELECT {_COLUMNS} WHERE deed_id = :deed AND state = 'given' ORDER BY id")
_STREAKS_NEAR = Statement(
    f"SELECT {_COLUMNS} WHERE member_id = :member AND state = 'given' AND streak_days > 0"
    " AND deed_id IN (SELECT id FROM deeds WHERE member_id = :member AND kind = :kind)"
    " ORDER BY id"
)
_ONE = Statement(f"SELECT {_COLUMNS} WHERE id = :id AND state = 'given'")
_SET = Statement(
    "UPDATE reward_earnings SET points = :points, ledger_key = :ledger_key, state = :state"
    " WHERE id = :id AND state = 'given' RETURNING id"
)


@dataclass(frozen=True, slots=True)
class Earning:
    """Something earned that stands."""

    id: int
    rule: str
    deed: int
    member: MemberId
    points: int
    unit_points: int
    each_fen: int
    factor: int
    streak_days: int
    ledger_key: str
    coupon_key: str


def earn(uow: UnitOfWork, book: Book, kept: Kept) -> Sequence[Verdict]:
    """Give what a deed earns by every rule; return what each rule said."""
    rules = [rule for rule in book.rewards.rule if rule.on == kept.deed.kind]
    verdicts = [judge(uow, book, rule, kept) for rule in rules]
    for verdict in verdicts:
        if verdict.why is None:
            _give(uow, book, verdict, kept)
    return verdicts


def _give(uow: UnitOfWork, book: Book, verdict: Verdict, kept: Kept) -> None:
    rule, key = verdict.rule, f"reward:{verdict.rule.name}:{kept.key}"
    written = uow.run(
        _GIVE,
        rule=rule.name,
        title=rule.title,
        deed=kept.id,
        member=kept.member,
        day=kept.deed.day.isoformat(),
        at=micros(kept.deed.at),
        points=verdict.points,
        unit_points=rule.points,
        each_fen=each_fen(rule),
        factor=verdict.factor,
        doubles=verdict.doubles,
        streak_days=rule.streak_days or 0,
        ledger_key=key if verdict.points else "",
        coupon_key=key if rule.coupon else "",
    )
    if not written:
        return
    if verdict.points:
        reason = f"{REASON}{kept.deed.kind}"
        points.award(uow, kept.member, verdict.points, reason=reason, key=key)
    if (kind := book.kinds.of(rule.coupon)) is not None:
        ends = kind.ends(uow.clock.now(), book.zone)
        coupons.issue(uow, kept.member, kind, key=key, reason="reward", valid_until=ends)


def give_back(
    uow: UnitOfWork, book: Book, kept: Kept, amount_fen: int, *, undone: bool, why: str
) -> None:
    """Take back what a deed earned that is worth less now, or nothing.

    Runs of days are then paid as if an undone deed had never been.
    """
    deeds.change(uow, kept, amount_fen=amount_fen, undone=undone)
    for earning in map(_earning, uow.run(_OF_DEED, deed=kept.id)):
        if undone:
            take_back(uow, earning, "returned", who="bot", why=why)
        elif earning.each_fen:
            _lower(uow, earning, kept, amount_fen, why)
    if undone:
        _mend_streaks(uow, kept, why)
        for rule in book.rewards.rule:
            if rule.on == kept.deed.kind and rule.streak_days:
                _pay_other_runs(uow, book, rule, kept)


def _pay_other_runs(uow: UnitOfWork, book: Book, rule: Rule, kept: Kept) -> None:
    """Let a run that was part of a longer one have its own award."""
    length, hers = rule.streak_days or 0, kept.member
    ends = [kept.deed.day - DAY, kept.deed.day + length * DAY]
    if not rule.again:
        ends = list(first_run(list(deeds.days_of(uow, hers, rule.on)), length)[-1:])
    for end in ends:
        for number in deeds.days_of(uow, hers, rule.on, first=end, last=end).values():
            source = deeds.get(uow, number)
            if source and (verdict := judge(uow, book, rule, source)).why is None:
                _give(uow, book, verdict, source)


def _lower(uow: UnitOfWork, earning: Earning, kept: Kept, amount_fen: int, why: str) -> None:
    """Book an earning anew for what is left of the amount; never for more than before."""
    left = worth(earning.unit_points, earning.each_fen, amount_fen) * earning.factor
    if left >= earning.points or not earning.ledger_key:
        return
    if not _reverse(uow, earning.ledger_key, "bot", why):
        return
    key = f"reward:{earning.rule}:{kept.key}:{amount_fen}"
    if left:
        points.award(uow, kept.member, left, reason=f"{REASON}{kept.deed.kind}", key=key)
    state, key = ("given", key) if left or earning.coupon_key else ("returned", "")
    uow.run(_SET, id=earning.id, points=left, ledger_key=key if left else "", state=state)


def _mend_streaks(uow: UnitOfWork, kept: Kept, why: str) -> None:
    """Take back what was earned by a run of days that is none without this deed."""
    near = uow.run(_STREAKS_NEAR, member=kept.member, kind=kept.deed.kind)
    for earning in map(_earning, near):
        source = deeds.get(uow, earning.deed)
        if source is None or abs(source.deed.day - kept.deed.day).days >= earning.streak_days:
            continue
        if not is_run(uow, source, source.deed.day, earning.streak_days):
            take_back(uow, earning, "returned", who="bot", why=why)


def take_back(uow: UnitOfWork, earning: Earning, state: str, *, who: str, why: str) -> bool:
    """Reverse an earning; True unless its coupon is used already."""
    values = {"points": earning.points, "ledger_key": earning.ledger_key, "state": state}
    if not uow.run(_SET, id=earning.id, **values):
        return True
    if earning.ledger_key:
        _reverse(uow, earning.ledger_key, who, why)
    audit.record(uow, who, f"rewards.{state}", f"{earning.rule}: {why}", member=earning.member)
    if not earning.coupon_key:
        return True
    coupon = coupons.revoke(uow, earning.coupon_key, by=who, why=why)
    return coupon is None or coupon.state is not coupons.State.REDEEMED


def _reverse(uow: UnitOfWork, key: str, who: str, why: str) -> bool:
    """Reverse an entry; False when somebody has done so before, or she was erased."""
    try:
        return points.reverse(uow, key, made_by=who, why=why).is_new
    except LookupError:
        return False


def earning(uow: UnitOfWork, number: int) -> Earning | None:
    """Return an earning that stands."""
    rows = uow.run(_ONE, id=number)
    return _earning(rows[0]) if rows else None


def _earning(row: Row) -> Earning:
    number, rule, deed, member, *figures, ledger_key, coupon_key = row
    given, unit, each, factor, streak = map(integer, figures)
    return Earning(
        integer(number),
        str(rule),
        integer(deed),
        MemberId(integer(member)),
        given,
        unit,
        each,
        factor,
        streak,
        str(ledger_key),
        str(coupon_key),
    )
