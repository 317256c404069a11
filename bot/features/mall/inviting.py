"""Who is written to when something opens: who comes first, and after her hours the others."""

from datetime import timedelta

from bot.commons import audience, claims, outreach
from bot.commons.claims import ClaimView, GoodsView
from bot.commons.outreach import Letter, Purpose
from bot.kernel.community import Community
from bot.kernel.ids import MemberId
from bot.kernel.ports import Groups
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import instant, integer, micros

_BITE = 100
_EVERYBODY = ("all",)
_OPEN = "state = 'open' AND invite = 1 AND (closes_at IS NULL OR closes_at > :now)"
_TO_TELL_EARLY = Statement(
    f"SELECT id, early_next FROM mall_goods WHERE {_OPEN} AND early_at <= :now"
    " AND early_told_at IS NULL ORDER BY id LIMIT 1"
)
_TOLD_EARLY = Statement(
    "UPDATE mall_goods SET early_next = :next, early_told_at = :done WHERE id = :id"
)
_OPENED = Statement(
    f"SELECT id, told_next FROM mall_goods WHERE {_OPEN} AND opens_at <= :now"
    " AND told_at IS NULL AND (early_at IS NULL OR early_told_at IS NOT NULL) ORDER BY id"
)
_TOLD = Statement("UPDATE mall_goods SET told_next = :next, told_at = :done WHERE id = :id")
_SOON = Statement(
    "SELECT id, until FROM mall_claims WHERE state = 'held' AND reminded = 0 AND until > :now"
    " AND until <= :horizon ORDER BY until, id LIMIT 50"
)
_REMINDED = Statement(
    "UPDATE mall_claims SET reminded = 1 WHERE id = :id AND reminded = 0 RETURNING id"
)


def invite_some(uow: UnitOfWork, tools: Toolbox) -> bool:
    """Write to some of those for whom something has opened; True while there are more.

    The others wait until the last of those who come first was written to, and the hours that
    were promised to her are over.
    """
    now = uow.clock.now()
    for number, following in uow.run(_TO_TELL_EARLY, now=micros(now)):
        return _bite(uow, tools, integer(number), integer(following), early=True)
    for number, following in uow.run(_OPENED, now=micros(now)):
        goods = claims.one(uow, integer(number))
        if goods is not None and goods.open_for_others <= now:
            return _bite(uow, tools, goods.id, integer(following), early=False)
    return False


def _bite(uow: UnitOfWork, tools: Toolbox, number: int, after: int, *, early: bool) -> bool:
    goods, groups = claims.one(uow, number), tools.use(Groups)
    if goods is None:
        return False
    words = goods.early if early else goods.audience or _EVERYBODY
    found = audience.members_of(uow, words, groups, after=after, most=_BITE)
    for member in found:
        if claims.is_for(uow, goods, member, groups) and goods.left:
            outreach.tell(uow, tools, member, _invitation(goods, member, tools))
    done = None if len(found) == _BITE else micros(uow.clock.now())
    uow.run(
        _TOLD_EARLY if early else _TOLD, id=number, next=found[-1] if found else after, done=done
    )
    return True


def _invitation(goods: GoodsView, member: MemberId, tools: Toolbox) -> Letter:
    """Return the letter; its key is the same for both rounds, so that nobody gets two."""
    closes = goods.closes_at.astimezone(tools.use(Community).zone) if goods.closes_at else None
    return Letter(
        key=f"mall.invite:{goods.id}:{member}",
        subject=f"积分商城「{goods.title}」",
        purpose=Purpose.OFFER,
        template="mall/invitation.txt.j2",
        data={"goods": goods, "closes_at": closes},
    )


def remind_some(uow: UnitOfWork, tools: Toolbox, *, hours: int) -> bool:
    """Tell those whose reservation ends soon; True when there may be more."""
    now = uow.clock.now()
    rows = uow.run(_SOON, now=micros(now), horizon=micros(now + timedelta(hours=hours)))
    for number, until in rows:
        claim = claims.claim(uow, integer(number))
        if claim is not None and uow.run(_REMINDED, id=number):
            zone = tools.use(Community).zone
            words = {"claim": claim, "until": instant(until).astimezone(zone)}
            _tell(uow, tools, claim, "reminder", words)
    return bool(rows)


def tell_expired(uow: UnitOfWork, tools: Toolbox, claim: ClaimView) -> None:
    """Tell a member that what was kept for her is kept no more, and that nothing was spent."""
    _tell(uow, tools, claim, "expired", {"claim": claim})


def tell_cancelled(uow: UnitOfWork, tools: Toolbox, claim: ClaimView, why: str) -> None:
    """Tell a member that the shop has cancelled what she got; whom no way leads to is called."""
    key, subject = f"mall.cancelled:{claim.id}", f"取消兑换「{claim.title}」"
    words = {"claim": claim, "why": why}
    letter = Letter(key, subject, Purpose.ESSENTIAL, "mall/taken_away.txt.j2", words)
    outreach.tell(uow, tools, claim.member, letter)


_PURPOSES = {"reminder": Purpose.SERVICE, "expired": Purpose.ESSENTIAL}


def _tell(
    uow: UnitOfWork, tools: Toolbox, claim: ClaimView, what: str, words: dict[str, object]
) -> None:
    if outreach.ways(uow, tools, claim.member):  # nobody has to call her because of it
        key, subject = f"mall.{what}:{claim.id}", f"预留「{claim.title}」"
        letter = Letter(key, subject, _PURPOSES[what], f"mall/{what}.txt.j2", words)
        outreach.tell(uow, tools, claim.member, letter)
