"""Customers and the company's tags on them (path/92113 to 92118 and 92994, 2026-07)."""

from collections.abc import Sequence

from typing_extensions import override

from bot.channels.wecom.client import WecomApi
from bot.channels.wecom.customer_groups.pace import Pace
from bot.channels.wecom.http import Answer, Json, text_in
from bot.channels.wecom.reading import (
    instant_of,
    must,
    object_in,
    rows_in,
    texts_in,
)
from bot.kernel.customers import (
    Customer,
    CustomerBook,
    CustomersPage,
    CustomerTags,
    Follower,
    NoCustomer,
    PlaceLost,
    Tag,
    TagGroup,
)
from bot.kernel.errors import Undeliverable
from bot.kernel.words import cut_chars

_CALLS = "/cgi-bin/externalcontact"
_NO_FRIEND = 84061
_CURSOR_LOST = 50100
_NAME_CHARS = 30


class Customers(CustomerBook):
    """The customers who are friends of colleagues."""

    def __init__(self, api: WecomApi, pace: Pace) -> None:
        self._api = api
        self._pace = pace

    @override
    async def colleagues(self) -> Sequence[str]:
        """Return the colleagues who may have customers."""
        answer = await self._api.ask(f"{_CALLS}/get_follow_user_list", {})
        return texts_in(answer, "follow_user")

    @override
    async def of(self, colleague: str) -> Sequence[str]:
        """Return the customers of one colleague."""
        self._pace.step()
        try:
            answer = await self._api.ask(f"{_CALLS}/list", {"userid": colleague})
        except Undeliverable as exc:
            if exc.code == _NO_FRIEND:
                return []
            raise
        return texts_in(answer, "external_userid")

    @override
    async def customer(self, identity: str) -> Customer:
        """Return one customer; more than 500 followers come in several answers."""
        try:
            return await self._customer(identity)
        except Undeliverable as exc:
            if exc.code == _NO_FRIEND:
                raise NoCustomer(str(exc), code=exc.code) from None
            raise

    async def _customer(self, identity: str) -> Customer:
        followers: list[Follower] = []
        about: Answer = {}
        cursor = ""
        while True:
            self._pace.step()
            query = {"external_userid": identity} | ({"cursor": cursor} if cursor else {})
            answer = await self._api.ask(f"{_CALLS}/get", query)
            about = object_in(answer, "external_contact") or about
            followers += [_follower(row) for row in rows_in(answer, "follow_user")]
            following = text_in(answer, "next_cursor")
            if not following or following == cursor:
                break
            cursor = following
        must(about, "external_userid", f"{_CALLS}/get")
        return _customer(about, followers)

    @override
    async def page(self, colleagues: Sequence[str], place: str) -> CustomersPage:
        """Return the customers of at most 100 colleagues behind a place."""
        question: Json = {"userid_list": list(colleagues), "limit": 100}
        if place:
            question["cursor"] = place
        self._pace.step()
        try:
            answer = await self._api.call(
                f"{_CALLS}/batch/get_by_user", question, sends=False, long=True
            )
        except Undeliverable as exc:
            if exc.code == _CURSOR_LOST:
                raise PlaceLost(str(exc), code=exc.code) from None
            raise
        found = [
            _customer(
                object_in(row, "external_contact"), [_follower(object_in(row, "follow_info"))]
            )
            for row in rows_in(answer, "external_contact_list")
        ]
        following = text_in(answer, "next_cursor")
        return CustomersPage(found, "" if following == place else following)


def _customer(about: Answer, followers: Sequence[Follower]) -> Customer:
    return Customer(
        text_in(about, "external_userid"),
        text_in(about, "name"),
        text_in(about, "unionid"),
        followers,
    )


def _follower(row: Answer) -> Follower:
    tags = [text_in(tag, "tag_id") for tag in rows_in(row, "tags")] or texts_in(row, "tag_id")
    return Follower(
        text_in(row, "userid").lower(),
        instant_of(row, "createtime"),
        text_in(row, "remark"),
        text_in(row, "state"),
        [tag for tag in tags if tag],
    )


class Tags(CustomerTags):
    """The company's tags."""

    def __init__(self, api: WecomApi) -> None:
        self._api = api

    @override
    async def groups(self) -> Sequence[TagGroup]:
        """Return all tags that are not deleted."""
        call = f"{_CALLS}/get_corp_tag_list"
        answer = await self._api.call(call, {}, sends=False, long=True)
        rows = rows_in(answer, "tag_group")
        return [_tag_group(row) for row in rows if row.get("deleted") is not True]

    @override
    async def add(self, group: str, names: Sequence[str]) -> TagGroup:
        """Make tags; those that are there already stay."""
        known = {one.name: one for one in await self.groups()}.get(cut_chars(group, _NAME_CHARS))
        there = {tag.name for tag in known.tags} if known else set()
        wanted = dict.fromkeys(cut_chars(name, _NAME_CHARS) for name in names)
        missing = [name for name in wanted if name not in there]
        if known and not missing:
            return known
        where = {"group_id": known.id} if known else {"group_name": cut_chars(group, _NAME_CHARS)}
        body = {**where, "tag": [{"name": name} for name in missing]}
        # asking twice does no harm: names are looked up first, and are unique on the platform
        answer = await self._api.call(f"{_CALLS}/add_corp_tag", body, sends=False)
        made = _tag_group(object_in(answer, "tag_group"))
        kept = [tag for tag in known.tags if tag not in made.tags] if known else []
        return TagGroup(made.id, made.name, [*kept, *made.tags])

    @override
    async def mark(
        self, colleague: str, customer: str, *, add: Sequence[str] = (), remove: Sequence[str] = ()
    ) -> None:
        """Put tags on a customer, or take them off."""
        if not add and not remove:
            return
        body: Json = {"userid": colleague, "external_userid": customer}
        lists = {"add_tag": list(add), "remove_tag": list(remove)}
        body |= {name: ids for name, ids in lists.items() if ids}
        await self._api.call(f"{_CALLS}/mark_tag", body, sends=False)


def _tag_group(row: Answer) -> TagGroup:
    tags = [
        Tag(text_in(tag, "id"), text_in(tag, "name"))
        for tag in rows_in(row, "tag")
        if tag.get("deleted") is not True
    ]
    return TagGroup(text_in(row, "group_id"), text_in(row, "group_name"), tags)
