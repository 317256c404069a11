"""Keeps what the contacts tell about advisors. Events may come late, twice and out of order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.kernel.community import Advisor, Advisors
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import micros

_ALL = Statement("SELECT userid, userid_now, gone FROM staff_changes")
_KEEP = Statement(
    "INSERT INTO staff_changes (userid, userid_now, gone, at)"
    " VALUES (:userid, :userid_now, :gone, :at) ON CONFLICT (userid) DO UPDATE SET"
    " userid_now = excluded.userid_now, gone = excluded.gone, at = excluded.at"
    " WHERE staff_changes.at <= excluded.at RETURNING userid"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """An advisor as things stand: her userid now, and whether she has left the company."""

    advisor: Advisor
    userid: str
    gone: bool = False

    @property
    def is_renamed(self) -> bool:
        """True when she is called otherwise than configured."""
        return self.userid != self.advisor.userid.lower()


def standing(uow: UnitOfWork, advisors: Advisors) -> Sequence[Standing]:
    """Return all configured advisors as things stand."""
    heard = {str(userid): (str(now), bool(gone)) for userid, now, gone in uow.run(_ALL)}
    return [
        Standing(one, *heard.get(one.userid.lower(), (one.userid.lower(), False)))
        for one in advisors
    ]


def left(uow: UnitOfWork, advisors: Advisors, userid: str, at: datetime) -> Standing | None:
    """Note that somebody left the company; return which advisor that is, None for none."""
    return _change(uow, advisors, userid, at, gone=True)


def came_back(uow: UnitOfWork, advisors: Advisors, userid: str, at: datetime) -> Standing | None:
    """Note that somebody is in the company; return which advisor had left before."""
    found = _find(uow, advisors, userid)
    if found is None or not found.gone:
        return None
    return _change(uow, advisors, userid, at, gone=False)


def renamed(
    uow: UnitOfWork, advisors: Advisors, userid: str, new: str, at: datetime
) -> Standing | None:
    """Note that somebody is called otherwise; return which advisor that is, None for none."""
    return _change(uow, advisors, userid, at, now=new.lower())


def _change(
    uow: UnitOfWork,
    advisors: Advisors,
    userid: str,
    at: datetime,
    *,
    gone: bool = False,
    now: str = "",
) -> Standing | None:
    found = _find(uow, advisors, userid)
    if found is None:
        return None
    configured, current = found.advisor.userid.lower(), now or found.userid
    values = {"userid": configured, "userid_now": current, "gone": int(gone)}
    if not uow.run(_KEEP, **values, at=micros(at)):
        return None  # older than what we know
    return Standing(found.advisor, current, gone)


def _find(uow: UnitOfWork, advisors: Advisors, userid: str) -> Standing | None:
    """Return the advisor who is called so now, or else was configured so."""
    known = standing(uow, advisors)
    for one in known:
        if one.userid == userid.lower():
            return one
    return next((one for one in known if one.advisor.userid.lower() == userid.lower()), None)
