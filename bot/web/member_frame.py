"""The frame around members' pages, in the look of WeChat; and what goes wrong in it."""

from typing import Any

from aiohttp import web

from bot.web.pages import Handler, Pages, html


class MemberFrame:
    """Renders members' pages and guards their handlers."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def show(self, template: str, *, status: int = 200, **data: Any) -> web.Response:
        """Return a page."""
        return html(
            self.render(
                template, **{"seen": None, "qr": qr, "others": (), "in_wechat": False, **data}
            ),
            status=status,
        )

    def render(self, template: str, **data: Any) -> str:
        """Return a rendered template."""
        return self._pages.render(template, **data)

    def guard(self, handler: Handler) -> Handler:
        """Return `handler` with the headers of a page, and a page for whatever goes wrong."""
        return self._pages.guard(handler, trouble=self._trouble)

    def _trouble(self, status: int, kind: str) -> web.Response:
        return self.show("m_word.html.j2", status=status, kind=kind)


def qr(address: str) -> str:
    """Return an address as a picture to scan, in SVG."""
    import segno  # noqa: PLC0415 - wanted by few requests

    code = segno.make(address, error="m", micro=False)
    return code.svg_inline(scale=5, border=2, dark="#000", light="#fff", omitsize=True)
