"""The member's pages: what she has, with codes to show at the counter; and what there is to get."""

from collections.abc import Mapping
from functools import partial

from markupsafe import Markup

from bot.commons import claims, points
from bot.commons.claims import Asking
from bot.commons.content import MediaFolder
from bot.features.mall import replies
from bot.kernel.console import Download, number_in
from bot.kernel.feature import MemberPage
from bot.kernel.ids import MemberId
from bot.kernel.messages import Reply
from bot.kernel.ports import Groups, Links
from bot.kernel.words import count_in
from bot.kernel.work import Toolbox, UnitOfWork

BENEFITS, MALL = "mall/mine", "mall/shop"
LINK_VALID_S = 24 * 3600
_ALONE: Mapping[str, object] = {"in_group": False, "name": None}
_REASON = "by herself"
_MOST_POINTS = 1_000_000


def _load_mine(
    uow: UnitOfWork, tools: Toolbox, member: MemberId, _query: Mapping[str, str]
) -> Mapping[str, object]:
    home = tools.use(Links).for_group(BENEFITS).removesuffix(f"/m/{BENEFITS}")
    return {
        **replies.benefits(uow, tools, member),
        "claims": replies.fetched(uow, tools, member),
        "qr_coupon": partial(_qr, f"{home}/console/redeem"),
        "qr_claim": partial(_qr, f"{home}/console/handover"),
    }


def _qr(page: str, code: str) -> Markup:
    """Return a code as a picture that opens the advisor's page with it."""
    import segno  # noqa: PLC0415 - wanted by few requests

    made = segno.make(f"{page}?code={code}", error="m", micro=False)
    drawn = made.svg_inline(scale=5, border=2, dark="#000", light="#fff", omitsize=True)
    return Markup(drawn)  # noqa: S704 - made of numbers by segno


def _load_mall(
    uow: UnitOfWork, tools: Toolbox, member: MemberId, query: Mapping[str, str]
) -> Mapping[str, object]:
    asked = number_in(query.get("goods", ""))
    found = claims.visible(uow, member, tools.use(Groups))
    chosen = [goods for goods in found if asked in {None, goods.id}]
    return {
        "shelf": [replies.shown(uow, tools, goods, member) for goods in chosen],
        "standing": points.standing(uow, member),
        "is_one": asked is not None,
    }


def _take(uow: UnitOfWork, tools: Toolbox, member: MemberId, form: Mapping[str, str]) -> Reply:
    """Claim what the page asked about; the form has named the price."""
    number, price = number_in(form.get("goods", "")) or 0, form.get("price", "")
    asking = Asking(member, number, uow.clock.now())
    told = count_in(price, _MOST_POINTS)
    counter = replies.counter_of(uow, tools)
    taken = claims.take(uow, counter, asking, price=-1 if told is None else told)
    return Reply("mall/taken.txt.j2", replies.taken_words(tools, taken, _ALONE))


def _cancel(uow: UnitOfWork, _tools: Toolbox, member: MemberId, form: Mapping[str, str]) -> Reply:
    number = number_in(form.get("claim", "")) or 0
    claim = claims.cancel(uow, number, by="member", why=_REASON, member=member)
    return Reply("mall/cancelled.txt.j2", {**_ALONE, "claim": claim})


def _picture(uow: UnitOfWork, tools: Toolbox, member: MemberId, number: int) -> Download | None:
    """Return the picture of goods that she may see."""
    found = [one for one in claims.visible(uow, member, tools.use(Groups)) if one.id == number]
    folder = tools.use(MediaFolder)
    if not found or not found[0].picture or not (file := folder.find(found[0].picture)):
        return None
    name = file.path.rpartition("/")[2]
    version = f"{found[0].revision}-{file.bytes}"
    return Download(name, file.content_type, partial(folder.open, file.path), version)


member_pages = (
    MemberPage(
        "mine",
        "mall/mine.html.j2",
        _load_mine,
        title="我的权益",
        acts={"cancel": _cancel},
        ask="我的权益",
    ),
    MemberPage(
        "shop",
        "mall/shop.html.j2",
        _load_mall,
        title="积分商城",
        acts={"take": _take},
        ask="积分商城",
        files=_picture,
    ),
)
