"""The humans of 微信客服 on a loopback port: servicers on and off duty, sessions that change hands.

Written from the platform's pages (path/94669, 94645-94647, 94661-94665, 94674, 95122), not from
our door.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web
from typing_extensions import override

from tests.kit.kefu import WK, FakeKefu
from tests.kit.platforms import Json
from tests.kit.wecom_rules import BAD_PARAMETER, Many, Number, Words, Wrong, shape

_KFID = Words(64, pattern=r"wk[0-9A-Za-z_-]+")
_WHO = Words(64, pattern=r"[0-9A-Za-z_-]+")
_HUMAN = Words(64)
_TRANS = shape(
    "open_kfid external_userid service_state",
    open_kfid=_KFID,
    external_userid=_WHO,
    service_state=Number(0, 4),
    servicer_userid=_HUMAN,
)
_STAFF = shape("open_kfid", open_kfid=_KFID, userid_list=Many(_HUMAN, 1, 100))
_PAGE = shape(offset=Number(0, 10_000), limit=Number(1, 100))
_LINK = shape("open_kfid", open_kfid=_KFID, scene=Words(32, pattern=r"[0-9a-zA-Z_-]+"))
_UPGRADE = shape(
    "open_kfid external_userid type groupchat",
    open_kfid=_KFID,
    external_userid=_WHO,
    type=Number(2, 2),
    groupchat=shape("chat_id wording", chat_id=Words(pattern="wr.+"), wording=Words(120)),
)
_CANCEL = shape("open_kfid external_userid", open_kfid=_KFID, external_userid=_WHO)
_ALLOWED = {0: {1, 2, 3}, 1: {2, 3, 4}, 2: {3, 4}, 3: {3, 4}, 4: set[int]()}
_TWO_DAYS_S, _BRIEFLY_S = 2 * 86_400, 20
RECEIVING, STOPPED = 0, 1


@dataclass
class FakeReception(FakeKefu):
    """The platform with humans. `names` are the accounts; `loses_events` loses their callbacks."""

    names: dict[str, str] = field(default_factory=lambda: {WK: "拾光衣橱客服"})
    in_range: set[str] | None = None
    """Members of the corp that the app sees; None means everybody."""
    loses_events: bool = False
    ends_from_pool: bool = True
    """Whether 2 → 4 is legal; the page does not say."""
    groups: list[str] | None = None
    """Chat ids that may be recommended; None when the administrator has configured nothing."""

    @override
    def __post_init__(self) -> None:
        super().__post_init__()
        self.staff: dict[str, dict[str, tuple[int, int]]] = {}
        self.with_human: dict[tuple[str, str], str] = {}
        self.code_state: dict[str, int] = {}
        self.recommended: list[Json] = []

    # ── what a test does ────────────────────────────────────────────────────────────────

    def employs(self, human: str, book: str = WK, status: int = RECEIVING) -> None:
        """Have a servicer, on duty unless said otherwise."""
        self.staff.setdefault(book, {})[human] = (status, 0)

    def goes(self, human: str, status: int, book: str = WK, *, away: bool = False) -> None:
        """Let a servicer begin (0) or stop (1) receiving; the event counts from one."""
        self.staff[book][human] = (status, int(away))
        told = {"servicer_userid": human, "status": status + 1, "stop_type": int(away)}
        self._happens("servicer_status_change", book, told)

    def picks(self, who: str, human: str, book: str = WK) -> None:
        """Let a servicer take somebody out of the pool."""
        code = self._hands(book, who, 3, human, _TWO_DAYS_S)
        self._changes(book, who, 1, "", human, code=code)

    def passes(self, who: str, human: str, book: str = WK) -> None:
        """Let a servicer pass somebody on."""
        old = self.with_human[book, who]
        self._hands(book, who, 3, human)
        self._changes(book, who, 2, old, human)

    def ends(self, who: str, book: str = WK) -> None:
        """Let a servicer end a session."""
        old = self.with_human.get((book, who), "")
        code = self._hands(book, who, 4, "", _BRIEFLY_S)
        self._changes(book, who, 3, old, "", code=code)

    def reopens(self, who: str, human: str, book: str = WK) -> None:
        """Let a servicer write to somebody whose session has ended."""
        self._hands(book, who, 3, human)
        self._changes(book, who, 4, "", human)

    def state_of(self, who: str, book: str = WK) -> tuple[int, str]:
        """Return state and servicer of a session."""
        return self.sessions[book, who].state, self.with_human.get((book, who), "")

    def _changes(
        self, book: str, who: str, kind: int, old: str, new: str, *, code: str = ""
    ) -> None:
        told: Json = {
            "external_userid": who,
            "change_type": kind,
            "old_servicer_userid": old,
            "new_servicer_userid": new,
        }
        self._happens("session_status_change", book, told | ({"msg_code": code} if code else {}))

    def _happens(self, name: str, book: str, told: Json) -> None:
        event = {"event_type": name, "open_kfid": book, **told}
        item: Json = {
            "msgid": f"e{next(self._counter)}",
            "open_kfid": book,
            "send_time": int(self.now()),
            "origin": 4,
            "msgtype": "event",
            "event": event,
        }
        if not self.loses_events:
            self.adds(item, book)

    def _hands(self, book: str, who: str, state: int, human: str, lives_s: int = 0) -> str:
        """Move a session; return a code for one line, when one is given."""
        self.sessions[book, who].state = state
        self.with_human.pop((book, who), None)
        if human:
            self.with_human[book, who] = human
        if not lives_s:
            return ""
        code = f"code-{next(self._counter)}"
        self.codes[code] = (book, who, self.now() + lives_s)
        self.code_state[code] = state
        return code

    @override
    def _code_fits(self, code: str, book: str, who: str) -> bool:
        state = self.code_state.get(code)
        return state is None or self.sessions[book, who].state == state

    # ── the API ─────────────────────────────────────────────────────────────────────────

    @override
    def _calls(self) -> dict[str, Callable[[web.Request], Awaitable[Json]]]:
        return super()._calls() | {
            "kf/service_state/get": self._get_state,
            "kf/service_state/trans": self._trans,
            "kf/servicer/list": self._servicers,
            "kf/servicer/add": self._add,
            "kf/servicer/del": self._remove,
            "kf/account/list": self._accounts,
            "kf/add_contact_way": self._link,
            "kf/customer/get_upgrade_service_config": self._upgrade_config,
            "kf/customer/upgrade_service": self._upgrade,
            "kf/customer/cancel_upgrade_service": self._cancel,
        }

    async def _get_state(self, request: web.Request) -> Json:
        body = await self._kf_body("kf/service_state/get", request)
        _CANCEL.check(body, "service_state/get")
        key = (self._account(body), str(body["external_userid"]))
        self._expire(key)
        human = {"servicer_userid": self.with_human[key]} if key in self.with_human else {}
        return {"service_state": self.sessions[key].state, **human}

    def _expire(self, key: tuple[str, str]) -> None:
        session = self.sessions[key]
        if session.wrote_at is not None and session.wrote_at <= self.now() - _TWO_DAYS_S:
            session.state = 4
            self.with_human.pop(key, None)

    async def _trans(self, request: web.Request) -> Json:
        body = await self._kf_body("kf/service_state/trans", request)
        _TRANS.check(body, "service_state/trans")
        book, who, to = self._account(body), str(body["external_userid"]), body["service_state"]
        self._expire((book, who))
        state, human = self.state_of(who, book)
        if (to == 3) != ("servicer_userid" in body):
            raise Wrong(BAD_PARAMETER, "servicer_userid belongs to 3")
        if state == 4:
            raise Wrong(95013, "the session has ended")
        legal = _ALLOWED[state] - (set() if self.ends_from_pool or state != 2 else {4})
        if to not in legal or (to == 3 and human == body["servicer_userid"]):
            raise Wrong(95016, f"{state} to {to}")
        if to == 3:
            self._can_take(book, str(body["servicer_userid"]))
        lives_s = {2: _TWO_DAYS_S, 4: _BRIEFLY_S}.get(to, 0)
        code = self._hands(book, who, to, str(body.get("servicer_userid", "")), lives_s)
        return {"msg_code": code} if code else {}

    def _can_take(self, book: str, human: str) -> None:
        if human not in self.staff.get(book, {}):
            raise Wrong(95014, "no servicer")
        if self.staff[book][human][0] != RECEIVING:
            raise Wrong(95019, "she has stopped")

    async def _servicers(self, request: web.Request) -> Json:
        self._authorised(request)
        self.calls.append(("kf/servicer/list", dict(request.query)))
        if request.method != "GET" or request.query.keys() != {"access_token", "open_kfid"}:
            raise Wrong(BAD_PARAMETER, "servicer/list")
        people = self.staff.get(self._account(dict(request.query)), {})
        listed: list[Json] = [
            {"userid": human, "status": status, "stop_type": stop}
            for human, (status, stop) in people.items()
        ]
        return {"servicer_list": [*listed, {"department_id": 2}]}

    async def _add(self, request: web.Request) -> Json:
        body = await self._kf_body("kf/servicer/add", request)
        _STAFF.check(body, "servicer/add")
        people = self.staff.setdefault(self._account(body), {})
        results: list[Json] = []
        for human in body["userid_list"]:
            if self.in_range is not None and human not in self.in_range:
                results.append({"userid": human, "errcode": 60030, "errmsg": "out of range"})
                continue
            known = human in people
            people.setdefault(human, (STOPPED, 0))
            results.append({"userid": human, "errcode": 0, "errmsg": "ignored" if known else "ok"})
        return {"result_list": results}

    async def _remove(self, request: web.Request) -> Json:
        body = await self._kf_body("kf/servicer/del", request)
        _STAFF.check(body, "servicer/del")
        people = self.staff.setdefault(self._account(body), {})
        results = [
            {
                "userid": human,
                "errcode": 0,
                "errmsg": "ok" if people.pop(human, None) else "ignored",
            }
            for human in body["userid_list"]
        ]
        return {"result_list": results}

    async def _accounts(self, request: web.Request) -> Json:
        body = await self._kf_body("kf/account/list", request)
        _PAGE.check(body, "account/list")
        start = body.get("offset", 0)
        listed = list(self.names.items())[start : start + body.get("limit", 100)]
        return {
            "account_list": [
                {
                    "open_kfid": book,
                    "name": name,
                    "avatar": "https://example.invalid/a.png",
                    "manage_privilege": True,
                }
                for book, name in listed
            ]
        }

    async def _link(self, request: web.Request) -> Json:
        body = await self._kf_body("kf/add_contact_way", request)
        _LINK.check(body, "add_contact_way")
        book = self._account(body)
        return {"url": f"https://work.weixin.qq.com/kf/{book}?enc_scene=ENC{body['scene']}"}

    async def _upgrade_config(self, request: web.Request) -> Json:
        self._authorised(request)
        self.calls.append(("kf/customer/get_upgrade_service_config", dict(request.query)))
        if request.method != "GET" or request.query.keys() != {"access_token"}:
            raise Wrong(BAD_PARAMETER, "get_upgrade_service_config")
        if self.groups is None:
            raise Wrong(95021, "nothing is configured")
        return {
            "member_range": {"userid_list": [], "department_id_list": []},
            "groupchat_range": {"chat_id_list": self.groups},
        }

    async def _upgrade(self, request: web.Request) -> Json:
        body = await self._kf_body("kf/customer/upgrade_service", request)
        _UPGRADE.check(body, "upgrade_service")
        self._account(body)
        if self.groups is None or body["groupchat"]["chat_id"] not in self.groups:
            raise Wrong(95021, "not within the range")
        self.recommended.append(body)
        return {}

    async def _cancel(self, request: web.Request) -> Json:
        body = await self._kf_body("kf/customer/cancel_upgrade_service", request)
        _CANCEL.check(body, "cancel_upgrade_service")
        self._account(body)
        return {}
