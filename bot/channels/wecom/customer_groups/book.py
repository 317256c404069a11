"""Lists customer groups and reads one (path/92120 and 92122, 2026-07)."""

import json
from collections.abc import Sequence

from typing_extensions import override

from bot.channels.wecom.client import WecomApi
from bot.channels.wecom.customer_groups.events import is_customer, named
from bot.channels.wecom.customer_groups.pace import Pace
from bot.channels.wecom.http import Answer, Json, text_in
from bot.channels.wecom.reading import (
    instant_of,
    must,
    object_in,
    rows_in,
    texts_in,
    whole_in,
)
from bot.kernel.customers import (
    GroupBook,
    GroupGone,
    GroupsPage,
    GroupState,
    Handover,
    InGroup,
    JoinScene,
    ListedGroup,
    PlaceLost,
    Someone,
)
from bot.kernel.errors import Undeliverable

_LIST = "/cgi-bin/externalcontact/groupchat/list"
_GET = "/cgi-bin/externalcontact/groupchat/get"
_FOLLOWERS = "/cgi-bin/externalcontact/get_follow_user_list"
_PAGE = 1000
_OWNERS = 100
_TOO_MANY_OWNERS = 81017
_CURSOR_LOST = 50100
_GONE = frozenset({40050, 49008, 90501, 90509})
_SCENES = {1: JoinScene.INVITED, 2: JoinScene.LINK, 3: JoinScene.CODE}
_CUSTOMER = 2
_HANDOVERS = {1: Handover.OWNER_LEFT, 2: Handover.UNDER_WAY, 3: Handover.DONE}


class Groups(GroupBook):
    """The groups of some owners, or of all that the app may see.

    Where the platform wants owners named because there are too many (81017), all who may have
    customers are asked for and listed by hundreds. A place is JSON: the owners of the present
    hundred, none for everybody, and the cursor within.
    """

    def __init__(self, api: WecomApi, owners: Sequence[str], pace: Pace) -> None:
        self._api = api
        self._owners = sorted(set(owners))
        self._pace = pace

    @override
    async def page(self, place: str) -> GroupsPage:
        """Return the groups behind a place."""
        owners, cursor = _read_place(place) if place else (self._owners[:_OWNERS], "")
        try:
            return await self._page(owners, cursor)
        except Undeliverable as exc:
            if exc.code == _CURSOR_LOST:
                raise PlaceLost(str(exc), code=exc.code) from None
            if exc.code != _TOO_MANY_OWNERS or owners:
                raise
        return await self._after("", await self._everybody(), [])

    async def _page(self, owners: Sequence[str], cursor: str) -> GroupsPage:
        question: Json = {"status_filter": 0, "limit": _PAGE}
        if owners:
            question["owner_filter"] = {"userid_list": list(owners)}
        if cursor:
            question["cursor"] = cursor
        self._pace.step()
        answer = await self._api.call(_LIST, question, sends=False)
        found = [_listed(row) for row in rows_in(answer, "group_chat_list")]
        groups = [one for one in found if one.chat_id]
        if following := text_in(answer, "next_cursor"):
            if following == cursor:
                raise PlaceLost(f"{_LIST}: the same cursor again")
            return GroupsPage(groups, _place(owners, following))
        if not owners:
            return GroupsPage(groups, "")
        everybody = self._owners or await self._everybody()
        return await self._after(owners[-1], everybody, groups)

    async def _after(
        self, last: str, everybody: Sequence[str], groups: Sequence[ListedGroup]
    ) -> GroupsPage:
        behind = [owner for owner in everybody if owner > last][:_OWNERS]
        return GroupsPage(groups, _place(behind, "") if behind else "")

    async def _everybody(self) -> list[str]:
        self._pace.step()
        return sorted(set(texts_in(await self._api.ask(_FOLLOWERS, {}), "follow_user")))

    @override
    async def group(self, chat_id: str) -> GroupState:
        """Return one group with its members."""
        self._pace.step()
        try:
            answer = await self._api.call(
                _GET, {"chat_id": chat_id, "need_name": 1}, sends=False, long=True
            )
        except Undeliverable as exc:
            if exc.code in _GONE:
                raise GroupGone(str(exc), code=exc.code) from None
            raise
        return read_group(object_in(answer, "group_chat"))


def read_group(chat: Answer) -> GroupState:
    """Return the group in an answer.

    Raises:
        RetryLater: there is none.
    """
    return GroupState(
        chat_id=must(chat, "chat_id", _GET),
        name=text_in(chat, "name"),
        owner=text_in(chat, "owner"),
        created_at=instant_of(chat, "create_time"),
        notice=text_in(chat, "notice"),
        admins=[text_in(row, "userid") for row in rows_in(chat, "admin_list")],
        version=text_in(chat, "member_version"),
        members=[_member(row) for row in rows_in(chat, "member_list") if text_in(row, "userid")],
    )


def _member(row: Answer) -> InGroup:
    identity, kind = text_in(row, "userid"), whole_in(row, "type")
    customer = kind == _CUSTOMER if kind > 0 else is_customer(identity)
    inviter = text_in(object_in(row, "invitor"), "userid")
    return InGroup(
        Someone(identity if customer else identity.lower(), customer),
        joined_at=instant_of(row, "join_time"),
        scene=_SCENES.get(whole_in(row, "join_scene"), JoinScene.UNKNOWN),
        inviter=named(inviter),
        state=text_in(row, "state"),
        nickname=text_in(row, "group_nickname"),
        name=text_in(row, "name"),
        union_id=text_in(row, "unionid"),
    )


def _listed(row: Answer) -> ListedGroup:
    handover = _HANDOVERS.get(whole_in(row, "status"), Handover.NONE)
    return ListedGroup(text_in(row, "chat_id"), handover)


def _place(owners: Sequence[str], cursor: str) -> str:
    return json.dumps({"owners": list(owners), "cursor": cursor}, ensure_ascii=False)


def _read_place(place: str) -> tuple[list[str], str]:
    try:
        read = json.loads(place)
        return texts_in(read, "owners"), text_in(read, "cursor")
    except (ValueError, AttributeError):
        raise PlaceLost("a place that another version wrote") from None
