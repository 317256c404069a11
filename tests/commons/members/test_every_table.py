"""Whatever table a room brings: its rows go over with a member, come back, and leave with her."""

from typing import Any

from sqlalchemy import Column, Integer, PrimaryKeyConstraint, Table, UniqueConstraint, insert

from bot import app as roof
from bot.app.tables import declare_all
from bot.commons import members
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import integer
from bot.storage.schema import LocalDate, PortableJSON, UtcDateTime
from tests.kit.lives import KEFU, MP, join, part
from tests.kit.rooms import NOON, Store

WHO = ("amei-7f3", "lily-9c1")
CHANNELS = (KEFU, MP)
SUMS = {"point_accounts", "point_entries", "point_holds", "streaks", "checkins"}
"""They have a proof of their own in test_merging.py."""
RANKS = {"rank_months", "rank_streaks"}
"""Likewise, in tests/features/rankings."""
LISTS = {"picture_people"}
"""Likewise, in tests/features/pictures."""
CASES = {"cases", "case_evidence", "case_steps", "case_promises", "case_ratings"}
"""Likewise, in tests/commons/cases."""
CLOCKS = {"case_clocks", "case_ladder", "case_asked"}
"""Likewise, in tests/commons/clocks."""
APART = SUMS | RANKS | LISTS | CASES | CLOCKS | {"members", "identities", "merges"}
BY_NAME = {"inbox", "outbox", "person_keys", "media_refs", "colleague_names", "pictures"}
NAMES = {"identity", "sender", "recipient", "member"}
OF_KIND: dict[type[Any], Any] = {
    UtcDateTime: NOON,
    LocalDate: NOON.date(),
    PortableJSON: {},
    Integer: 1,
}
FITTING: dict[str, dict[str, Any]] = {
    "coupons": {"state": "issued", "percent_off": 0},
    "salon_signups": {"state": "in"},
    "submissions": {"flags": "[]"},
    "referrals": {"state": "waiting"},
    "voices": {"source": ""},
}
"""What a table's constraints ask for."""
PARENTS = (1001, 1002, 1003)
"""Numbers that no row gets by itself."""
ONE = {"colleague_names", "referrals"}
"""A name has at most one."""
DROPPED = {"bindings", "binding_tries", "mall_wishes"}
WRITTEN = {"merges", "audit"}


def hers() -> list[Table]:
    """Return the tables with rows of members, those that others need first."""
    return [
        table
        for table in declare_all().sorted_tables
        if table.name in BY_NAME or (table.name not in APART and _points_at_members(table))
    ]


def is_single(table: Table) -> bool:
    """Return True when two rows of one member would be the same to the table."""
    keys = [
        [column for column in key.columns if column.name != "member_id"]
        for key in table.constraints
        if isinstance(key, UniqueConstraint | PrimaryKeyConstraint)
        if "member_id" in key.columns
    ]
    return any(
        all(isinstance(c.type, (*OF_KIND,)) and _parent_of(c) is None for c in others)
        for others in keys
    )


def _points_at_members(table: Table) -> bool:
    return any(key.column.table.name == "members" for key in table.foreign_keys)


def row(table: Table, who: int, identity: int, member: MemberId, *, shared: bool) -> dict[str, Any]:
    """Return a row of hers; a shared one has all in common that two members may have."""
    own = {
        column.name
        for key in table.constraints
        if isinstance(key, UniqueConstraint | PrimaryKeyConstraint)
        if not any("member" in column.name for column in key.columns)
        for column in key.columns
    }
    said: dict[str, Any] = {}
    for column in table.columns:
        whose = "" if shared and column.name not in own else f" {who}{shared:d}"
        if column.name in NAMES:
            said[column.name] = WHO[who]
        elif _parent_of(column) is not None:
            said[column.name] = PARENTS[0 if shared else 1 + who]
        elif column.name in ("member_id", "friend_id"):
            said[column.name] = member
        elif column.name == "identity_id":
            said[column.name] = identity
        elif column.name in own and isinstance(column.type, Integer) and column.name != "id":
            said[column.name] = 1 + 2 * who + shared
        elif column.name != "id" and not column.nullable:
            said[column.name] = next(
                (value for kind, value in OF_KIND.items() if isinstance(column.type, kind)),
                f"{column.name}{whose}",
            )
    said |= FITTING.get(table.name, {})
    return said | ({"channel": CHANNELS[who]} if table.name in BY_NAME - {"person_keys"} else {})


