"""Use cases of the contacts: an advisor leaves, comes back, is called otherwise."""

from datetime import datetime

from bot.commons import audit, members, staff
from bot.commons.notices import Notices
from bot.kernel.community import Advisors
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
