"""Use cases of amends: wished, given, denied, undone. Each is done once, whoever does it at once.

The member hears nothing before it is really hers, and nothing at all unless the advisor wants it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commons import audit, cases, coupons, duty, points, reception, staff
from bot.commons.amends import reads
from bot.commons.amends.matter import What
from bot.commons.amends.reads import Amend
from bot.commons.amends.rules import (
    MOST_FEN,
    REASON_CHARS,
    Offer,
    Range,
    State,
    Takes,
    worth_of_points,
)
from bot.kernel.community import Community
from bot.kernel.desk import Role
from bot.kernel.errors import Refusal
from bot.kernel.messages import Outgoing, Text, Voice
from bot.kernel.ports import Words
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.kernel.workbench import Colleague
from bot.storage.columns import instant, integer, micros

_ADD = Statement(
    "INSERT INTO amends (key, case_id, member_id, kind, title, what, coupon, points, worth_fen,"
    " reason, tier, asked_by, asked_at, tells, state, alone, expires_at, decided_by, why,"
    " settled_by, undone_by) VALUES (:key, :case, :member, :kind, :title, :what, :coupon, :points,"
    " :worth, :reason, :tier, :who, :now, :tells, 'waiting', :alone, :expires, '', '', '', '')"
    " ON CONFLICT (key) DO NOTHING RETURNING id"
)
_DECIDE = Statement(
    "UPDATE amends SET state = :state, decided_by = :who, decided_at = :now, why = :why,"
    " expires_at = NULL WHERE id = :id AND state = 'waiting' RETURNING id"
)
_SETTLE = Statement(
    "UPDATE amends SET settled_by = :who, settled_at = :now WHERE id = :id AND state = 'given'"
    " AND settled_at IS NULL RETURNING id"
)
_UNDO = Statement(
    "UPDATE amends SET state = 'undone', undone_by = :who, undone_at = :now, why = :why"
    " WHERE id = :id AND state = 'given' AND settled_at IS NULL RETURNING id"
)
_EXPIRED = Statement(
    "SELECT id FROM amends WHERE state = 'waiting' AND expires_at <= :now ORDER BY id LIMIT :most"
)
_NEXT = Statement(
    "SELECT MIN(expires_at) FROM amends WHERE state = 'waiting' AND expires_at > :after"
)
_HOUR_S = 3600
_UNWATCHED = timedelta(days=30)
"""So long a wish waits where the shop never opens."""
_WHY = "amends"


class AmendRefused(Refusal):
    """It can't be done so; nothing was written."""

    template = "amends/refused.txt.j2"

    def __init__(self, why: str, **words: object) -> None:
        super().__init__(why, **({"why": why, "most": 0, "left_fen": 0} | words))
        self.why = why


@dataclass(frozen=True, slots=True)
class Wish:
    """What an advisor wants to give."""

    case: int
    kind: str
    reason: str
    key: str
    """Of the form: the same form is the same wish."""
    amount: int = 0
    """Points, or fen of a refund; for nothing else."""
    tells: bool = False
    """The member is told by a fixed line when it is really hers."""


def wish(uow: UnitOfWork, tools: Toolbox, wished: Wish, who: Colleague) -> Amend:
    """Give something at once where she may by herself; else let it wait for a supervisor.

    Raises:
        AmendRefused: nobody may give it, she may not, or something is missing.
    """
    # what a case gets and what she gives in a month are counted by one at a time
    uow.take_turns({f"amends:{wished.case}", f"amends:by:{who.userid}"})
    if (known := reads.by_key(uow, wished.key)) is not None:
        return known
    case = _hers(uow, wished.case, who)
    reason = _reason(wished.reason)
    found = reads.range_for(uow, tools, case, who.userid)
    offer = found.of(wished.kind)
    if offer is None:
        raise AmendRefused("no_kind")
    worth_fen = _worth(offer, wished.amount, found)
    takes = found.takes(worth_fen)
    if takes is Takes.NEVER:
        raise AmendRefused("too_much", left_fen=found.left_fen)
    now = uow.clock.now()
    added = uow.run(
        _ADD,
        key=wished.key,
        case=case.id,
        member=case.member,
        kind=offer.name,
        title=offer.title,
        what=offer.what,
        coupon=offer.coupon,
        points=wished.amount if offer.what is What.POINTS else 0,
        worth=worth_fen,
        reason=reason,
        tier=found.tier,
        who=who.userid,
        now=micros(now),
        tells=int(wished.tells),
        alone=int(takes is Takes.NOTHING),
        expires=micros(_expires(uow, tools)),
    )
    amend = _must(uow, integer(added[0][0]))
    _record(uow, tools, amend, who.userid, "wished")
    return _give(uow, tools, amend, who.userid) if amend.alone else amend