def _parent_of(column: Column[Any]) -> Table | None:
    """Return the table whose number a column holds, unless it is one about members."""
    keys = [key.column for key in column.foreign_keys if key.column.name == "id"]
    tables = (key.table for key in keys)
    return next((each for each in tables if each.name not in {"members", "identities"}), None)


def add_parents(uow: UnitOfWork) -> None:
    """Add three rows of whatever members' rows belong to: polls and the like."""
    found = {_parent_of(column) for table in hers() for column in table.columns} - {None}
    for table in declare_all().sorted_tables:
        if table in found:
            for number in PARENTS:
                values = row(table, number, 0, MemberId(0), shared=False)
                if "member_id" in table.columns:
                    values["member_id"] = None  # what somebody left behind
                uow.session.execute(insert(table).values({**values, "id": number}))


def fill(uow: UnitOfWork) -> list[MemberId]:
    """Let two members have rows in every table."""
    add_parents(uow)
    both = []
    for who, channel in enumerate(CHANNELS):
        member = members.resolve(uow, channel, WHO[who], NOON, name=f"name of {WHO[who]}")
        [[number]] = uow.run(Statement("SELECT id FROM identities WHERE member_id = :m"), m=member)
        for table in hers():
            for shared in (True,) if is_single(table) or table.name in ONE else (False, True):
                values = row(table, who, integer(number), member, shared=shared)
                uow.session.execute(insert(table).values(values))
        both.append(member)
    return both


def everything(uow: UnitOfWork, *, but: set[str]) -> dict[str, list[tuple[object, ...]]]:
    """Return all rows; the number of a row that is its own affair means nothing."""
    kept = {}
    for name, table in declare_all().tables.items():
        if name not in but:
            columns = ", ".join(
                f'"{c.name}"' for c in table.columns if c.name != "id" or name == "members"
            )
            kept[name] = sorted(
                map(tuple, uow.run(Statement(f"SELECT {columns} FROM {name}"))), key=repr
            )
    return kept


def test_every_row_goes_over_and_comes_back(store_on_both: Store) -> None:
    with store_on_both.unit() as uow:
        amei, lily = fill(uow)
        before = everything(uow, but=WRITTEN | DROPPED)
        merge = join(uow, amei, lily)
        for table in hers():
            if "member_id" in table.columns:
                assert not uow.run(
                    Statement(f"SELECT 1 FROM {table.name} WHERE member_id = :m"), m=lily
                ), table.name

        part(uow, merge)

        after = everything(uow, but=WRITTEN | DROPPED)
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
        add_parents(uow)
        amei = members.resolve(uow, KEFU, WHO[0], NOON)
        [[number]] = uow.run(Statement("SELECT id FROM identities"))
        silent = []
        for table in hers():
            before = handed_out(uow, amei)
            values = row(table, 0, integer(number), amei, shared=False)
            uow.session.execute(insert(table).values(values))
            if handed_out(uow, amei) == before:
                silent.append(table.name)
        assert silent == []


def handed_out(uow: UnitOfWork, member: MemberId) -> list[object]:
    """Return all that a member gets when she asks for what is kept about her."""
    return [record for data in roof.PERSONAL for record in data.export(uow, member)]


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
            and table.name not in DROPPED
            and not uow.run(Statement(f"SELECT 1 FROM {table.name} WHERE member_id = :m"), m=member)
        ]
        assert lost == []


def test_who_is_called_otherwise_takes_her_rows_along(store_on_both: Store) -> None:
    with store_on_both.unit() as uow:
        amei, _lily = fill(uow)
        before = [data.title for data in roof.PERSONAL if data.export(uow, amei)]
        assert members.rename_identity(uow, roof.PERSONAL, KEFU, WHO[0], "renamed")

        assert [data.title for data in roof.PERSONAL if data.export(uow, amei)] == before
        roof.PERSONAL.erase(uow, amei)
        assert WHO[0] not in str(everything(uow, but=set()))
