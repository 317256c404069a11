"""A member's phone in front of our pages: keeps cookies, fills in forms, goes through logins."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from io import BytesIO
from typing import Protocol
from urllib.parse import urlencode

from aiohttp import ClientSession, CookieJar
from typing_extensions import override
from yarl import URL

from tests.kit.oauth import Person

WECHAT = (
    "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 MicroMessenger/8.0.50(0x18003231) Language/zh_CN"
)
WECOM = "Mozilla/5.0 (Linux; Android 14) wxwork/4.1.30 MicroMessenger/7.0.1 Language/zh"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"
DESKTOP = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36"
)
_PLATFORMS = ("https://open.weixin.qq.com/", "https://login.work.weixin.qq.com/")
_MOST_HOPS = 8
_FORM = "application/x-www-form-urlencoded"


class Platform(Protocol):
    """Who answers the address of a login."""

    def opens(self, address: str, person: Person) -> str:
        """Return where the browser is sent back."""
        ...


@dataclass
class Form:
    """A form of a page."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "form":
            self.found.append(Form(said.get("action") or ""))
        elif tag == "input" and self.found and said.get("type") == "hidden":
            self.found[-1].fields[said["name"] or ""] = said.get("value") or ""


@dataclass
class Opened:
    """A page as it is shown."""

    status: int
    text: str
    path: str
    headers: Mapping[str, str]
    hops: list[str]
    body: bytes = b""

    def form(self, action: str) -> Form:
        """Return the form whose address ends so."""
        parser = _Forms()
        parser.feed(self.text)
        (found,) = [
            form
            for form in parser.found
            if form.action == action or (action and form.action.endswith(action))
        ]
        return Form(found.action or self.path, found.fields)


@dataclass
class Phone:
    """One person's browser."""

    client: ClientSession
    base: str
    public: str
    platform: Platform | None
    person: Person
    agent: str
    area: str = "/m/"
    """Where all its pages are."""

    async def open(self, address: str, method: str = "GET", **headers: str) -> Opened:
        """Open an address and go where it leads, through a login too."""
        return await self._go(method, self._path(address), None, headers)

    async def send(
        self, form: Form, more: Mapping[str, str] | None = None, **headers: str
    ) -> Opened:
        """Send a form and go where it leads."""
        own = {"Origin": self.base, "Sec-Fetch-Site": "same-origin"} | headers
        return await self._go("POST", form.action, form.fields | dict(more or {}), own)

    def _path(self, address: str) -> str:
        return address.removeprefix(self.public).removeprefix(self.base)

    async def _go(
        self, method: str, path: str, data: dict[str, str] | None, headers: Mapping[str, str]
    ) -> Opened:
        hops: list[str] = []
        own = {"User-Agent": self.agent, **headers}
        while len(hops) < _MOST_HOPS:
            body = None if data is None else BytesIO(urlencode(data).encode())
            kind = {} if data is None else {"Content-Type": _FORM}
            async with self.client.request(
                method, path, data=body, headers=kind | own, allow_redirects=False
            ) as answer:
                hops.append(path)
                to = answer.headers.get("Location", "")
                if not 300 <= answer.status < 400:
                    body_got = await answer.read()
                    text = body_got.decode(errors="replace")
                    return Opened(answer.status, text, path, dict(answer.headers), hops, body_got)
            if to.startswith(_PLATFORMS):
                assert self.platform is not None
                to = self.platform.opens(to, self.person)
                assert to.startswith(self.public)
            path, method, data = self._path(to), "GET", None
            assert path.startswith(self.area), f"led away to {to}"
        raise AssertionError(f"goes round: {hops}")

    def hold(self, name: str, value: str) -> None:
        """Hold this cookie."""
        self.client.cookie_jar.update_cookies({name: value}, URL(self.base))

    def cookie(self, name: str) -> str:
        """Return a cookie's value, empty for none."""
        return {one.key: one.value for one in self.client.cookie_jar}.get(name, "")


@asynccontextmanager
async def phone(
    port: int,
    platform: Platform | None = None,
    person: Person | None = None,
    *,
    agent: str = WECHAT,
    public: str = "http://127.0.0.1",
    area: str = "/m/",
) -> AsyncIterator[Phone]:
    """Offer a phone with no cookies."""
    base = f"http://127.0.0.1:{port}"
    async with ClientSession(base, cookie_jar=CookieJar(unsafe=True)) as client:
        yield Phone(client, base, public, platform, person or Person(), agent, area)
