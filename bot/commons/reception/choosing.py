"""Chooses whom to ask for a case, and says when somebody will answer."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from bot.commons import cases, clocks, duty, members, orders
from bot.commons.clocks import HIGH_VALUE_TAG
from bot.commons.reception.rules import wants_styling
from bot.kernel.community import Advisors, Community, Tiers
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import instant, integer

_NEWCOMER = timedelta(days=90)
_SKILLS = {
    cases.Kind.COMPLAINT: frozenset({"complaint"}),
    cases.Kind.SAFETY: frozenset({"complaint"}),
    cases.Kind.VALUE: frozenset({"group_purchase"}),
}
_STYLING = "styling"
_TURN = "assignments"
_FRIENDS = Statement(
    "SELECT colleague FROM friendships JOIN identities"
    " ON identities.identity = friendships.identity WHERE identities.member_id = :member"
    " ORDER BY since DESC"
)
_WAITING = Statement(
    "SELECT cases.id, state, kind, severity, opened_at,"
    " COALESCE((SELECT tier FROM tier_changes WHERE tier_changes.member_id = cases.member_id"
    " ORDER BY id DESC LIMIT 1), ''),"
    " EXISTS (SELECT 1 FROM member_tags WHERE member_tags.member_id = cases.member_id"
    " AND tag = :tag)"
    " FROM cases WHERE state IN ('new', 'assigned')"
)


def present(uow: UnitOfWork, tools: Toolbox) -> Sequence[duty.Standing]:
    """Return how all advisors stand now, and let nobody else give cases away until the commit.

    Else two replicas that see room for one more would both fill it.
    """
    uow.take_turns({_TURN})
    return duty.standing(uow, tools, uow.clock.now(), cases.load(uow))


def assign(
    uow: UnitOfWork,
    tools: Toolbox,
    case: cases.Case,
    *,
    why: str = "routed",
    who: str = "bot",
    without: Collection[str] = frozenset(),
) -> str:
    """Ask the best advisor on duty for a case; return her userid, empty when nobody can take it.

    Then a human's word is promised for the time from which somebody is there.

    Args:
        uow: the unit of work.
        tools: the toolbox.
        case: that is neither resolved nor closed.
        why: a code word, see `CaseAssigned`.
        who: who wants it.
        without: userids that are not asked.
    """
    barred = {name.lower() for name in without}
    standings = [one for one in present(uow, tools) if not barred & one.names]
    try:
        choice = duty.choose(
            _need(uow, tools, case, standings), standings, duty.rota(uow, tools).shop
        )
    except duty.NeverOpens:
        return ""
    if not choice.order:
        if tools.use(Advisors):  # else nobody is there who could keep it
            _promise(uow, case, choice.promised_at)
        return ""
    cases.assign(uow, case.id, choice.order[0].userid, who=who, why=why)
    return choice.order[0].userid


def _need(
    uow: UnitOfWork, tools: Toolbox, case: cases.Case, standings: Sequence[duty.Standing]
) -> duty.Need:
    now = uow.clock.now()
    first = orders.first_order(uow, case.member)
    return duty.Need(
        now,
        clocks.level_of(uow, tools, case),
        _skills(uow, case, standings),
        members.tier_of(uow, case.member),
        is_new=first is not None and now - first.paid_at <= _NEWCOMER,
        served_by=cases.last_advisor(uow, case.member),
        own=_own(uow, tools, case.member),
        passed=frozenset(clocks.asked(uow, case)),
        turn=case.id,
    )


def _skills(
    uow: UnitOfWork, case: cases.Case, standings: Sequence[duty.Standing]
) -> frozenset[str]:
    """Return what the case takes; styling only where there is somebody who has it."""
    if case.kind is not cases.Kind.HUMAN:
        return _SKILLS.get(case.kind, frozenset())
    if not any(_STYLING in one.skills and not one.is_gone for one in standings):
        return frozenset()
    found = [one for one in cases.evidence_of(uow, case.id) if one.at >= case.opened_at]
    said = (words for one in found for words in (one.words, *one.reasons))
    return frozenset({_STYLING}) if any(map(wants_styling, said)) else frozenset()


def _own(uow: UnitOfWork, tools: Toolbox, member: MemberId) -> str:
    """Return the advisor whose friend a member is in WeCom, the latest of several."""
    known = {name for one in duty.standing(uow, tools, uow.clock.now(), {}) for name in one.names}
    friends = (str(row[0]).lower() for row in uow.run(_FRIENDS, member=member))
    return next((friend for friend in friends if friend in known), "")


def _promise(uow: UnitOfWork, case: cases.Case, due_at: datetime | None) -> None:
    """Promise a human's word, once: what was broken is not made good by promising again."""
    if due_at is None or case.answered_at is not None:
        return
    given = (one for one in cases.promises_of(uow, case.id) if one.what == cases.ANSWER)
    if any(one.at >= case.opened_at for one in given):
        return
    cases.promise(uow, case, what=cases.ANSWER, who="bot", due_at=due_at)


