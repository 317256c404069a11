"""Logins and tickets for pages, as the platforms give them (path/91022, 91707, 90506, 2026-07).

A person opens an authorize address, the platform sends her browser back with a code, and the code
is good once and for five minutes. Addresses are read strictly: parameters in the order of the
page, a trusted host, a state of letters and digits.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

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


def _check_scan(address: str) -> dict[str, str]:
    """Web登录 (path/98152): the parameters are encoded, in any order, and no others."""
    parts = urlsplit(address)
    pairs = parse_qsl(parts.query, strict_parsing=True)
    said = dict(pairs)
    if (parts.netloc, parts.path, parts.fragment) != (
        "login.work.weixin.qq.com",
        "/wwlogin/sso/login",
        "",
    ):
        raise Wrong(10003, "address")
    wanted = {"login_type", "appid", "agentid", "redirect_uri", "state"}
    if said.keys() != wanted or len(pairs) != len(wanted) or said["login_type"] != "CorpApp":
        raise Wrong(10003, "parameters")
    if said["appid"] != CORP or said["agentid"] != str(AGENT):
        raise Wrong(40013, "appid or agentid")
    if urlsplit(said["redirect_uri"]).hostname != TRUSTED:
        raise Wrong(50001, "redirect_uri")
    return said


@dataclass
class Codes:
    """Codes that were given out: whose, and until when."""

    now: Callable[[], float]
    given: dict[str, tuple[Person, float]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    agents: dict[str, str] = field(default_factory=dict)
    """For which app of which corp a code was made."""

    def give(self, address: dict[str, str], person: Person) -> str:
        """Return the address to which a person's browser is sent back."""
        code = f"code-{len(self.given) + 1}"
        self.given[code] = (person, self.now() + _CODE_S)
        self.agents[code] = address["appid"] + address.get("agentid", "")
        back = address["redirect_uri"]
        sign = "&" if "?" in back else "?"
        return f"{back}{sign}{urlencode({'code': code, 'state': address['state']})}"

    def take(self, code: str, agent: str) -> Person:
        """Return whose code it is; it is good once, and for the app that it was made for."""
        person, until = self.given.get(code, (Person(), 0.0))
        if code not in self.given or code in self.used or self.agents[code] != agent:
            raise Wrong(40029, "invalid code")
        self.used.add(code)
        if until <= self.now():
            raise Wrong(42003, "code expired")
        return person


@dataclass
class FakeWecomPages(FakeWecom):
    """The corp's platform with logins and tickets, and the contacts as an app may read them."""

    colleagues: dict[str, Json] = field(default_factory=dict)
    """Cards by userid: department, status (path/90196)."""
    tags: dict[int, tuple[list[str], list[int]]] = field(default_factory=dict)
    """Whom a tag was given to: userids and departments (path/90213)."""

    @override
    def __post_init__(self) -> None:
        super().__post_init__()
        self.codes = Codes(self.now)
        self.tickets: list[str] = []

    def opens(self, address: str, person: Person) -> str:
        """Let somebody open, or scan, an authorize address; return where she is sent back."""
        if address.startswith("https://login."):
            return self.codes.give(_check_scan(address), person)
        return self.codes.give(_check_address(address, CORP, [*_ORDER, "agentid"]), person)

    def code_for(self, agent: str, person: Person) -> str:
        """Return a code that somebody got for another app."""
        address = {"redirect_uri": "https://elsewhere.example/", "state": "a"}
        back = self.codes.give(address | {"appid": agent}, person)
        return parse_qs(urlsplit(back).query)["code"][0]

    @override
    def _calls(self) -> dict[str, Callable[[web.Request], Awaitable[Json]]]:
        return super()._calls() | {
            "auth/getuserinfo": self._getuserinfo,
            "user/get": self._user,
            "tag/get": self._tag,
            "get_jsapi_ticket": self._corp_ticket,
            "ticket/get": self._app_ticket,
        }

    async def _getuserinfo(self, request: web.Request) -> Json:
        self._authorised(request)
        query = self._query("auth/getuserinfo", request, {"access_token", "code"})
        return self.codes.take(query["code"], f"{CORP}{AGENT}").answer()

    async def _user(self, request: web.Request) -> Json:
        self._authorised(request)
        userid = self._query("user/get", request, {"access_token", "userid"})["userid"]
        found = {name.lower(): name for name in self.colleagues}.get(userid.lower())
        if found is None:
            raise Wrong(60111, "userid not found")
        card = {"userid": found, "name": "某某", "department": [1], "status": 1}
        return card | self.colleagues[found]

    async def _tag(self, request: web.Request) -> Json:
        self._authorised(request)
        tag = self._query("tag/get", request, {"access_token", "tagid"})["tagid"]
        if not tag.isdecimal() or int(tag) not in self.tags:
            raise Wrong(40068, "invalid tagid")
        users, departments = self.tags[int(tag)]
        listed = [{"userid": one, "name": "某某"} for one in users]
        return {"tagname": "某标签", "userlist": listed, "partylist": departments}

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
        return self.codes.take(query["code"], APP_ID)

    def _wants_ticket(self, request: web.Request) -> None:
        self._authorised(request)
        if request.query.get("type") != "jsapi":
            raise Wrong(40097, "type")


def code_of(platform: FakeWecomPages | FakeMpPages, address: str, person: Person) -> str:
    """Let somebody open an authorize address and agree; return her code."""
    return platform.opens(address, person).partition("code=")[2].partition("&")[0]