def _hers(uow: UnitOfWork, number: int, who: Colleague) -> cases.Case:
    case = cases.get(uow, number)
    if case is None or case.state is cases.State.CLOSED:
        raise AmendRefused("no_case")
    if who.role is Role.OPERATOR:
        raise AmendRefused("looks_on")
    if who.role is Role.ADVISOR and case.advisor != who.userid:
        raise AmendRefused("not_hers")
    return case


def _worth(offer: Offer, amount: int, found: Range) -> int:
    if offer.worth_fen:
        return offer.worth_fen
    if not 1 <= amount <= MOST_FEN:
        raise AmendRefused("no_amount")
    if offer.what is What.POINTS:
        return worth_of_points(amount, found.points_per_yuan)
    return amount


def _expires(uow: UnitOfWork, tools: Toolbox) -> datetime:
    now, hours = uow.clock.now(), reads.offers(uow, tools).expires_hours
    try:
        return duty.rota(uow, tools).shop.after(now, hours * _HOUR_S)
    except duty.NeverOpens:
        return now + _UNWATCHED


def approve(uow: UnitOfWork, tools: Toolbox, number: int, who: Colleague) -> Amend:
    """Let a supervisor give what waits for one.

    Raises:
        AmendRefused: it does not wait any more, it is her own, or she is none.
    """
    return _give(uow, tools, _judged(uow, number, who), who.userid)


def deny(uow: UnitOfWork, tools: Toolbox, number: int, who: Colleague, why: str) -> Amend:
    """Let a supervisor refuse what waits for one; the advisor is told.

    Raises:
        AmendRefused: as in `approve`, or there is no reason.
    """
    amend, why = _judged(uow, number, who), _reason(why)
    return _end(uow, tools, amend, State.DENIED, who=who.userid, why=why)


def _judged(uow: UnitOfWork, number: int, who: Colleague) -> Amend:
    if who.role is not Role.SUPERVISOR:
        raise AmendRefused("supervisors_only")
    amend = _must(uow, number)
    if amend.asked_by == who.userid:
        raise AmendRefused("own")
    if amend.expires_at is not None and amend.expires_at <= uow.clock.now():
        raise AmendRefused("not_waiting")
    return amend


def withdraw(uow: UnitOfWork, tools: Toolbox, number: int, who: Colleague) -> Amend:
    """Take back what still waits for a supervisor.

    Raises:
        AmendRefused: it does not wait any more, or is somebody else's wish.
    """
    amend = _must(uow, number)
    if amend.asked_by != who.userid:
        raise AmendRefused("not_hers")
    return _end(uow, tools, amend, State.WITHDRAWN, who=who.userid)


def expire(uow: UnitOfWork, tools: Toolbox, *, most: int = 50) -> bool:
    """End what no supervisor has looked at in time; True when there may be more."""
    rows = uow.run(_EXPIRED, now=micros(uow.clock.now()), most=most)
    for (number,) in rows:
        _end(uow, tools, _must(uow, integer(number)), State.EXPIRED, who="bot")
    return len(rows) == most


def next_expiry(uow: UnitOfWork, after: datetime) -> datetime | None:
    """Return when something expires next."""
    at = uow.run(_NEXT, after=micros(after))[0][0]
    return None if at is None else instant(at)


def settle(uow: UnitOfWork, tools: Toolbox, number: int, who: Colleague) -> Amend:
    """Note that money was paid back, or a gift handed over: now the member may be told.

    Raises:
        AmendRefused: nothing of the kind is to be done.
    """
    amend = _must(uow, number)
    if not amend.is_open or not uow.run(
        _SETTLE, id=number, who=who.userid, now=micros(uow.clock.now())
    ):
        raise AmendRefused("not_there")
    _record(uow, tools, amend, who.userid, "settled")
    _tell_member(uow, tools, amend)
    return _must(uow, number)


