"""企业群发 and 客户朋友圈 on a loopback port, beside the rest of WeCom: strict, with a memory.

Written from the platform's pages (path/92135, 93338, 97610, 97611, 95094, 95098), not from our
client. Owners sleep until a test lets them confirm.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from aiohttp import web
from typing_extensions import override

from tests.kit.friends import FakeFriends
from tests.kit.platforms import Json
from tests.kit.wecom_rules import (
    BAD_PARAMETER,
    MEDIA,
    URL,
    Flag,
    Many,
    Number,
    Rule,
    Shape,
    Words,
    Wrong,
    shape,
)

_USER = Words(64, pattern=r"[0-9A-Za-z_.@-]+")
_CHAT = Words(64, pattern=r"wr[0-9A-Za-z_-]+")
_CUSTOMER = Words(64, pattern=r"w[mo][0-9A-Za-z_-]+")
_MSGID = Words(128)
_ATTACHED: Mapping[str, Rule] = {
    "image": MEDIA,
    "link": shape("title url", title=Words(128), picurl=URL, desc=Words(512, empty=True), url=URL),
}
_MOMENT: Mapping[str, Rule] = {
    "image": MEDIA,
    "link": shape("title url media_id", title=Words(64), url=URL, media_id=Words()),
}


class _Attachment:
    def __init__(self, kinds: Mapping[str, Rule]) -> None:
        self._kinds = kinds

    def check(self, value: object, where: str) -> None:
        kind = str(value.get("msgtype")) if isinstance(value, dict) else ""
        if kind not in self._kinds:
            raise Wrong(41058, f"{where}.msgtype")
        fields: dict[str, Rule] = {"msgtype": Words(), kind: self._kinds[kind]}
        Shape(fields, frozenset(fields)).check(value, where)


_TEXT = shape("content", content=Words(4000))
_TEMPLATE = shape(
    chat_type=Words(pattern="single|group"),
    sender=_USER,
    chat_id_list=Many(_CHAT, 1, 2000),
    external_userid=Many(_CUSTOMER, 1, 10_000),
    allow_select=Flag(),
    text=_TEXT,
    attachments=Many(_Attachment(_ATTACHED), 1, 9),
)
_LIST = shape(
    "chat_type start_time end_time",
    chat_type=Words(pattern="single|group"),
    start_time=Number(1, 1 << 40),
    end_time=Number(1, 1 << 40),
    creator=_USER,
    filter_type=Number(0, 2),
    limit=Number(1, 100),
    cursor=Words(),
)
_TASK = shape("msgid", msgid=_MSGID, limit=Number(1, 1000), cursor=Words())
_RESULT = shape("msgid userid", msgid=_MSGID, userid=_USER, limit=Number(1, 1000), cursor=Words())
_ONE = shape("msgid", msgid=_MSGID)
_TAGS = Many(Words(64, pattern=r"et[0-9A-Za-z_-]+"), 1, 100)
_RANGE = shape(
    sender_list=shape("user_list", user_list=Many(_USER, 1, 100_000)),
    external_contact_list=shape("tag_list", tag_list=_TAGS),
)
_ADD_MOMENT = shape(
    text=shape("content", content=Words(4000, most_chars=2000)),
    attachments=Many(_Attachment(_MOMENT), 1, 9),
    visible_range=_RANGE,
)
_MOMENT_ONE = shape("moment_id", moment_id=_MSGID, limit=Number(1, 1000), cursor=Words())
_DAY_S, _MONTH_S = 86_400, 31 * 86_400


@dataclass
class SendTask:
    """One 企业群发 at the platform."""

    msgid: str
    body: Json
    at: float
    failed: list[str]
    confirmed_at: float = 0.0
    cancelled: bool = False
    reminded: list[float] = field(default_factory=list)
    sent: dict[str, float] = field(default_factory=dict)
    creator: str = ""
    """Only what people make themselves is listed with it."""
    missed: dict[str, int] = field(default_factory=dict)
    """Customers whom it will not reach: 2 is no friend any more, 3 has had too many."""

    @property
    def owner(self) -> str:
        return str(self.body["sender"])

    @property
    def wanted(self) -> list[str]:
        found: list[str] = self.body.get("chat_id_list") or self.body.get("external_userid") or []
        return found

    @property
    def recipients(self) -> list[str]:
        return [one for one in self.wanted if one not in self.failed]

    @property
    def text(self) -> str:
        return str(self.body.get("text", {}).get("content", ""))


@dataclass
class MomentTask:
    """One 朋友圈 at the platform."""

    moment_id: str
    body: Json
    published: set[str] = field(default_factory=set)
    cancelled: bool = False


@dataclass
class FakeMassSend(FakeFriends):
    """The platform with owners of customer groups, and friends of customers."""

    page: int = 1000
    """How many entries one answer holds at most."""
    most_a_month: int = 31
    """How many tasks one group or customer may have been sent in a month."""
    dead_chats: set[str] = field(default_factory=set)
    dispatching: int = 0
    """So many questions about tasks are answered with 41063."""
    calls_per_minute: int = 10_000
    list_lags_s: float = 0.0
    """A new task shows in the list only after so long."""

    @override
    def __post_init__(self) -> None:
        super().__post_init__()
        self.tasks: dict[str, SendTask] = {}
        self.moments: dict[str, MomentTask] = {}

    # ── what a test asks and does ───────────────────────────────────────────────────────

    def tasks_of(self, owner: str) -> list[SendTask]:
        """The tasks that an owner has in her client, cancelled ones too."""
        return [task for task in self.tasks.values() if task.owner == owner]

    def asked_for(self) -> list[str]:
        """Each chat or customer as often as it is in a task."""
        return [one for task in self.tasks.values() for one in task.wanted]

    def confirm(self, task: SendTask, *, only: int | None = None) -> None:
        """Let an owner press 发送; with `only` so many have got it until now."""
        assert not task.cancelled
        task.confirmed_at = self.now()
        for chat in [one for one in task.recipients if one not in task.missed][:only]:
            task.sent.setdefault(chat, self.now())

    def makes_herself(self, owner: str, chats: list[str], text: str) -> SendTask:
        """Let an owner make a mass send in her own client."""
        body = {"chat_type": "group", "sender": owner, "chat_id_list": chats}
        task = SendTask(self._new_id("own"), body | {"text": {"content": text}}, self.now(), [])
        task.creator = owner
        self.tasks[task.msgid] = task
        return task

    def publish(self, moment: MomentTask, who: str) -> None:
        """Let an employee publish."""
        moment.published.add(who)

    def _new_id(self, kind: str) -> str:
        return f"{kind}INVENTED{next(self._ids):08}"

    # ── the API ─────────────────────────────────────────────────────────────────────────

    @override
    def _calls(self) -> dict[str, Callable[[web.Request], Awaitable[Json]]]:
        mine: dict[str, tuple[Rule, Callable[[Json], Json]]] = {
            "add_msg_template": (_TEMPLATE, self._add),
            "get_groupmsg_list_v2": (_LIST, self._list_sends),
            "get_groupmsg_task": (_TASK, self._task_list),
            "get_groupmsg_send_result": (_RESULT, self._send_list),
            "remind_groupmsg_send": (_ONE, self._remind),
            "cancel_groupmsg_send": (_ONE, self._cancel),
            "add_moment_task": (_ADD_MOMENT, self._add_moment),
            "get_moment_task": (_MOMENT_ONE, self._moment_list),
            "cancel_moment_task": (shape("moment_id", moment_id=_MSGID), self._cancel_moment),
        }
        calls = {
            f"externalcontact/{name}": self._checked(name, rule, does)
            for name, (rule, does) in mine.items()
        }
        calls["externalcontact/get_moment_task_result"] = self._moment_result
        calls["media/upload_attachment"] = self._upload_attachment
        return super()._calls() | calls

    def _checked(
        self, name: str, rule: Rule, does: Callable[[Json], Json]
    ) -> Callable[[web.Request], Awaitable[Json]]:
        async def answer(request: web.Request) -> Json:
            self._authorised(request)
            body = await self._body(name, request)
            rule.check(body, name)
            if not self._counts(name, self.calls_per_minute):
                raise Wrong(45009, "api freq out of limit")
            return does(body)

        return answer

    def _add(self, body: Json) -> Json:
        if "text" not in body and "attachments" not in body:
            raise Wrong(BAD_PARAMETER, "text or attachments")
        groups = body.get("chat_type") == "group"
        if groups and ("sender" not in body or "chat_id_list" not in body):
            raise Wrong(BAD_PARAMETER, "sender and chat_id_list")
        if (groups and "external_userid" in body) or (not groups and "chat_id_list" in body):
            raise Wrong(BAD_PARAMETER, "receivers of another kind")
        if self.users is not None and str(body.get("sender", "")).lower() not in self.users:
            raise Wrong(40003, "sender")
        for one in body.get("attachments", []):
            if one["msgtype"] == "image":
                self._known_media(one["image"]["media_id"], "corp")
        wanted = body["chat_id_list"] if groups else body["external_userid"]
        if len(set(wanted)) != len(wanted):
            raise Wrong(BAD_PARAMETER, "a receiver twice")
        sender = str(body.get("sender", ""))
        failed = [
            one
            for one in wanted
            if one in self.dead_chats
            or self._is_full(one)
            or (not groups and self.friends and sender not in self.friends.get(one, {}))
        ]
        if len(failed) == len(wanted):
            raise Wrong(41048, "nobody to send to")
        task = SendTask(self._new_id("msg"), body, self.now(), failed)
        self.tasks[task.msgid] = task
        return {"fail_list": failed, "msgid": task.msgid}

    def _is_full(self, receiver: str) -> bool:
        since = self.now() - _MONTH_S
        had = [task for task in self.tasks.values() if task.sent.get(receiver, 0.0) > since]
        return len(had) >= self.most_a_month

    def _list_sends(self, body: Json) -> Json:
        begin, end = body["start_time"], body["end_time"]
        if not begin <= end <= begin + _MONTH_S:
            raise Wrong(BAD_PARAMETER, "start_time and end_time")
        shown = []
        for task in self.tasks.values():
            is_listed = begin <= int(task.at) <= end and self.now() - task.at >= self.list_lags_s
            if not is_listed or task.body.get("chat_type", "single") != body["chat_type"]:
                continue
            if "creator" in body and task.creator != body["creator"]:
                continue
            if body.get("filter_type", 2) == (0 if task.creator else 1):
                continue
            entry = {
                "msgid": task.msgid,
                "create_time": str(int(task.at)),
                "create_type": int(bool(task.creator)),
                "text": {"content": task.text},
                "attachments": task.body.get("attachments", []),
            }
            shown.append(entry | ({"creator": task.creator} if task.creator else {}))
        return self._paged("group_msg_list", shown, body)

    def _paged(self, name: str, entries: list[Json], body: Json) -> Json:
        most = min(body.get("limit", 50), self.page)
        begin = int(body.get("cursor") or 0)
        after = begin + most
        following = str(after) if after < len(entries) else ""
        return {name: entries[begin:after], "next_cursor": following}

    def _known(self, body: Json) -> SendTask:
        if self.dispatching > 0:
            self.dispatching -= 1
            raise Wrong(41063, "msgid")
        if body["msgid"] not in self.tasks:
            raise Wrong(40058, "msgid")
        return self.tasks[body["msgid"]]

    def _task_list(self, body: Json) -> Json:
        task = self._known(body)
        entry: Json = {"userid": task.owner, "status": 0}
        if task.confirmed_at:
            entry |= {"status": 2, "send_time": int(task.confirmed_at)}
        return self._paged("task_list", [entry], body)

    def _send_list(self, body: Json) -> Json:
        task = self._known(body)
        if body["userid"] != task.owner:
            raise Wrong(40003, "userid")
        if "chat_id_list" not in task.body:
            return self._paged("send_list", [self._sent_to(task, one) for one in task.wanted], body)
        sent = [
            {"chat_id": chat, "userid": task.owner, "status": 1, "send_time": int(at)}
            for chat, at in task.sent.items()
        ]
        return self._paged("send_list", sent, body)

    def _sent_to(self, task: SendTask, customer: str) -> Json:
        """All customers are listed, whatever became of it; groups are when it was sent."""
        entry: Json = {"external_userid": customer, "userid": task.owner, "status": 0}
        if customer in task.sent:
            return entry | {"status": 1, "send_time": int(task.sent[customer])}
        return entry | ({"status": task.missed[customer]} if customer in task.missed else {})

    def _remind(self, body: Json) -> Json:
        task = self._known(body)
        task.reminded = [at for at in task.reminded if at > self.now() - _DAY_S]
        if len(task.reminded) >= 3:
            raise Wrong(41094, "msgid")
        if task.cancelled:
            raise Wrong(41093, "msgid")
        task.reminded.append(self.now())
        return {}

    def _cancel(self, body: Json) -> Json:
        task = self._known(body)
        if task.cancelled:
            raise Wrong(41093, "msgid")
        task.cancelled = True
        return {}

    # ── moments ─────────────────────────────────────────────────────────────────────────

    async def _upload_attachment(self, request: web.Request) -> Json:
        self._authorised(request)
        query = request.query
        if query.keys() != {"access_token", "media_type", "attachment_type"}:
            raise Wrong(BAD_PARAMETER, "query")
        if query["attachment_type"] not in ("1", "2"):
            raise Wrong(BAD_PARAMETER, "attachment_type")
        kind = query["media_type"]
        stored = await self._store_as("media/upload_attachment", request, kind, "moment")
        return {"type": kind, "media_id": stored, "created_at": 1782000000}

    async def _store_as(self, call: str, request: web.Request, kind: str, owner: str) -> str:
        part = (await request.post()).get("media")
        if not isinstance(part, web.FileField) or kind not in ("image", "video", "file"):
            raise Wrong(BAD_PARAMETER, "media")
        content = part.file.read()
        part.file.close()
        if not 5 < len(content) <= 10 * 1024 * 1024:
            raise Wrong(BAD_PARAMETER, "media")
        self.calls.append((call, {"type": kind, "name": part.filename}))
        media_id = self._new_id("media")
        self._uploads[media_id] = (content, self.now() + 3 * _DAY_S, f"{owner}.{kind}")
        return media_id

    def _add_moment(self, body: Json) -> Json:
        if "text" not in body and "attachments" not in body:
            raise Wrong(BAD_PARAMETER, "text or attachments")
        attached = body.get("attachments", [])
        if len({one["msgtype"] for one in attached}) > 1:
            raise Wrong(BAD_PARAMETER, "attachments of two kinds")
        for one in attached:
            self._known_media(one[one["msgtype"]]["media_id"], "moment")
        job = self._new_id("job")
        self.moments[job] = MomentTask(self._new_id("mom"), body)
        return {"jobid": job}

    async def _moment_result(self, request: web.Request) -> Json:
        self._authorised(request)
        job = request.query.get("jobid", "")
        self.calls.append(("get_moment_task_result", dict(request.query)))
        if request.method != "GET" or job not in self.moments:
            raise Wrong(40058, "jobid")
        if self.dispatching > 0:
            self.dispatching -= 1
            return {"status": 2}
        senders = self._senders(self.moments[job])
        strangers = [one for one in senders if self.users is not None and one not in self.users]
        result = {
            "errcode": 0,
            "errmsg": "ok",
            "moment_id": self.moments[job].moment_id,
            "invalid_sender_list": {"user_list": strangers, "department_list": []},
        }
        return {"status": 3, "type": "add_moment_task", "result": result}

    def _senders(self, moment: MomentTask) -> list[str]:
        found: list[str] = (
            moment.body.get("visible_range", {}).get("sender_list", {}).get("user_list", [])
        )
        return found

    def _moment(self, body: Json) -> MomentTask:
        for moment in self.moments.values():
            if moment.moment_id == body["moment_id"]:
                return moment
        raise Wrong(40058, "moment_id")

    def _moment_list(self, body: Json) -> Json:
        moment = self._moment(body)
        entries = [
            {"userid": who, "publish_status": int(who in moment.published)}
            for who in self._senders(moment)
        ]
        return self._paged("task_list", entries, body)

    def _cancel_moment(self, body: Json) -> Json:
        self._moment(body).cancelled = True
        return {}