def promised(uow: UnitOfWork, case: cases.Case) -> datetime | None:
    """Return until when a human's word is promised; None when it is not, or came."""
    open_ones = [
        one.due_at
        for one in cases.promises_of(uow, case.id)
        if one.what == cases.ANSWER and one.ended_at is None
    ]
    return max(open_ones, default=None)


def assign_waiting(uow: UnitOfWork, tools: Toolbox) -> None:
    """Ask advisors for the cases that nobody was asked for, in their order.

    What can't wait comes first. When nobody can take one of the others, nobody can take the next.
    """
    new = [one for state, one in _waiting(uow, tools) if state is cases.State.NEW]
    for is_gravest in (True, False):
        for one in duty.queue_order([one for one in new if (one.severity == 1) is is_gravest]):
            case = cases.get(uow, one.case)
            if case is None or case.state is not cases.State.NEW:
                continue
            with suppress(cases.NoCase), uow.attempt():
                if not assign(uow, tools, case):
                    break


def _waiting(uow: UnitOfWork, tools: Toolbox) -> Sequence[tuple[cases.State, duty.Waiting]]:
    """Return what nobody has taken yet; one statement, however much it is."""
    tiers, book = tools.use(Tiers), duty.rota(uow, tools)
    ranks = {tier: place for place, tier in enumerate(tiers)}
    found: list[tuple[cases.State, duty.Waiting]] = []
    levels: dict[tuple[object, ...], int] = {}
    for number, state, kind, severity, at, tier, valued in uow.run(_WAITING, tag=HIGH_VALUE_TAG):
        about = (cases.Kind(str(kind)), integer(severity), str(tier))
        key = (*about, bool(valued))
        if key not in levels:
            levels[key] = clocks.level_by(book, *about, is_valued=bool(valued)).severity
        rank = ranks.get(str(tier), len(ranks) + 1)
        waits = duty.Waiting(integer(number), levels[key], instant(at), rank)
        found.append((cases.State(str(state)), waits))
    return found


def ahead(uow: UnitOfWork, tools: Toolbox, case: cases.Case) -> int:
    """Return how many nobody has taken yet who come before her."""
    if case.accepted_at is not None:
        return 0
    ordered = duty.queue_order([one for _, one in _waiting(uow, tools)])
    return next((place for place, one in enumerate(ordered) if one.case == case.id), 0)


def when(at: datetime, now: datetime, community: Community) -> str:
    """Return an instant as people say it: `今天 21:30`, `明天 10:00`, `12月3日 10:00`."""
    local, today = at.astimezone(community.zone), community.day_of(now)
    days = (local.date() - today).days
    day = {0: "今天", 1: "明天"}.get(days, f"{local.month}月{local.day}日")
    return f"{day} {local:%H:%M}"