def undo(uow: UnitOfWork, tools: Toolbox, number: int, who: Colleague, why: str) -> Amend:
    """Take back what was given: the coupon unless it is used, the points.

    Raises:
        AmendRefused: it is used or paid already, not hers to undo, or there is no reason.
    """
    amend, why = _must(uow, number), _reason(why)
    is_hers = amend.alone and amend.asked_by == who.userid
    if who.role is not Role.SUPERVISOR and not (is_hers and who.role is Role.ADVISOR):
        raise AmendRefused("not_hers")
    if not uow.run(_UNDO, id=number, who=who.userid, why=why, now=micros(uow.clock.now())):
        raise AmendRefused("settled" if amend.settled_at else "not_there")
    if amend.what is What.COUPON:
        coupon = coupons.revoke(uow, amend.key, by=who.userid, why=why)
        if coupon is not None and coupon.state is coupons.State.REDEEMED:
            raise AmendRefused("used")
    elif amend.what is What.POINTS:
        points.reverse(uow, amend.key, made_by=who.userid, why=why)
    _record(uow, tools, amend, who.userid, "undone", why=why)
    return _must(uow, number)


def _give(uow: UnitOfWork, tools: Toolbox, amend: Amend, who: str) -> Amend:
    now = uow.clock.now()
    if not uow.run(_DECIDE, id=amend.id, state=State.GIVEN, who=who, now=micros(now), why=""):
        raise AmendRefused("not_waiting")
    if amend.what is What.COUPON:
        kind = reads.coupon_kind(uow, tools, amend.coupon)
        if kind is None:
            raise AmendRefused("no_kind")
        ends = kind.ends(now, tools.use(Community).zone)
        coupons.issue(
            uow, amend.member, kind, key=amend.key, reason=_WHY, valid_until=ends, who=who
        )
    elif amend.what is What.POINTS:
        points.award(uow, amend.member, amend.points, reason=_WHY, key=amend.key, made_by=who)
    _record(uow, tools, amend, who, "given")
    if not amend.needs_hands:
        _tell_member(uow, tools, amend)
    if who != amend.asked_by:
        _tell_advisor(uow, tools, amend, State.GIVEN, "")
    return _must(uow, amend.id)


def _end(
    uow: UnitOfWork, tools: Toolbox, amend: Amend, state: State, *, who: str, why: str = ""
) -> Amend:
    now = micros(uow.clock.now())
    if not uow.run(_DECIDE, id=amend.id, state=state, who=who, now=now, why=why):
        raise AmendRefused("not_waiting")
    _record(uow, tools, amend, who, state.value, why=why)
    if who != amend.asked_by:
        _tell_advisor(uow, tools, amend, state, why)
    return _must(uow, amend.id)


def _record(
    uow: UnitOfWork, tools: Toolbox, amend: Amend, who: str, did: str, *, why: str = ""
) -> None:
    """Write a deed down twice: in the books of all deeds, and in the history of the case."""
    about = f"{amend.kind} {amend.worth_fen} fen: {why or amend.reason}"
    audit.record(uow, who, f"amends.{did}", about, member=amend.member)
    if (case := cases.get(uow, amend.case)) is not None:
        words = tools.use(Words)("amends/step.txt.j2", amend=amend, did=did, why=why)
        cases.step(uow, case, who, cases.Did.NOTED, words.strip())


def _tell_advisor(uow: UnitOfWork, tools: Toolbox, amend: Amend, state: State, why: str) -> None:
    text = tools.use(Words)("amends/decided.txt.j2", amend=amend, state=state.value, why=why)
    key = f"amends:{amend.id}:{state}"
    staff.write_to(uow, tools, amend.asked_by, text, key=key, why=_WHY)


def can_tell(uow: UnitOfWork, case: cases.Case) -> bool:
    """Return whether a line reaches the member of a case; in a platform's own app none does."""
    owned = reception.owner_of(uow, case.member)
    return bool(case.identity) and not (owned is not None and owned.at_platform)


def _tell_member(uow: UnitOfWork, tools: Toolbox, amend: Amend) -> None:
    """Tell her what is hers now, in the advisor's voice: it is she who wanted it said."""
    case = cases.get(uow, amend.case)
    if not amend.tells or case is None or not can_tell(uow, case):
        return
    text = tools.use(Words)(
        "amends/told.txt.j2",
        amend=amend,
        coupon=coupons.by_key(uow, amend.key) if amend.what is What.COUPON else None,
        zone=tools.use(Community).zone,
    )
    uow.send(
        Outgoing(
            case.channel,
            case.identity,
            Text(text),
            key=f"{amend.key}:told",
            why=_WHY,
            via=case.account,
            voice=Voice.HUMAN,
        )
    )


def _reason(words: str) -> str:
    text = " ".join(words.split())
    if not text:
        raise AmendRefused("no_reason")
    if len(text) > REASON_CHARS:
        raise AmendRefused("too_long", most=REASON_CHARS)
    return text


def _must(uow: UnitOfWork, number: int) -> Amend:
    amend = reads.get(uow, number)
    if amend is None:
        raise AmendRefused("not_there")
    return amend
