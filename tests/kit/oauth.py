"""Logins and tickets for pages, as the platforms give them (path/91022, 91707, 90506, 2026-07).

A person opens an authorize address, the platform sends her browser back with a code, and the code
is good once and for five minutes. Addresses are read strictly: parameters in the order of the
page, a trusted host, a state of letters and digits.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

from aiohttp import web
from typing_extensions import override

from tests.kit import mp
from tests.kit.mp import APP_ID, FakeMp
from tests.kit.platforms import AGENT, CORP, FakeWecom, Json
from tests.kit.wecom_rules import Wrong

TRUSTED = "127.0.0.1"
_CODE_S = 300
_TICKET_S = 7200
_ORDER = ["appid", "redirect_uri", "response_type", "scope", "state"]


@dataclass(frozen=True)
class Person:
    """Who holds the phone; the fields are those of the answer."""

    userid: str = ""
    external_userid: str = ""
    openid: str = ""
    unionid: str = ""

    def answer(self) -> Json:
        """Return what the platform tells of her."""
        return {name: value for name, value in vars(self).items() if value}


def _check_address(address: str, appid: str, order: list[str]) -> dict[str, str]:
    parts = urlsplit(address)
    pairs = parse_qsl(parts.query, strict_parsing=True)
    said = dict(pairs)
    if (parts.scheme, parts.netloc, parts.path, parts.fragment) != (
        "https",
        "open.weixin.qq.com",
        "/connect/oauth2/authorize",
        "wechat_redirect",
    ):
        raise Wrong(10003, "address")
    if [name for name, _ in pairs] != order or said["appid"] != appid:
        raise Wrong(10003, "parameters")
    if said["response_type"] != "code" or said["scope"] != "snsapi_base":
        raise Wrong(10005, "scope")
    if not 1 <= len(said["state"]) <= 128 or not (
        said["state"].isascii() and said["state"].isalnum()
    ):
        raise Wrong(10003, "state")
    if urlsplit(said["redirect_uri"]).hostname != TRUSTED:
        raise Wrong(50001, "redirect_uri")
    return said


@dataclass
class Codes:
    """Codes that were given out: whose, and until when."""

    now: Callable[[], float]
    given: dict[str, tuple[Person, float]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def give(self, address: dict[str, str], person: Person) -> str:
        """Return the address to which a person's browser is sent back."""
        code = f"code-{len(self.given) + 1}"
        self.given[code] = (person, self.now() + _CODE_S)
        back = address["redirect_uri"]
        sign = "&" if "?" in back else "?"
        return f"{back}{sign}{urlencode({'code': code, 'state': address['state']})}"

    def take(self, code: str) -> Person:
        """Return whose code it is; it is good once."""
        person, until = self.given.get(code, (Person(), 0.0))
        if code not in self.given or code in self.used:
            raise Wrong(40029, "invalid code")
        self.used.add(code)
        if until <= self.now():
            raise Wrong(42003, "code expired")
        return person


@dataclass
class FakeWecomPages(FakeWecom):
    """The corp's platform with logins and tickets."""

    @override
    def __post_init__(self) -> None:
        super().__post_init__()
        self.codes = Codes(self.now)
        self.tickets: list[str] = []

    def opens(self, address: str, person: Person) -> str:
        """Let somebody open an authorize address; return where she is sent back."""
        return self.codes.give(_check_address(address, CORP, [*_ORDER, "agentid"]), person)

    @override
    def _calls(self) -> dict[str, Callable[[web.Request], Awaitable[Json]]]:
        return super()._calls() | {
            "auth/getuserinfo": self._getuserinfo,
            "get_jsapi_ticket": self._corp_ticket,
            "ticket/get": self._app_ticket,
        }

    async def _getuserinfo(self, request: web.Request) -> Json:
        self._authorised(request)
        query = self._query("auth/getuserinfo", request, {"access_token", "code"})
        return self.codes.take(query["code"]).answer()

    async def _corp_ticket(self, request: web.Request) -> Json:
        self._authorised(request)
        self._query("get_jsapi_ticket", request, {"access_token"})
        return self._ticket("corp")

    async def _app_ticket(self, request: web.Request) -> Json:
        self._authorised(request)
        query = self._query("ticket/get", request, {"access_token", "type"})
        if query["type"] != "agent_config":
            raise Wrong(40093, "type")
        return self._ticket(f"app {AGENT}")

    def _query(self, call: str, request: web.Request, names: set[str]) -> dict[str, str]:
        query = dict(request.query)
        self.calls.append((call, {n: v for n, v in query.items() if n != "access_token"}))
        if request.method != "GET" or query.keys() != names:
            raise Wrong(40035, "parameters")
        return query

    def _ticket(self, owner: str) -> Json:
        self.tickets.append(f"{owner} ticket {len(self.tickets) + 1}")
        return {"ticket": self.tickets[-1], "expires_in": _TICKET_S}


@dataclass
class FakeMpPages(FakeMp):
    """The account's platform with logins and tickets."""

    @override
    def __post_init__(self) -> None:
        super().__post_init__()
        self.codes = Codes(self.now)
        self.tickets: list[str] = []
        self.snapshot = False

    @override
    def routes(self) -> Iterable[web.RouteDef]:
        yield web.get("/sns/oauth2/access_token", self._exchange)
        yield from super().routes()

    def opens(self, address: str, person: Person) -> str:
        """Let somebody open an authorize address; return where she is sent back."""
        return self.codes.give(_check_address(address, APP_ID, _ORDER), person)

    async def _exchange(self, request: web.Request) -> web.Response:
        query = dict(request.query)
        self.calls.append(("sns/oauth2/access_token", query))
        try:
            person = self._person(query)
        except Wrong as wrong:
            self.refused.append(wrong)
            return web.json_response({"errcode": wrong.code, "errmsg": wrong.where})
        said = {"access_token": "page-token", "expires_in": 7200, "refresh_token": "r"}
        said |= {"scope": "snsapi_base"} | person.answer()
        return web.json_response(said | ({"is_snapshotuser": 1} if self.snapshot else {}))

    @override
    async def _answer(self, call: str, request: web.Request) -> web.StreamResponse:
        if call != "ticket/getticket":
            return await super()._answer(call, request)
        try:
            self._wants_ticket(request)
        except Wrong as wrong:
            return web.json_response({"errcode": wrong.code, "errmsg": wrong.where})
        self.tickets.append(f"account ticket {len(self.tickets) + 1}")
        said = {"errcode": 0, "errmsg": "ok", "ticket": self.tickets[-1], "expires_in": _TICKET_S}
        return web.json_response(said)

    def _person(self, query: dict[str, str]) -> Person:
        if query.keys() != {"appid", "secret", "code", "grant_type"}:
            raise Wrong(40035, "parameters")
        if query["grant_type"] != "authorization_code" or query["appid"] != APP_ID:
            raise Wrong(40013, "invalid appid")
        if query["secret"] != mp.SECRET:
            raise Wrong(40125, "invalid appsecret")
        return self.codes.take(query["code"])

    def _wants_ticket(self, request: web.Request) -> None:
        self._authorised(request)
        if request.query.get("type") != "jsapi":
            raise Wrong(40097, "type")


def code_of(platform: FakeWecomPages | FakeMpPages, address: str, person: Person) -> str:
    """Let somebody open an authorize address and agree; return her code."""
    return platform.opens(address, person).partition("code=")[2].partition("&")[0]
