"""Hears who was recognised: by the key of a platform, by the login of a page."""

from collections.abc import Mapping, Sequence

from bot.commons import members
from bot.features.identity.rules import UNDO_WITHIN
from bot.features.identity.telling import tell
from bot.kernel.events import Event, JoinedByKey, MemberProven
from bot.kernel.feature import Listener
from bot.kernel.persons import PersonKeys, unionid_key
from bot.kernel.privacy import PersonalRegistry
from bot.kernel.work import Toolbox, UnitOfWork


def tell_once(uow: UnitOfWork, event: JoinedByKey, tools: Toolbox) -> None:
    """Tell a member, once, that she was recognised, and how to undo that.

    Where she was recognised, or else on the first channel on which she can be told.
    """
    known = members.identities_of(uow, event.member)
    words = {
        "places": list(dict.fromkeys(one.channel for one in known)),
        "undo_days": UNDO_WITHIN.days,
    }
    key = f"identity.joined:{event.merge}:{event.member}"  # a merge's number may come again
    for to in ((event.channel, event.identity), *((one.channel, one.identity) for one in known)):
        if tell(uow, tools, to, "identity/joined.txt.j2", key, **words):
            return


def learn_from_login(uow: UnitOfWork, event: MemberProven, tools: Toolbox) -> None:
    """Take a login's word for who a member is on other channels, and keep its keys."""
    member, registry, now = event.member, tools.use(PersonalRegistry), uow.clock.now()
    for name in event.names:
        member = members.prove(uow, registry, member, name, now)
        keys = (*tools.use(PersonKeys).in_name(*name), *unionid_key(event.unionid))
        member = members.learn(uow, registry, member, name, keys, source="login")


listeners: Mapping[type[Event], Sequence[Listener]] = {
    JoinedByKey: (tell_once,),
    MemberProven: (learn_from_login,),
}
