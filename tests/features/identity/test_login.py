"""A page's login says who a member is on other channels."""

from datetime import timedelta

import pytest

from bot.commons import members
from bot.features import checkin, identity
from bot.features.identity.listeners import learn_from_login, tell_once
from bot.kernel.capability import Capability, Chat, Doors
from bot.kernel.events import JoinedByKey, MemberProven
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.work import UnitOfWork
from tests.kit.lives import REGISTRY
from tests.kit.rooms import NOON, Store
from tests.kit.two import CORP, CUSTOMER, GROUPS, KEFU, MP, TwoChannels

WM = "wmInventedExternalUser0000000001"
ONLY_BY_HAND = Capability(chats=(Chat.CUSTOMER_GROUP,), source="", needs_human_confirm=True)


@pytest.fixture
def talk(store: Store) -> TwoChannels:
    doors = Doors({KEFU: CUSTOMER, MP: CUSTOMER, GROUPS: ONLY_BY_HAND})
    return TwoChannels(store, checkin.feature, identity.feature, doors=doors)


def writes(talk: TwoChannels, channel: ChannelName, who: str) -> MemberId:
    talk.on(channel, who, "打卡")
    member = talk.who(channel, who)
    assert member is not None
    return member


def logs_in(
    talk: TwoChannels, member: MemberId, *names: tuple[ChannelName, str], unionid: str = ""
) -> None:
    """Let a login happen, and what the house does then."""

    def happen(uow: UnitOfWork) -> None:
        learn_from_login(uow, MemberProven(member, names, unionid), talk.tools)
        for event in uow.events:
            if isinstance(event, JoinedByKey):
                tell_once(uow, event, talk.tools)
        talk.outgoing += uow.outgoing

    talk.store.do(happen)


def test_a_name_that_nobody_had_is_hers(talk: TwoChannels) -> None:
    amei = writes(talk, MP, "oAmei")
    logs_in(talk, amei, (MP, "oAmei"), (GROUPS, WM))

    assert talk.who(GROUPS, WM) == amei
    assert talk.told() == []
    assert talk.store.count("merges") == 0


def test_the_same_customer_in_the_group_and_in_kefu_is_one_person(talk: TwoChannels) -> None:
    visitor = writes(talk, GROUPS, WM)
    logs_in(talk, visitor, (GROUPS, WM))
    known = writes(talk, KEFU, WM)
    logs_in(talk, known, (KEFU, WM))

    assert talk.who(KEFU, WM) == talk.who(GROUPS, WM) == visitor
    ((channel, whom, words),) = talk.told()
    assert (channel, whom) == (KEFU, WM)
    assert words.startswith("认出你了：平台告诉我，客户群、微信客服里的你是同一个人")


def test_who_can_not_be_told_there_is_told_where_she_can(talk: TwoChannels) -> None:
    amei = writes(talk, MP, "oAmei")
    visitor = writes(talk, GROUPS, WM)
    logs_in(talk, visitor, (GROUPS, WM), (MP, "oAmei"))
    assert talk.who(GROUPS, WM) == talk.who(MP, "oAmei") == amei
    assert [(channel, whom) for channel, whom, _ in talk.told()] == [(MP, "oAmei")]


def test_a_unionid_joins_who_logs_in_with_who_is_known_by_it(talk: TwoChannels) -> None:
    amei = writes(talk, MP, "oAmei")
    logs_in(talk, amei, (MP, "oAmei"), unionid="uAmei")
    other = writes(talk, KEFU, WM)
    logs_in(talk, other, (KEFU, WM), unionid="uAmei")

    assert talk.who(KEFU, WM) == amei
    assert len(talk.told()) == 1
    logs_in(talk, amei, (MP, "oAmei"), (KEFU, WM), unionid="uAmei")
    assert talk.told() == []


def test_who_is_going_to_be_erased_is_not_joined_and_nothing_breaks(talk: TwoChannels) -> None:
    amei, other = writes(talk, MP, "oAmei"), writes(talk, KEFU, WM)
    with talk.store.unit() as uow:
        members.ask_erasure(uow, amei, NOON)
        members.confirm_erasure(uow, amei, asked_since=NOON, after=NOON + timedelta(days=7))
    logs_in(talk, other, (KEFU, WM), (MP, "oAmei"), unionid="uAmei")

    assert (talk.who(MP, "oAmei"), talk.who(KEFU, WM)) == (amei, other)
    assert talk.told() == []


def test_who_took_herself_apart_is_not_joined_again(talk: TwoChannels) -> None:
    amei, other = writes(talk, MP, "oAmei"), writes(talk, KEFU, WM)
    logs_in(talk, other, (KEFU, WM), (MP, "oAmei"))
    talk.told()
    assert "分开了" in talk.on(MP, "oAmei", "解绑")[0]
    logs_in(talk, other, (KEFU, WM), (MP, "oAmei"), unionid="uAmei")

    assert (talk.who(MP, "oAmei"), talk.who(KEFU, WM)) == (amei, other)
    assert talk.told() == []


def test_what_a_login_told_leaves_with_her(talk: TwoChannels) -> None:
    amei = writes(talk, MP, "oAmei")
    logs_in(talk, amei, (MP, "oAmei"), (KEFU, WM), unionid="uAmei")
    with talk.store.unit() as uow:
        told = [record for data in members.personal for record in data.export(uow, amei)]
        REGISTRY.erase(uow, amei)

    assert [one["value"] for one in told if "known_by" in one] == ["uAmei", WM]
    assert CORP not in str(told)
    assert talk.store.count("person_keys") == talk.store.count("identities") == 0


def test_whoever_is_joined_after_an_erasure_is_told_too(talk: TwoChannels) -> None:
    keys = []
    for name in ("wm1", "wm2"):
        visitor = writes(talk, GROUPS, name)
        logs_in(talk, visitor, (GROUPS, name))
        logs_in(talk, writes(talk, KEFU, name), (KEFU, name))
        keys += [one.key for one in talk.outgoing]
        talk.outgoing.clear()
        talk.store.do(lambda uow: REGISTRY.erase(uow, visitor))  # noqa: B023 - at once

    assert len(set(keys)) == len(keys) == 2  # the box takes a key once
