"""Keeps what the contacts tell about advisors. Events may come late, twice and out of order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.kernel.community import Advisor, Advisors
from bot.kernel.events import AdvisorRenamed
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import micros

_ALL = Statement("SELECT userid, userid_now, gone FROM staff_changes")
_KEEP = Statement(
    "INSERT INTO staff_changes (userid, userid_now, gone, at)"
    " VALUES (:userid, :userid_now, :gone, :at) ON CONFLICT (userid) DO UPDATE SET"
    " userid_now = excluded.userid_now, gone = excluded.gone, at = excluded.at"
    " WHERE staff_changes.at <= excluded.at RETURNING userid"
)

_ADD = Statement(
    "INSERT INTO staff_changes (userid, userid_now, gone, at)"
    " VALUES (:userid, :userid_now, :gone, :at) ON CONFLICT (userid) DO NOTHING RETURNING userid"
)
_DROP = Statement("DELETE FROM staff_changes WHERE userid = :userid")


@dataclass(frozen=True, slots=True)
class Standing:
    """An advisor as things stand: her userid now, and whether she has left the company."""

    advisor: Advisor
    userid: str
    gone: bool = False

    @property
    def names(self) -> frozenset[str]:
        """Her userids: of now, and as configured."""
        return frozenset({self.userid, self.advisor.userid.lower()})

    @property
    def is_renamed(self) -> bool:
        """True when she is called otherwise than configured."""
        return self.userid != self.advisor.userid.lower()


def standing(uow: UnitOfWork, advisors: Advisors) -> Sequence[Standing]:
    """Return all configured advisors as things stand."""
    return _standing(_heard(uow), advisors)


def _heard(uow: UnitOfWork) -> Mapping[str, tuple[str, bool]]:
    return {str(userid): (str(now), bool(gone)) for userid, now, gone in uow.run(_ALL)}


def _standing(heard: Mapping[str, tuple[str, bool]], advisors: Advisors) -> Sequence[Standing]:
    configured = {one.userid.lower() for one in advisors}
    found: list[Standing] = []
    for one in advisors:
        name = one.userid.lower()
        now, gone = heard.get(name, (name, False))
        if now != name and now in configured:  # she stands there a second time, as of now
            now, gone = name, True
        found.append(Standing(one, now, gone))
    return found


def find(uow: UnitOfWork, tools: Toolbox, userid: str) -> Standing | None:
    """Return the advisor whom a userid means: hers of now, as configured, or of before."""
    heard, sought = _heard(uow), userid.lower()
    known = _standing(heard, tools.use(Advisors))
    for _ in range(len(heard) + 1):  # what the configuration does not name any more may lead on
        if found := _among(known, sought):
            return found
        sought = heard.get(sought, (sought, False))[0]
    return None


def name_of(uow: UnitOfWork, tools: Toolbox, userid: str) -> str:
    """Return what members call an advisor; empty for somebody who is none."""
    found = find(uow, tools, userid) if userid else None
    return found.advisor.name if found else ""


def userid_now(uow: UnitOfWork, tools: Toolbox, userid: str) -> str:
    """Return the userid that an advisor has now; of anybody else her own, in lower case."""
    found = find(uow, tools, userid) if userid else None
    return found.userid if found else userid.lower()


def userid_after(uow: UnitOfWork, userid: str) -> str:
    """Return what the contacts called an advisor after this; empty when they did not."""
    heard, found = _heard(uow), userid.lower()
    for _ in heard:
        found = heard.get(found, (found, False))[0]
    return found if found != userid.lower() else ""


def names_before(uow: UnitOfWork, userid: str) -> set[str]:
    """Return the userids that an advisor had before, as far as the contacts told."""
    heard, found = _heard(uow), {userid.lower()}
    for _ in heard:
        found |= {old for old, (now, _gone) in heard.items() if now in found}
    return found - {userid.lower()}


def all_names(uow: UnitOfWork, tools: Toolbox) -> Mapping[str, str]:
    """Return what members call each advisor, by all userids that she has and had."""
    heard = _heard(uow)
    names = {str(userid): name_of(uow, tools, userid) for userid in heard}
    for one in _standing(heard, tools.use(Advisors)):
        names |= dict.fromkeys(one.names, one.advisor.name)
    return {userid: name for userid, name in names.items() if name}


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
    """Note that somebody is called otherwise; return which advisor that is, None for none.

    It may be told twice, late, and after the configuration was changed: what is known stays.
    """
    old, new = userid.lower(), new.lower()
    found = _find(uow, advisors, old)
    if found is None and old != new and _find(uow, advisors, new) is not None:
        values = {"userid": old, "userid_now": new, "gone": 0}  # she is configured so already
        if uow.run(_ADD, **values, at=micros(at)):
            uow.publish(AdvisorRenamed(old, new))
        return None
    if found is None or (found.userid not in {old, new}):
        return None  # the userid is free again, and somebody else's who had it since
    configured = found.advisor.userid.lower()
    before, _ = _heard(uow).get(configured, (configured, False))
    if (changed := _change(uow, advisors, old, at, now=new)) is None:
        return None
    if before != new:
        if before != configured:
            values = {"userid": before, "userid_now": new, "gone": 0}
            uow.run(_KEEP, **values, at=micros(at))
        if new != configured:
            uow.run(_DROP, userid=new)  # she had it before, and it led on from there
        uow.publish(AdvisorRenamed(before, new))
    return changed


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
    return _among(standing(uow, advisors), userid.lower())


def _among(known: Sequence[Standing], userid: str) -> Standing | None:
    now = {one.userid: one for one in known}
    configured = {one.advisor.userid.lower(): one for one in known}
    return now.get(userid) or configured.get(userid)
