"""Links of one's own: each signs in one browser, once, and asks before it does."""

import secrets
from collections.abc import Mapping

import structlog
from aiohttp import web

from bot.kernel.feature import MemberPage
from bot.web.links import BadLink, Held, LinkExpired
from bot.web.member_browsers import Step, step_csrf
from bot.web.member_ways import Grounds, Place, WaysIn
from bot.web.pages import Trouble, see_other

log = structlog.get_logger(__name__)


class PersonalLinks:
    """Opens links that were made for one member."""

    def __init__(self, grounds: Grounds, ways: WaysIn, pages: Mapping[str, MemberPage]) -> None:
        self._g = grounds
        self._ways = ways
        self._pages = pages

    def held(self, where: str, token: str) -> Held:
        """Return what a token says; raise a Trouble for one that is no good."""
        try:
            return self._g.links.read(where, token)
        except LinkExpired:
            raise Trouble(410, "link_expired") from None
        except BadLink:
            raise Trouble(403, "bad_link") from None

    async def show(self, request: web.Request, place: Place, held: Held) -> web.Response:
        """Ask whether she is the one for whom the link was made.

        Opening it changes nothing: previews and scanners open links, too.
        """
        seen = await self._g.browsers.seen(request)
        if seen is not None and seen.guest.member == held.member:
            return see_other(place.path)
        name, is_spent = await self._g.work.look(
            lambda uow: (
                self._g.visits.name_of(uow, held.member),
                self._g.visits.is_spent(uow, held.id),
            )
        )
        step = self._g.browsers.under_way(request, Step.LINK)
        if is_spent and (step is None or step[0] != held.id):
            return see_other(place.path) if seen else self._ways.who(request, place, "used")
        browser = step[1] if step and step[0] == held.id else secrets.token_hex(16)
        sealed = self._g.browsers.sealed(Step.LINK, [held.id, browser])
        response = self._g.frame.show(
            "m_link.html.j2",
            page=self._pages[place.where],
            place=place,
            name=_masked(name),
            seen=seen,
            csrf=step_csrf(sealed),
        )
        self._g.browsers.begin_sealed(response, sealed)
        return response

    async def open(self, request: web.Request, place: Place, held: Held) -> web.Response:
        """Sign the browser in, if it is the first that opens this link."""
        await self._ways.form_of_step(request)
        step = self._g.browsers.under_way(request, Step.LINK)
        if step is None or step[0] != held.id:
            raise Trouble(403, "too_late")
        secret = await self._g.work.do(
            lambda uow: self._g.visits.open_link(
                uow, held.id, held.member, until=held.until, browser=step[1]
            )
        )
        if secret is None:
            return self._ways.who(request, place, "used")
        log.info("visit.link_opened", member=held.member)
        return await self._ways.let_in(request, place, secret)


def _masked(name: str) -> str:
    """Return as much of a name as its owner needs: a link may be seen by others."""
    return f"{name[0]}＊＊" if name else ""
