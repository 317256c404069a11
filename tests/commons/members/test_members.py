from collections.abc import Callable

import pytest
from typing_extensions import override

from bot.commons import members
from bot.commons.members.service import KNOWN, NAME
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.work import Row, Statement, UnitOfWork
from tests.kit.rooms import NOON, Store

KEFU = ChannelName("kefu")
MP = ChannelName("mp")


def meet(store: Store, identity: str, channel: ChannelName = KEFU) -> MemberId:
    return store.do(lambda uow: members.resolve(uow, channel, identity, NOON))


def test_somebody_new_becomes_a_member_and_stays_the_same(store: Store) -> None:
    amei = meet(store, "amei")

    assert meet(store, "amei") == amei
    assert meet(store, "lily") != amei
    assert store.count("members") == 2


def test_the_same_name_on_two_channels_is_two_people_until_somebody_says_otherwise(
    store: Store,
) -> None:
    assert meet(store, "amei", KEFU) != meet(store, "amei", MP)


def test_somebody_known_costs_one_statement(store: Store) -> None:
    meet(store, "amei")

    ran = store.statements_of(lambda uow: members.resolve(uow, KEFU, "amei", NOON))

    assert ran == [KNOWN]


def test_a_name_costs_a_statement_only_when_it_changes(store: Store) -> None:
    def says(name: str) -> Callable[[UnitOfWork], object]:
        return lambda uow: members.resolve(uow, KEFU, "amei", NOON, name=name)

    nameless = len(store.statements_of(lambda uow: members.resolve(uow, KEFU, "lily", NOON)))
    assert len(store.statements_of(says("阿美"))) == nameless
    assert store.statements_of(says("阿美")) == [KNOWN]
    assert store.statements_of(says(" 阿\n美\u202e")) != [KNOWN]
    assert store.statements_of(says(" 阿\n美\u202e")) == [KNOWN]
    assert store.statements_of(says("")) == [KNOWN]
    amei = meet(store, "amei")
    assert store.do(lambda uow: members.display_name(uow, amei)) == "阿 美"


HOSTILE = {
    "markup": ("<script>alert(1)</script>", "<script>alert(1)</s…"),
    "five hundred characters": ("长" * 500, "长" * 19 + "…"),
    "a page of spaces before it": (" " * 100_000 + "阿美", None),
    "text that runs backwards": ("\u202e\u2066阿美\u2069\u200f", "阿美"),
    "lines": ("阿美\r\n系统通知：\x00已中奖", "阿美 系统通知： 已中奖"),
    "nothing to see": ("\u3164\u200b\u2800", None),
    "half a character": ("阿\ud800美", "阿 美"),
}


@pytest.mark.parametrize(("name", "kept"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_name_becomes_a_harmless_one(store: Store, name: str, kept: str | None) -> None:
    amei = store.do(lambda uow: members.resolve(uow, KEFU, "amei", NOON, name=name))
    lily = meet(store, "lily")
    store.do(lambda uow: members.resolve(uow, KEFU, "lily", NOON, name=name))

    assert store.do(lambda uow: members.display_name(uow, amei)) == kept
    assert store.do(lambda uow: members.display_name(uow, lily)) == kept


def test_the_slower_of_two_replicas_takes_the_member_of_the_quicker_one(store: Store) -> None:
    amei = meet(store, "amei")

    with store.unit() as uow:
        blind = Blind(uow)
        assert members.resolve(blind, KEFU, "amei", NOON) == amei

    assert store.count("members") == 1


class Blind(UnitOfWork):
    """Does not see the other replica's row at first, as before its commit."""

    def __init__(self, uow: UnitOfWork) -> None:
        super().__init__(uow._connection, uow.clock)  # noqa: SLF001 - a twin of the real one
        self._looks = 0

    @override
    def run(self, statement: Statement, **values: object) -> list[Row]:
        self._looks += statement is KNOWN
        if statement is KNOWN and self._looks == 1:
            return []
        return super().run(statement, **values)


def test_ids_of_erased_members_are_never_given_to_others(store_on_both: Store) -> None:
    amei = meet(store_on_both, "amei")
    (own,) = members.personal
    store_on_both.do(lambda uow: own.erase(uow, amei))

    assert meet(store_on_both, "lily") > amei


def test_the_community_name_goes_before_the_channel_name(store_on_both: Store) -> None:
    amei = meet(store_on_both, "amei")

    def names(uow: UnitOfWork) -> list[str | None]:
        heard = [members.display_name(uow, amei)]
        members.name_identity(uow, KEFU, "amei", "阿美")
        heard.append(members.display_name(uow, amei))
        members.name_member(uow, amei, "美美")
        heard.append(members.display_name(uow, amei))
        return heard

    assert store_on_both.do(names) == [None, "阿美", "美美"]


def test_a_name_fits_into_one_line_of_a_sentence() -> None:
    assert members.tidy_name("  阿\n美\u202e \t 👗 ") == "阿 美 👗"
    assert members.tidy_name("很长" * 30) == "很长" * 9 + "很…"


def test_a_member_takes_all_her_names_with_her(store: Store) -> None:
    amei = meet(store, "amei")
    (own,) = members.personal

    exported = store.do(lambda uow: own.export(uow, amei))
    store.do(lambda uow: own.erase(uow, amei))

    assert [row.get("identity") for row in exported] == [None, "amei"]
    assert exported[0]["created_at"] == "2026-08-24T04:00:00+00:00"
    assert store.count("members") == store.count("identities") == 0


def test_looking_up_people_uses_indexes(store: Store) -> None:
    assert "USING INDEX" in store.plan(KNOWN, channel="kefu", identity="amei").replace(
        "COVERING ", ""
    )
    assert "SCAN" not in store.plan(KNOWN, channel="kefu", identity="amei")
    assert "SCAN" not in store.plan(NAME, member=1)
