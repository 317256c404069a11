"""Customers who are friends of employees, their tags, and the greeting of a new one.

Written from the platform's pages (path/92113 to 92118, 92137, 92994), not from our door.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from itertools import count

from aiohttp import web
from typing_extensions import override

from tests.kit.customers_rules import BATCH, CORP_TAGS, MARK, NEW_TAG, WELCOME
from tests.kit.platforms import CORP, FakeWecom, Json
from tests.kit.wecom_rules import BAD_PARAMETER, Rule, Wrong


def customer(number: int) -> str:
    """Return the id of a customer."""
    return f"wmInventedExternalUser{number:010}"


@dataclass
class FakeFriends(FakeWecom):
    """The platform with employees who have customers."""

    followers: list[str] = field(default_factory=lambda: ["lihua", "wangfang"])

    @override
    def __post_init__(self) -> None:
        super().__post_init__()
        self.friends: dict[str, dict[str, Json]] = {}
        self.codes: dict[str, tuple[str, float]] = {}
        self.given: set[str] = set()
        self.welcomed: list[tuple[str, Json]] = []
        self.tags: list[Json] = []
        self.marks: list[Json] = []
        self._ids = count(1)

    def befriends(
        self, number: int, colleague: str = "lihua", state: str = "", **beside: str
    ) -> str:
        """Let a customer become a friend; she may be greeted for 20 s."""
        who, code = customer(number), f"code-{next(self._ids)}"
        self.codes[code] = (who, self.now() + 20)
        self.friends.setdefault(who, {})[colleague] = {
            "userid": colleague,
            "remark": f"客户{number}",
            "createtime": int(self.now()),
            "tags": [],
            "state": state,
        }
        fields = {"State": state} if state else {}
        return self._callback(
            "change_external_contact",
            ChangeType="add_external_contact",
            UserID=colleague,
            ExternalUserID=who,
            **fields,
            WelcomeCode=code,
            **beside,
        )

    def welcomes(self, code: str, who: str = "lihua") -> str:
        """Give out a code for one greeting, as with a new friend."""
        if code not in self.given:
            self.given.add(code)
            self.codes[code] = (who, self.now() + 20)
        return code

    def _callback(self, event: str, raw: str = "", **fields: str) -> str:
        said = "".join(f"<{name}><![CDATA[{text}]]></{name}>" for name, text in fields.items())
        return (
            f"<xml><ToUserName><![CDATA[{CORP}]]></ToUserName>"
            f"<FromUserName><![CDATA[sys]]></FromUserName><CreateTime>{int(self.now())}</CreateTime>"
            f"<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[{event}]]></Event>{said}{raw}</xml>"
        )

    @override
    def _calls(self) -> dict[str, Callable[[web.Request], Awaitable[Json]]]:
        head = "externalcontact"
        return super()._calls() | {
            f"{head}/get_follow_user_list": self._followers,
            f"{head}/list": self._list,
            f"{head}/get": self._get,
            f"{head}/batch/get_by_user": self._batch,
            f"{head}/get_corp_tag_list": self._tag_list,
            f"{head}/add_corp_tag": self._add_tag,
            f"{head}/mark_tag": self._mark,
            f"{head}/send_welcome_msg": self._welcome,
        }

    async def _posted(self, request: web.Request, rule: Rule) -> Json:
        self._authorised(request)
        call = request.match_info["call"]
        body = await self._body(call, request)
        rule.check(body, call)
        return body

    def _asked(self, request: web.Request, *names: str) -> Mapping[str, str]:
        self._authorised(request)
        query = {name: text for name, text in request.query.items() if name != "access_token"}
        self.calls.append((request.match_info["call"], dict(query)))
        if request.method != "GET" or query.keys() - set(names):
            raise Wrong(BAD_PARAMETER, str(sorted(query)))
        return query

    async def _followers(self, request: web.Request) -> Json:
        self._asked(request)
        return {"follow_user": self.followers}

    async def _list(self, request: web.Request) -> Json:
        colleague = self._asked(request, "userid").get("userid", "")
        found = [who for who, by in self.friends.items() if colleague in by]
        if not found:
            raise Wrong(84061, "no friends")
        return {"external_userid": found}

    async def _get(self, request: web.Request) -> Json:
        query = self._asked(request, "external_userid", "cursor")
        who = query.get("external_userid", "")
        if who not in self.friends:
            raise Wrong(84061, "external_userid")
        follows = list(self.friends[who].values())
        start = int(query.get("cursor", "0"))
        more = str(start + 500) if len(follows) > start + 500 else ""
        return {
            "external_contact": self._about(who),
            "follow_user": follows[start : start + 500],
            "next_cursor": more,
        }

    async def _batch(self, request: web.Request) -> Json:
        body = await self._posted(request, BATCH)
        pairs = [
            (who, by[one])
            for one in body["userid_list"]
            for who, by in self.friends.items()
            if one in by
        ]
        start, size = int(body.get("cursor", "0")), body.get("limit", 50)
        rows = [
            {
                "external_contact": self._about(who),
                "follow_info": {
                    **{name: value for name, value in info.items() if name != "tags"},
                    "tag_id": [tag["tag_id"] for tag in info["tags"]],
                },
            }
            for who, info in pairs[start : start + size]
        ]
        more = str(start + size) if len(pairs) > start + size else ""
        return {"external_contact_list": rows, "next_cursor": more}

    def _about(self, who: str) -> Json:
        return {
            "external_userid": who,
            "name": f"名字{who[-4:]}",
            "avatar": "https://wx.example.invalid/a",
            "type": 1,
            "gender": 0,
            "unionid": f"o{who[2:]}",
        }

    async def _tag_list(self, request: web.Request) -> Json:
        await self._posted(request, CORP_TAGS)
        return {"tag_group": self.tags}

    async def _add_tag(self, request: web.Request) -> Json:
        body = await self._posted(request, NEW_TAG)
        if ("group_id" in body) == ("group_name" in body):
            raise Wrong(BAD_PARAMETER, "group_id or group_name")
        found = [
            one
            for one in self.tags
            if one["group_id"] == body.get("group_id")
            or one["group_name"] == body.get("group_name")
        ]
        group = (
            found[0]
            if found
            else {
                "group_id": f"etg{next(self._ids)}",
                "group_name": body.get("group_name", ""),
                "deleted": False,
                "tag": [],
            }
        )
        if "group_id" in body and not found:
            raise Wrong(40068, "group_id")
        if {tag["name"] for tag in body["tag"]} & {tag["name"] for tag in group["tag"]}:
            raise Wrong(40071, "a tag of this name exists")
        made = [{"id": f"et{next(self._ids)}", "name": tag["name"]} for tag in body["tag"]]
        group["tag"] += made
        self.tags += [] if found else [group]
        return {"tag_group": {**group, "tag": made}}

    async def _mark(self, request: web.Request) -> Json:
        body = await self._posted(request, MARK)
        if not body.get("add_tag") and not body.get("remove_tag"):
            raise Wrong(BAD_PARAMETER, "both lists are empty")
        if body["userid"] not in self.friends.get(body["external_userid"], {}):
            raise Wrong(84061, "no friends")
        known = {tag["id"] for group in self.tags for tag in group["tag"]}
        if not {*body.get("add_tag", []), *body.get("remove_tag", [])} <= known:
            raise Wrong(40068, "tag")
        self.marks.append(body)
        return {}

    async def _welcome(self, request: web.Request) -> Json:
        body = await self._posted(request, WELCOME)
        if not body.get("text") and not body.get("attachments"):
            raise Wrong(BAD_PARAMETER, "neither text nor attachments")
        for one in body.get("attachments", []):
            if one["msgtype"] == "image" and "media_id" in one["image"]:
                self._known_media(one["image"]["media_id"], "corp")
        who, until = self.codes.pop(body["welcome_code"], ("", 0.0))
        if until <= self.now():
            raise Wrong(41050, "welcome_code")
        self.welcomed.append((who, body))
        return {}
