"""Use cases of the contacts: who leaves, comes back, is called otherwise; who opens the console."""

from collections.abc import Mapping
from datetime import datetime

from bot.commons import accounts, audit, members, staff
from bot.commons.notices import Notices
from bot.features.contacts.rules import gone, is_userid
from bot.kernel.community import Advisors
from bot.kernel.desk import Role
from bot.kernel.entering import by_tag
from bot.kernel.errors import Refusal
from bot.kernel.ids import ChannelName
from bot.kernel.ports import Words
from bot.kernel.privacy import PersonalRegistry
from bot.kernel.work import Toolbox, UnitOfWork


def leave(uow: UnitOfWork, tools: Toolbox, advisors: Advisors, userid: str, at: datetime) -> None:
    """Tell operators that an advisor has left the company: chats must not be given to her."""
    if (who := staff.left(uow, advisors, userid, at)) is not None:
        _tell(uow, tools, "left", who, at)


def come(uow: UnitOfWork, tools: Toolbox, advisors: Advisors, userid: str, at: datetime) -> None:
    """Tell operators that an advisor who had left is there again."""
    if (who := staff.came_back(uow, advisors, userid, at)) is not None:
        _tell(uow, tools, "came_back", who, at)


def rename_advisor(
    uow: UnitOfWork, tools: Toolbox, advisors: Advisors, names: tuple[str, str], at: datetime
) -> None:
    """Follow an advisor's new userid, and ask operators to write it into the configuration."""
    who = staff.renamed(uow, advisors, *names, at)
    if who is not None and who.is_renamed:
        _tell(uow, tools, "renamed", who, at)


def rename_member(
    uow: UnitOfWork, registry: PersonalRegistry, channel: ChannelName, names: tuple[str, str]
) -> None:
    """Let a member of the company stay who she is under her new userid; case means nothing.

    Raises:
        BeingErased: she wrote under both names, and is going to be erased.
    """
    old, new = (name.lower() for name in names)
    if members.rename_identity(uow, registry, channel, old, new):
        member = members.find(uow, channel, new)
        audit.record(uow, "bot", "contacts.renamed", "userid_changed", member=member)


def _tell(uow: UnitOfWork, tools: Toolbox, what: str, who: staff.Standing, at: datetime) -> None:
    words = tools.use(Words)
    text = words(f"contacts/{what}.txt.j2", advisor=who.advisor, userid=who.userid)
    key = f"contacts.{what}:{who.advisor.userid.lower()}:{int(at.timestamp())}"
    tools.use(Notices).tell(uow, key=key, text=text)


# ── who may open the console ────────────────────────────────────────────────────────────────


class NotSupervisor(Refusal):
    """Only a supervisor gives and takes roles; nothing was written."""

    template = "contacts/not_supervisor.txt.j2"


class NotYourself(Refusal):
    """Nobody changes her own role: the last supervisor would lock everybody out."""

    template = "contacts/not_yourself.txt.j2"


class NoReason(Refusal):
    """No reason was given; nothing was written."""

    template = "contacts/no_reason.txt.j2"


class NoUserid(Refusal):
    """What was typed is no userid."""

    template = "contacts/no_userid.txt.j2"


class NothingGranted(Refusal):
    """The role follows from the configuration, or was taken already."""

    template = "contacts/nothing_granted.txt.j2"


def grant(uow: UnitOfWork, userid: str, role: Role, *, who: str, why: str) -> None:
    """Give a colleague a role in the console.

    Raises:
        NotSupervisor: `who` may not.
        NotYourself: it is her own.
        NoUserid: `userid` can't be one.
        NoReason: without a reason.
    """
    _may(uow, userid, who=who, why=why)
    accounts.grant(uow, userid, role, who=who, why=why)


def take(uow: UnitOfWork, userid: str, *, who: str, why: str) -> None:
    """Take back what was granted; her sessions end at once.

    Raises:
        NothingGranted: nothing was, or it was taken already.
        NotSupervisor: `who` may not.
        NotYourself: it is her own.
        NoUserid: `userid` can't be one.
        NoReason: without a reason.
    """
    _may(uow, userid, who=who, why=why)
    if not accounts.take(uow, userid, who=who, why=why):
        raise NothingGranted("nothing is granted", userid=userid)


def _may(uow: UnitOfWork, userid: str, *, who: str, why: str) -> None:
    role, own = accounts.role_of(uow, who)
    if role is not Role.SUPERVISOR:
        raise NotSupervisor("no supervisor")
    if not is_userid(userid):
        raise NoUserid("no userid")
    if own == userid.lower():
        raise NotYourself("her own role")
    if not why:
        raise NoReason("no reason")


def follow_console(uow: UnitOfWork, said: Mapping[str, str], at: datetime) -> None:
    """Let the console follow a change of the contacts (path/90240, 2026-07)."""
    userid, new = said.get("UserID", ""), said.get("NewUserID", "")
    match said.get("ChangeType", ""):
        case "delete_user" if userid:
            accounts.colleague_left(uow, userid, at, why="left")
        case "update_user" if userid:
            if gone(said.get("Status", "")):
                accounts.colleague_left(uow, userid, at, why="disabled")
            if said.get("Department"):
                accounts.ask_again(uow, userid=userid)
            if new:
                accounts.colleague_renamed(uow, userid, new, at)
        case "update_tag" if tag := said.get("TagId", ""):
            accounts.ask_again(uow, source=by_tag(int(tag)) if tag.isdecimal() else "")


def still_there(
    uow: UnitOfWork, userid: str, source: str, groups: frozenset[str] | None, at: datetime
) -> None:
    """Let the console follow what the platform says of a colleague who has it open.

    Args:
        uow: the unit of work.
        userid: hers.
        source: where her role came from.
        groups: her departments and tags; None when she is not active in the company.
        at: when the platform was asked.
    """
    if groups is None:
        accounts.colleague_left(uow, userid, at, why="left")
    elif source.startswith(("department:", "tag:")) and source not in groups:
        accounts.ask_again(uow, userid=userid)
