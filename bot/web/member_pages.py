"""Members' pages, opened from a signed link: `/m/<room>/<name>/<token>`."""

import mimetypes
from collections.abc import Iterable, Sequence

from aiohttp import web
from markupsafe import Markup

from bot.kernel.feature import Feature, MemberPage
from bot.kernel.ids import MemberId
from bot.kernel.ports import Words, Work
from bot.kernel.work import Toolbox
from bot.web.links import BadLink, LinkExpired, SignedLinks
from bot.web.pages import Pages, Trouble, must_be_escaped

_NO_REFERRER = "no-referrer"


class MemberPages:
    """Shows the rooms' member pages to whoever holds a link to one."""

    def __init__(
        self,
        features: Sequence[Feature],
        links: SignedLinks,
        pages: Pages,
        *,
        work: Work,
        tools: Toolbox,
        words: Words,
    ) -> None:
        self._all = {
            f"{room.name}/{page.name}": page for room in features for page in room.member_pages
        }
        must_be_escaped(page.template for page in self._all.values() if not page.download)
        self._links = links
        self._pages = pages
        self._work = work
        self._tools = tools
        self._words = words

    def routes(self) -> Iterable[web.RouteDef]:
        """Return the routes."""
        guard = self._pages.guard
        yield from self._pages.static("/m")
        yield web.get("/m/{room}/{name}/{token}", guard(self._show, referrer=_NO_REFERRER))
        yield web.get("/m/{rest:.*}", guard(self._nothing, referrer=_NO_REFERRER))

    async def _nothing(self, _request: web.Request) -> web.Response:
        raise Trouble(404, "bad_link")

    async def _show(self, request: web.Request) -> web.Response:
        """Show a page; an unknown page is told apart from a bad link only by its maker."""
        where = f"{request.match_info['room']}/{request.match_info['name']}"
        page = self._all.get(where)
        try:
            member = self._links.member_of(where, request.match_info["token"])
        except LinkExpired:
            raise Trouble(410, "link_expired") from None
        except BadLink:
            raise Trouble(403, "bad_link") from None
        if page is None:
            raise Trouble(404, "bad_link")
        return await self._answer(page, where, member)

    async def _answer(self, page: MemberPage, where: str, member: MemberId) -> web.Response:
        data = await self._work.look(lambda uow: page.load(uow, self._tools, member))
        inside = self._words(page.template, **data)
        if page.download:
            return _file(inside, where, page.template)
        markup = Markup(inside)  # noqa: S704 - escaped by its own template
        return self._pages.show("member.html.j2", inside=markup)


def _file(text: str, where: str, template: str) -> web.Response:
    """Return a rendered template as a file named after its page, `privacy-export.json`."""
    ending = template.removesuffix(".j2").rpartition(".")[2]
    name = f"{where.replace('/', '-')}.{ending}"
    return web.Response(
        text=text,
        content_type=mimetypes.guess_type(name)[0] or "text/plain",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
