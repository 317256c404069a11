"""No table that knows a member may stay out of export and erasure."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages

import pytest
from sqlalchemy import Table

import bot
from bot.app.tables import declare_all
from bot.commons import members, notices
from bot.commons.checkins.rules import CheckinSettings
from bot.features import checkin
from bot.features.help import feature as help_room
from bot.features.privacy import service
from bot.kernel.community import Community
from bot.kernel.feature import Rooms
from bot.kernel.messages import UpdateKind
from bot.kernel.privacy import PersonalData, PersonalRegistry
from bot.kernel.work import Statement, UnitOfWork
from tests.kit.rooms import Store
from tests.kit.talk import CHANNEL, Talk

WINGS = ("bot.commons.", "bot.features.", "bot.channels.", "bot.pipeline.")
NAMES_OF_PEOPLE = {
    *("member", "member_id", "from_member", "into_member", "sender", "recipient", "identity"),
}
POINTS_TO_PEOPLE = {"members", "identities"}


def found() -> Iterator[PersonalData]:
    for module in walk_packages(bot.__path__, "bot."):
        if module.name.startswith(WINGS):
            offered = getattr(import_module(module.name), "personal", ())
            yield from offered if isinstance(offered, tuple) else ()


def registry() -> PersonalRegistry:
    return PersonalRegistry(dict.fromkeys(found()))


def knows_people(table: Table) -> bool:
    return any(
        column.name in NAMES_OF_PEOPLE
        or any(key.column.table.name in POINTS_TO_PEOPLE for key in column.foreign_keys)
        for column in table.columns
    )


KNOWING = sorted(name for name, table in declare_all().tables.items() if knows_people(table))


@pytest.mark.parametrize("table", KNOWING)
def test_a_table_that_knows_people_is_covered(table: str) -> None:
    assert [data.title for data in registry() if table in data.tables]


def points_at_members(table: Table) -> bool:
    return "member_id" in table.columns or any(
        key.column.table.name == "members" for key in table.foreign_keys
    )


POINTING = sorted(name for name, table in declare_all().tables.items() if points_at_members(table))


@pytest.mark.parametrize("table", POINTING)
def test_a_table_of_members_says_how_its_rows_go_to_another_member(table: str) -> None:
    movers = [mover for data in registry() for mover in data.movers if table in mover.tables]

    assert len(movers) == 1


def test_what_moves_exists_and_is_covered_where_it_moves() -> None:
    for data in registry():
        moved = {table for mover in data.movers for table in mover.tables}
        assert moved <= set(data.tables)


def test_what_is_covered_exists() -> None:
    covered = {table for data in registry() for table in data.tables}

    assert covered <= set(declare_all().tables)
    assert set(KNOWING) <= covered


def test_nothing_of_a_member_is_left_and_nothing_of_others_is_lost(store: Store) -> None:
    rooms = [checkin.feature, help_room]
    talk = Talk(
        store,
        rooms,
        *(Community("拾光衣橱"), CheckinSettings(), Rooms(rooms), notices.Notices()),
    )
    for who in ("amei-7f3", "lily-9c1"):
        talk.says(who, "打卡")
        talk.says(who, "转人工")
        talk.shows(who, UpdateKind.IMAGE)
        talk.does(who, "subscribe")
        with store.unit() as uow:
            members.name_identity(uow, CHANNEL, who, f"name of {who}")
    before = everything(store)
    amei, lily = talk.member("amei-7f3"), talk.member("lily-9c1")

    exported = store.do(lambda uow: service.export(uow, registry(), amei))
    store.do(lambda uow: service.erase(uow, registry(), amei))

    assert "amei-7f3" in before
    assert "name of amei-7f3" in str(exported)
    assert "lily" not in str(exported)
    assert "amei-7f3" not in everything(store)
    assert "name of lily-9c1" in everything(store)
    assert store.do(lambda uow: rows_about(uow, amei)) == []
    assert len(store.do(lambda uow: rows_about(uow, lily))) > len(rooms)


def everything(store: Store) -> str:
    with store.unit() as uow:
        return str([uow.run(Statement(f"SELECT * FROM {name}")) for name in declare_all().tables])


def rows_about(uow: UnitOfWork, member: int) -> list[str]:
    return [
        name
        for name, table in declare_all().tables.items()
        if "member_id" in table.columns
        and uow.run(Statement(f"SELECT 1 FROM {name} WHERE member_id = :member"), member=member)
    ]
