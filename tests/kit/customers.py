"""客户联系 on a loopback port, beside the rest of WeCom: groups with people, strict, with a memory.

Written from the platform's pages (path/92120, 92122, 92130, 92229, 92366), not from our door.
Whatever changes returns the callback that tells of it; a test delivers it, loses it, or delivers
it late.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import md5
from itertools import count
from pathlib import Path

from aiohttp import web
from typing_extensions import override

from bot.channels.wecom.customer_groups import CustomerGroups
from bot.channels.wecom.sources import Hosts
from bot.kernel.abilities import SendQuota
from bot.kernel.clock import Clock
from tests.kit.customers_rules import (
    CHAT_GET,
    CHAT_LIST,
    GREETING_ADD,
    GREETING_EDIT,
    WAY,
    WAY_CHANGE,
    one_attachment,
)
from tests.kit.friends import FakeFriends, customer
from tests.kit.mail import AES_KEY, TOKEN
from tests.kit.media import png
from tests.kit.platforms import CORP, SECRET, FakeWecom, Json
from tests.kit.wecom_rules import BAD_PARAMETER, Words, Wrong, shape

__all__ = ["Chat", "FakeCustomers", "chat", "customer", "customer_groups"]


def chat(number: int) -> str:
    """Return the id of a group."""
    return f"wrInventedCustomerGroup{number:09}"


@dataclass
class Chat:
    """A customer group and its past: what was answered from when on."""

    chat_id: str
    name: str
    owner: str
    created: int
    people: dict[str, Json] = field(default_factory=dict)
    notice: str = ""
    admins: list[str] = field(default_factory=list)
    version: str = ""
    status: int = 0
    dismissed_at: float | None = None
    past: list[tuple[float, Json]] = field(default_factory=list)

    def told(self) -> Json:
        """Return the group as groupchat/get has it."""
        return {
            "chat_id": self.chat_id,
            "name": self.name,
            "owner": self.owner,
            "create_time": self.created,
            "notice": self.notice,
            "member_list": [dict(one) for one in self.people.values()],
            "admin_list": [{"userid": one} for one in self.admins],
            "member_version": self.version,
        }


@dataclass
class FakeCustomers(FakeFriends):
    """The platform with customer groups.

    `page` is how many groups one answer lists at most, `lag_s` how long an answer is of before.
    """

    page: int = 1000
    lag_s: float = 0.0
    keeps_past: bool = True
    """Off for a bench, where answers never lag."""
    lists_everybody: bool = True
    """False for a corp so large that a listing has to name owners."""

    @override
    def __post_init__(self) -> None:
        super().__post_init__()
        self.chats: dict[str, Chat] = {}
        self.unlisted: set[str] = set()
        self.ways: dict[str, Json] = {}
        self.greetings: dict[str, Json] = {}
        self.lost_cursors: set[str] = set()
        self.code_at = "{}/wwpic/{}"
        self.code = png(2, 2)
        self.codes_asked = 0
        self._versions = count(1)

    # ── what a test does; each returns the callback that tells of it ─────────────────────

    def opens(self, number: int, owner: str = "lihua", name: str = "周末徒步群") -> str:
        """Let an employee open a group."""
        made = Chat(chat(number), name, owner, int(self.now()))
        self.chats[made.chat_id] = made
        made.people[owner] = self._person(owner, 1, 1, owner)
        self._keep(made, members=True)
        return self._callback("change_external_chat", ChatId=made.chat_id, ChangeType="create")

    def joins(
        self, number: int, *who: str, scene: int = 3, inviter: str = "", state: str = ""
    ) -> str:
        """Let people come into a group, all in one event."""
        group = self.chats[chat(number)]
        for one in who:
            group.people[one] = self._person(one, 2, scene, inviter, state)
        # the event counts ways in otherwise than the list (path/92130)
        fields = {"JoinScene": "0" if scene == 1 else "3", "QuitScene": "0"}
        return self._members(group, "add_member", who, fields)

    def leaves(self, number: int, *who: str, removed: bool = False) -> str:
        """Let people leave a group."""
        group = self.chats[chat(number)]
        for one in who:
            del group.people[one]
        fields = {"JoinScene": "0", "QuitScene": str(int(removed))}
        return self._members(group, "del_member", who, fields)

    def renames(self, number: int, name: str) -> str:
        """Let a group have another name."""
        self.chats[chat(number)].name = name
        return self._changed(number, "change_name")

    def notices(self, number: int, notice: str) -> str:
        """Let a group have another notice."""
        self.chats[chat(number)].notice = notice
        return self._changed(number, "change_notice")

    def hands_over(self, number: int, owner: str) -> str:
        """Let a group have another owner."""
        group = self.chats[chat(number)]
        group.owner = owner
        group.people.setdefault(owner, self._person(owner, 1, 1, owner))
        return self._changed(number, "change_owner")

    def dismisses(self, number: int) -> str:
        """Let a group end."""
        group = self.chats[chat(number)]
        group.dismissed_at = self.now()
        return self._callback("change_external_chat", ChatId=group.chat_id, ChangeType="dismiss")

    def _person(self, who: str, kind: int, scene: int, inviter: str, state: str = "") -> Json:
        person: Json = {
            "userid": who,
            "type": kind,
            "join_time": int(self.now()),
            "join_scene": scene,
            "group_nickname": f"群里的{who[-4:]}",
            "name": f"名字{who[-4:]}",
        }
        if kind == 2:
            person["unionid"] = f"o{who[2:]}"
        if inviter:
            person["invitor"] = {"userid": inviter}
        if state:
            person["state"] = state
        return person

    def _changed(self, number: int, detail: str) -> str:
        group = self.chats[chat(number)]
        self._keep(group, members=False)
        return self._callback(
            "change_external_chat",
            ChatId=group.chat_id,
            ChangeType="update",
            UpdateDetail=detail,
            JoinScene="0",
            QuitScene="0",
            MemChangeCnt="0",
        )

    def _members(
        self, group: Chat, detail: str, who: tuple[str, ...], fields: Mapping[str, str]
    ) -> str:
        before = group.version
        self._keep(group, members=True)
        items = "".join(f"<Item><![CDATA[{one}]]></Item>" for one in who)
        return self._callback(
            "change_external_chat",
            ChatId=group.chat_id,
            ChangeType="update",
            UpdateDetail=detail,
            **fields,
            MemChangeCnt=str(len(who)),
            raw=f"<MemChangeList>{items}</MemChangeList>",
            LastMemVer=before,
            CurMemVer=group.version,
        )

    def _keep(self, group: Chat, *, members: bool) -> None:
        if members:
            number = next(self._versions)
            group.version = md5(f"{group.chat_id} {number}".encode()).hexdigest()  # noqa: S324 - a name
        if self.keeps_past:
            group.past.append((self.now(), group.told()))

    # ── the API ─────────────────────────────────────────────────────────────────────────

    @override
    def routes(self) -> Iterable[web.RouteDef]:
        yield from super().routes()
        yield web.get("/wwpic/{number}", self.give_code)

    async def give_code(self, _request: web.Request) -> web.Response:
        """Give the picture of a join way."""
        self.codes_asked += 1
        return web.Response(body=self.code, content_type="image/png")

    @override
    def _calls(self) -> dict[str, Callable[[web.Request], Awaitable[Json]]]:
        head = "externalcontact"
        return super()._calls() | {
            f"{head}/groupchat/list": self._chat_list,
            f"{head}/groupchat/get": self._chat_get,
            f"{head}/groupchat/add_join_way": self._add_way,
            f"{head}/groupchat/get_join_way": self._get_way,
            f"{head}/groupchat/update_join_way": self._update_way,
            f"{head}/groupchat/del_join_way": self._del_way,
            f"{head}/group_welcome_template/add": self._add_greeting,
            f"{head}/group_welcome_template/edit": self._edit_greeting,
            f"{head}/group_welcome_template/get": self._get_greeting,
            f"{head}/group_welcome_template/del": self._del_greeting,
        }

    async def _chat_list(self, request: web.Request) -> Json:
        body = await self._posted(request, CHAT_LIST)
        owners = body.get("owner_filter", {}).get("userid_list", [])
        if not owners and not self.lists_everybody:
            raise Wrong(81017, "owner_filter")
        cursor = body.get("cursor", "")
        if cursor in self.lost_cursors:
            self.lost_cursors.discard(cursor)
            raise Wrong(50100, "cursor")
        seen = [
            group
            for group in self.chats.values()
            if not self._is_over(group)
            and group.chat_id not in self.unlisted
            and (not owners or group.owner in owners)
        ]
        start, size = int(cursor or 0), min(self.page, body.get("limit", 100))
        end = start + size
        return {
            "group_chat_list": [
                {"chat_id": group.chat_id, "status": group.status} for group in seen[start:end]
            ],
            "next_cursor": str(end) if end < len(seen) else "",
        }

    def _is_over(self, group: Chat) -> bool:
        return group.dismissed_at is not None and group.dismissed_at <= self.now() - self.lag_s

    async def _chat_get(self, request: web.Request) -> Json:
        body = await self._posted(request, CHAT_GET)
        group = self.chats.get(body["chat_id"])
        if group is None:
            raise Wrong(40050, "chat_id")
        if self._is_over(group):
            raise Wrong(49008, "dissolved")
        if not self.keeps_past:
            return {"group_chat": _named(group.told(), body)}
        past = [told for at, told in group.past if at <= self.now() - self.lag_s]
        if not past:
            raise Wrong(90501, "not a customer group")
        return {"group_chat": _named(past[-1], body)}

    async def _add_way(self, request: web.Request) -> Json:
        body = await self._posted(request, WAY)
        self._known_chats(body)
        number = next(self._ids)
        self.ways[f"way{number}"] = body | {"qr_code": self.code_at.format(self.url, number)}
        return {"config_id": f"way{number}"}

    async def _get_way(self, request: web.Request) -> Json:
        way_id = await self._way(request)
        return {"join_way": {"config_id": way_id, **self.ways[way_id]}}

    async def _update_way(self, request: web.Request) -> Json:
        body = await self._posted(request, WAY_CHANGE)
        if body["config_id"] not in self.ways:
            raise Wrong(40058, "config_id")
        self._known_chats(body)
        self.ways[body["config_id"]].update(body)
        return {}

    async def _del_way(self, request: web.Request) -> Json:
        del self.ways[await self._way(request)]
        return {}

    async def _way(self, request: web.Request) -> str:
        body = await self._posted(request, shape("config_id", config_id=Words()))
        if body["config_id"] not in self.ways:
            raise Wrong(40058, "config_id")
        return str(body["config_id"])

    def _known_chats(self, body: Json) -> None:
        if strange := set(body["chat_id_list"]) - self.chats.keys():
            raise Wrong(40050, str(strange))

    async def _add_greeting(self, request: web.Request) -> Json:
        body = await self._posted(request, GREETING_ADD)
        self._attached(body)
        if len(self.greetings) == 100:
            raise Wrong(BAD_PARAMETER, "more than 100")
        number = f"msgTemplate{next(self._ids)}"
        self.greetings[number] = body
        return {"template_id": number}

    async def _edit_greeting(self, request: web.Request) -> Json:
        body = await self._posted(request, GREETING_EDIT)
        self._attached(body)
        self._known_greeting(body)
        self.greetings[body["template_id"]] = body
        return {}

    async def _get_greeting(self, request: web.Request) -> Json:
        body = await self._posted(request, shape("template_id", template_id=Words()))
        self._known_greeting(body)
        return dict(self.greetings[body["template_id"]])

    async def _del_greeting(self, request: web.Request) -> Json:
        rule = shape("template_id", template_id=Words(), agentid=Words())
        body = await self._posted(request, rule)
        self._known_greeting(body)
        del self.greetings[body["template_id"]]
        return {}

    def _attached(self, body: Json) -> None:
        """One of five, and what is uploaded is still there and is of that kind."""
        one_attachment(body)
        for kind in ("image", "file", "video"):
            if kind in body:
                self._known_media(body[kind].get("media_id", ""), "corp", kind)
        if "miniprogram" in body:
            self._known_media(body["miniprogram"]["pic_media_id"], "corp")

    def _known_greeting(self, body: Json) -> None:
        if body["template_id"] not in self.greetings:
            raise Wrong(40058, "template_id")


def _named(told: Json, body: Json) -> Json:
    if body.get("need_name"):
        return told
    people = [{k: v for k, v in one.items() if k != "name"} for one in told["member_list"]]
    return told | {"member_list": people}


HERE = Hosts.named("127.0.0.1", scheme="http")


def customer_groups(
    platform: FakeWecom,
    clock: Clock,
    media_root: Path = Path("/nowhere"),
    *,
    owners: tuple[str, ...] = (),
    quota: SendQuota = SendQuota.DAYS_OF_MONTH,
    timeout_s: float = 2.0,
    code_hosts: Hosts = HERE,
) -> CustomerGroups:
    """Return the door whose platform is `platform`; not started."""
    return CustomerGroups(
        api_base=platform.url,
        corp_id=CORP,
        secret=SECRET,
        token=TOKEN,
        aes_key=AES_KEY,
        clock=clock,
        media_root=media_root,
        group_owners=owners,
        quota=quota,
        timeout_s=timeout_s,
        code_hosts=code_hosts,
    )
