"""Whatever table a room brings: its rows go over with a member, come back, and leave with her."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Integer, Table, UniqueConstraint, insert
from sqlmodel import SQLModel

from bot import app as roof
from bot.commons import members
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import LocalDate, PortableJSON, UtcDateTime
from tests.kit.lives import KEFU, MP, join, part
from tests.kit.rooms import NOON, Store

WHO = ("amei-7f3", "lily-9c1")
BOOKED = {"point_accounts", "point_entries", "streaks", "checkins"}
"""Sums with a proof of their own in test_merging.py."""
NAMES = {"identity", "sender", "recipient", "member", "other_identity"}
WRITTEN = {"merges", "audit"}


def hers() -> list[Table]:
    """Return the tables that hold rows of members by their id, those that others need first."""
    return [
        table
        for table in SQLModel.metadata.sorted_tables
        if table.name not in BOOKED | {"members", "identities", "merges"}
        and any(key.column.table.name == "members" for key in table.foreign_keys)
        or table.name in {"inbox", "outbox", "person_keys"}
    ]


def row(
    table: Table, who: int, member: MemberId, identity_id: int, *, shared: bool
) -> dict[str, object]:
    """Return a row of hers; a shared one has all in common that two members may have."""
    free = {
        column.name
        for key in table.constraints
        if isinstance(key, UniqueConstraint) or key is table.primary_key
        if not any("member" in column.name for column in key.columns)
        for column in key.columns
    }
    said: dict[str, object] = {}
    for column in table.columns:
        keys = [key.column.table.name for key in column.foreign_keys]
        if column.name == "id" or (column.nullable and not keys and column.name != "member_id"):
            continue
        if "members" in keys or column.name == "member_id":
            said[column.name] = None if column.name == "other_id" else member
        elif "identities" in keys:
            said[column.name] = identity_id
        elif column.name in NAMES:
            said[column.name] = WHO[who]
        elif isinstance(column.type, UtcDateTime):
            said[column.name] = NOON
        elif isinstance(column.type, LocalDate):
            said[column.name] = NOON.date()
        elif isinstance(column.type, PortableJSON):
            said[column.name] = {}
        elif isinstance(column.type, Integer):
            said[column.name] = 1
        elif shared and column.name not in free:
            said[column.name] = f"{column.name} of both"
        else:
            said[column.name] = f"{column.name} {who} {'shared' if shared else ''}"
    if table.name in ("inbox", "outbox"):
        said["channel"] = (KEFU, MP)[who]
    return said


def fill(uow: UnitOfWork) -> list[MemberId]:
    both = []
    for who, channel in enumerate((KEFU, MP)):
        member = members.resolve(uow, channel, WHO[who], NOON, name=f"name of {WHO[who]}")
        [[identity]] = uow.run(
            Statement("SELECT id FROM identities WHERE identity = :i"), i=WHO[who]
        )
        for table in hers():
            kinds = (
                (False, True)
                if table.name not in ("human_requests", "bindings", "binding_tries")
                else (True,)
            )
            for shared in kinds:
                uow.session.execute(
                    insert(table).values(row(table, who, member, identity, shared=shared))
                )
        both.append(member)
    return both


def everything(uow: UnitOfWork, *, but: set[str]) -> dict[str, list[object]]:
    """Return all rows; the number of a row that is its own affair means nothing."""
    kept = {}
    for name, table in SQLModel.metadata.tables.items():
        if name not in but:
            columns = ", ".join(
                c.name for c in table.columns if c.name != "id" or name == "members"
            )
            kept[name] = sorted(
                map(tuple, uow.run(Statement(f"SELECT {columns} FROM {name}"))), key=repr
            )
    return kept


def test_every_row_goes_over_and_comes_back(store_on_both: Store) -> None:
    with store_on_both.unit() as uow:
        amei, lily = fill(uow)
        dropped = {"bindings", "binding_tries"}
        before = everything(uow, but=WRITTEN | dropped)
        merge = join(uow, amei, lily)
        for table in hers():
            if "member_id" in table.columns:
                assert not uow.run(
                    Statement(f"SELECT 1 FROM {table.name} WHERE member_id = :m"), m=lily
                ), table.name

        part(uow, merge)

        after = everything(uow, but=WRITTEN | dropped)
        assert {n: r for n, r in after.items() if before[n] != r} == {}


def test_nothing_is_left_of_her_or_of_whom_she_was(store_on_both: Store) -> None:
    with store_on_both.unit() as uow:
        amei, lily = fill(uow)
        join(uow, amei, lily)
        roof.PERSONAL.erase(uow, amei)
        left = {
            name: [r for r in rows if any(who in str(r) for who in WHO)]
            for name, rows in everything(uow, but=set()).items()
        }
        assert {name: rows for name, rows in left.items() if rows} == {}


def test_everything_of_her_is_handed_out(store: Store) -> None:
    with store.unit() as uow:
        amei, _lily = fill(uow)
        silent = [
            table.name
            for data in roof.PERSONAL
            for table in hers()
            if table.name in data.tables and not data.export(uow, amei)
        ]
        assert silent == []


def test_what_changed_since_does_not_hold_up_an_undoing(store_on_both: Store) -> None:
    with store_on_both.unit() as uow:
        amei, lily = fill(uow)
        merge = join(uow, amei, lily)
        for table in hers():
            later = [c.name for c in table.columns if isinstance(c.type, UtcDateTime)]
            if later:
                changes = ", ".join(f"{name} = {name} + 1" for name in later)
                uow.run(Statement(f"UPDATE {table.name} SET {changes}"))

        part(uow, merge)

        lost = [
            (table.name, member)
            for table in hers()
            for member in (amei, lily)
            if "member_id" in table.columns
            and table.name not in {"bindings", "binding_tries"}
            and not uow.run(Statement(f"SELECT 1 FROM {table.name} WHERE member_id = :m"), m=member)
        ]
        assert lost == []
