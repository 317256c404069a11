"""The members' page: what is coming, signing up by two taps, the code for the door."""

import io
from collections.abc import Mapping
from datetime import timedelta

from bot.commons import salons
from bot.commons.ics import CONTENT_TYPE
from bot.commons.salons import FIRST_NUMBER, Place, SalonView
from bot.features.salons import replies, service
from bot.features.salons.calendars import calendar_file
from bot.features.salons.rules import asked_in
from bot.features.salons.service import Wish
from bot.kernel.community import Community
from bot.kernel.console import Download, number_in
from bot.kernel.feature import MemberPage
from bot.kernel.ids import MemberId
from bot.kernel.messages import Reply
from bot.kernel.ports import Groups, Links
from bot.kernel.work import Toolbox, UnitOfWork

_MOST = 30
_SHOWN_FOR = timedelta(days=30)


def _load(
    uow: UnitOfWork, tools: Toolbox, member: MemberId, query: Mapping[str, str]
) -> Mapping[str, object]:
    now = uow.clock.now()
    asked = number_in(query.get("salon", ""))
    mine = salons.hers(uow, member, now - _SHOWN_FOR, most=_MOST)
    ids = {one.id for one in mine}
    others = [one for one in salons.coming(uow, most=_MOST) if one.id not in ids]
    return {
        "mine": [_shown(uow, tools, one, member) for one in mine if asked in {None, one.number}],
        "coming": [
            _shown(uow, tools, one, member) for one in others if asked in {None, one.number}
        ],
        "is_one": asked is not None,
        "is_preview": False,
    }


def _shown(
    uow: UnitOfWork, tools: Toolbox, found: SalonView, member: MemberId
) -> Mapping[str, object]:
    seen = replies.shown(uow, tools, found, member)
    mine = salons.signup(uow, found.id, member)
    has_code = mine is not None and mine.is_there and uow.clock.now() < found.ends_at
    qr = door_qr(tools.use(Links), found, mine.code) if mine and has_code else ""
    return {**seen, "qr": qr}


def door_qr(links: Links, found: SalonView, code: str) -> str:
    """Return, in SVG, what an advisor scans: the page of the door, with this code."""
    import segno  # noqa: PLC0415 - wanted by few requests

    address = links.for_operators(f"door?salon={found.number}&code={code}")
    made = segno.make(address, error="m", micro=False)
    return made.svg_inline(scale=5, border=2, dark="#000", light="#fff", omitsize=True)


def _sign_up(uow: UnitOfWork, tools: Toolbox, member: MemberId, form: Mapping[str, str]) -> Reply:
    asked = asked_in(form.get("heads", "1"))
    wish = Wish(member, _salon(form), uow.clock.now(), 0 if asked.heads is None else asked.heads)
    signed = service.sign_up(uow, tools.use(Groups), wish)
    return Reply("salons/signed.txt.j2", replies.signed_words(signed, _about(tools)))


def _cancel(uow: UnitOfWork, tools: Toolbox, member: MemberId, form: Mapping[str, str]) -> Reply:
    signed = service.cancel(uow, Wish(member, _salon(form), uow.clock.now()))
    return Reply("salons/out.txt.j2", replies.signed_words(signed, _about(tools)))


def _salon(form: Mapping[str, str]) -> int:
    return (number_in(form.get("salon", "")) or FIRST_NUMBER) - FIRST_NUMBER


def _about(tools: Toolbox) -> Mapping[str, object]:
    return {**replies.ALONE, "zone": tools.use(Community).zone}


def _give(uow: UnitOfWork, _tools: Toolbox, member: MemberId, number: int) -> Download | None:
    """Return the calendar file of a salon that she has, or had, a place at."""
    found = salons.salon(uow, number - FIRST_NUMBER)
    mine = salons.signup(uow, found.id, member) if found else None
    if found is None or mine is None or mine.state is Place.WAITING:
        return None
    content = calendar_file(found, mine, uow.clock.now())
    return Download(f"salon-{number}.ics", CONTENT_TYPE, lambda: io.BytesIO(content))


member_pages = (
    MemberPage(
        "coming",
        "salons/coming.html.j2",
        _load,
        title="活动",
        acts={"sign-up": _sign_up, "cancel": _cancel},
        ask="活动",
        files=_give,
    ),
)
