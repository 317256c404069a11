"""Who is meant by the words of files."""

import pytest

from bot.commons import audience, members, profiles
from bot.commons.audience import KnownAudience, includes, members_of, wrong_with
from bot.kernel.community import Tiers
from bot.kernel.customers import JoinScene
from bot.kernel.ids import ChannelName, GroupId, MemberId
from bot.kernel.ports import Group, Groups
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import micros
from tests.kit.rooms import NOON, Store

SIMULATOR, KEFU = ChannelName("simulator"), ChannelName("kefu")
CUSTOMERS = ChannelName("customer_groups")
GROUPS = Groups.of(
    [
        Group(GroupId("vip-1"), "一群", SIMULATOR, "vip-1"),
        Group(GroupId("wr-1"), "客户群", CUSTOMERS, "wrOgQ"),
    ]
)
KNOWN = KnownAudience(("时光挚友", "观察"), ("vip-1", "wr-1"))
_IN_GROUP = Statement(
    "INSERT INTO group_members (chat_id, identity, kind, joined_at, scene, inviter, state,"
    " nickname, name, union_id, is_told, left_how, left_at)"
    " VALUES ('wrOgQ', :identity, 2, :at, :scene, '', '', '', '', '', 1, '', :left)"
)


def people(uow: UnitOfWork) -> dict[str, MemberId]:
    """Return five members: one for each kind of word, and one whom only `all` means."""
    found = {name: members.resolve(uow, SIMULATOR, name, NOON) for name in ("tier", "tag", "spoke")}
    found["customer"] = members.resolve(uow, KEFU, "wmA", NOON)
    found["gone"] = members.resolve(uow, KEFU, "wmB", NOON)
    found["phone"] = members.resolve(uow, SIMULATOR, "phone", NOON)
    members.set_tier(uow, found["tier"], "观察", reason="x", who="bot", tiers=Tiers(("观察",)))
    members.tag(uow, found["tag"], "通勤", who="bot")
    audience.spoke(uow, SIMULATOR, "vip-1", found["spoke"], NOON)
    audience.spoke(uow, SIMULATOR, "vip-1", found["spoke"], NOON)
    profiles.keep_profile(uow, found["phone"], profiles.Profile(phone="13800138000"))
    uow.run(
        Statement(
            "INSERT INTO customer_groups (chat_id, name, owner, notice, admins, version, status,"
            " ended_how, handover, revision, seen_round, first_seen_at, wanted, tries, error)"
            " VALUES ('wrOgQ', '', '', '', '', '', 'open', '', 'none', 0, 0, :at, '', 0, '')"
        ),
        at=micros(NOON),
    )
    for identity, left in (("wmA", None), ("wmB", micros(NOON))):
        uow.run(
            _IN_GROUP, identity=identity, at=micros(NOON), scene=JoinScene.INVITED.value, left=left
        )
    return found


WORDS = {
    "tier": "tier:观察",
    "tag": "tag:通勤",
    "spoke": "group:vip-1",
    "customer": "group:wr-1",
    "phone": "member:phone:138 0013 8000",
}


@pytest.mark.parametrize("meant", WORDS)
def test_a_word_means_whom_it_names_and_nobody_else(store_on_both: Store, meant: str) -> None:
    with store_on_both.unit() as uow:
        found = people(uow)

        assert members_of(uow, [WORDS[meant]], GROUPS) == [found[meant]]
        assert [n for n, m in found.items() if includes(uow, [WORDS[meant]], m, GROUPS)] == [meant]


def test_a_list_means_any_of_them_each_once_and_in_bites(store_on_both: Store) -> None:
    with store_on_both.unit() as uow:
        found = people(uow)
        members.tag(uow, found["tier"], "通勤", who="bot")
        words = list(WORDS.values())

        bites: list[MemberId] = []
        after = 0
        while bite := members_of(uow, words, GROUPS, after=after, most=2):
            bites += bite
            after = bite[-1]

        assert bites == sorted(found[name] for name in WORDS)


def test_all_means_every_member_and_nothing_means_nobody(store: Store) -> None:
    with store.unit() as uow:
        found = people(uow)
        assert len(members_of(uow, ["all"], GROUPS)) == len(found)
        assert includes(uow, ["all"], found["gone"], GROUPS)
        assert not includes(uow, ["all"], MemberId(9999), GROUPS)
        assert members_of(uow, [], GROUPS) == []
        assert not includes(uow, ["tier:没有", "group:nowhere", "member:?"], found["tier"], GROUPS)


@pytest.mark.parametrize("word", ["all", "tier:观察", "tag:通勤", "group:vip-1", "member:mp:o1"])
def test_a_word_that_can_mean_somebody_is_right(word: str) -> None:
    assert wrong_with(word, KNOWN) is None


@pytest.mark.parametrize(
    ("word", "rule"),
    [
        ("tier:黑金", "unknown-tier"),
        ("group:vip-9", "unknown-group"),
        ("all_groups", "bad-value"),
        ("tag:", "bad-value"),
        ("tag", "bad-value"),
        ("member:amei", "bad-value"),
        ("ALL", "bad-value"),
        ("segment:x", "bad-value"),
    ],
)
def test_a_word_that_means_nobody_is_wrong(word: str, rule: str) -> None:
    wrong = wrong_with(word, KNOWN)
    assert wrong is not None
    assert wrong.rule == rule


def test_where_groups_are_meant_people_are_wrong() -> None:
    assert wrong_with("all_groups", KNOWN, groups_only=True) is None
    assert wrong_with("group:vip-1", KNOWN, groups_only=True) is None
    assert wrong_with("tier:观察", KNOWN, groups_only=True) is not None
