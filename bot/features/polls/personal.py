"""How a member's ballots leave with her."""

from collections.abc import Sequence
from typing import Any

from bot.kernel.ids import MemberId
from bot.kernel.merging import Fields, Mover, by_key
from bot.kernel.privacy import PersonalData, Record, run_all
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer

_MINE = Statement(
    "SELECT p.title, b.choices, b.tier, b.paid, b.first_at, b.at FROM ballots b"
    " JOIN polls p ON p.id = b.poll_id WHERE b.member_id = :member ORDER BY b.first_at"
)
_PAID = Statement("SELECT poll_id, paid FROM ballots WHERE member_id = :member")
_SET_PAID = Statement(
    "UPDATE ballots SET paid = :paid WHERE poll_id = :poll AND member_id = :member"
)


def _export(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
    return [
        {
            "poll": title,
            "choices": choices,
            "tier": tier,
            "paid_points": paid,
            "first_at": instant(first).isoformat(),
            "at": instant(at).isoformat(),
        }
        for title, choices, tier, paid, first, at in uow.run(_MINE, member=member)
    ]


def _later(hers: Fields, gone: Fields) -> Fields:
    """Return one ballot of two: the choice that was sent last, paid for by both."""
    last = max(hers, gone, key=lambda row: row["at"])
    first_at = min(hers["first_at"], gone["first_at"])
    return {**last, "first_at": first_at, "paid": hers["paid"] + gone["paid"]}


_ballots = by_key("ballots", ["poll_id"], ["choices", "tier", "paid", "first_at", "at"], _later)


def _back(uow: UnitOfWork, goes: MemberId, stays: MemberId, moved: Any) -> None:
    """Let each have her own ballot, or as it was changed since, with what she paid for it.

    What was given back since was given to her who stayed, for both.
    """
    paid_now = {poll: integer(paid) for poll, paid in uow.run(_PAID, member=stays)}
    _ballots.back(uow, goes, stays, moved)
    for gone, was, both in moved:
        poll = gone["poll_id"]
        is_back = bool(both["paid"]) and not paid_now.get(poll)
        hers = 0 if was is None or is_back else was["paid"]
        uow.run(_SET_PAID, member=stays, poll=poll, paid=hers)
        if is_back:
            uow.run(_SET_PAID, member=goes, poll=poll, paid=0)


personal = (
    PersonalData(
        title="投票",
        purpose="记下你投了什么，好让每人只算一票",
        kept="直到你删除数据；已经公布的结果只留下票数",
        tables=("ballots",),
        export=_export,
        erase=run_all("DELETE FROM ballots WHERE member_id = :member"),
        movers=(Mover(("ballots",), _ballots.move, _back),),
    ),
)
