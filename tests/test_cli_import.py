"""`bot import` and `bot export members` as an operator types them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from bot import app as roof
from bot.cli import main
from bot.commons import orders
from bot.commons.profiles import find_ref, read_ref
from bot.kernel.clock import SystemClock
from bot.kernel.work import UnitOfWork
from bot.storage.db import Database

CONFIG = """
[community]
name = "拾光衣橱"
[database]
url = "sqlite:///bot.sqlite3"
[channels.simulator]
enabled = true
"""
HEAD = "source,order_id,member,paid_at,paid_yuan,refunded_yuan,status,store,items\n"
ITEMS = '"[{""sku"":""C-1"",""name"":""连衣裙"",""quantity"":2,""price_yuan"":""399.95""}]"'
GOOD = f"pos,A-1,phone:13800138000,2026-08-20 12:30,799.90,,paid,徐汇,{ITEMS}\n"


@dataclass
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(folder: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> Run:
    def run_it(*words: str) -> Ended:
        with pytest.raises(SystemExit) as ended:
            main([*words, "--config", str(folder / "config.toml")])
        told = capsysbinary.readouterr()
        code = ended.value.code
        return Ended(code if isinstance(code, int) else 0, told.out.decode(), told.err.decode())

    return run_it


def write(folder: Path, name: str, content: str | bytes) -> str:
    raw = content.encode() if isinstance(content, str) else content
    (folder / name).write_bytes(raw)
    return str(folder / name)


def test_the_same_file_again_changes_nothing(folder: Path, run: Run) -> None:
    file = write(folder, "orders.csv", "\ufeff" + HEAD + GOOD)

    first, again = run("import", "orders", file), run("import", "orders", file)
    write(folder, "orders.csv", HEAD + GOOD.replace(",,paid", ",100,refunded"))
    third = run("import", "orders", file)

    assert (first.code, first.out) == (0, "imported 1, updated 0, unchanged 0, refused 0\n")
    assert again.out == "imported 0, updated 0, unchanged 1, refused 0\n"
    assert third.out == "imported 0, updated 1, unchanged 0, refused 0\n"


def test_comments_from_outside_come_in_once_and_say_what_is_not_read(
    folder: Path, run: Run
) -> None:
    rows = "平台,编号,said_at,text,昵称\n抖音,1,2026-08-01,扣子掉了,小美\n抖音,2,2026-08-01,,小陈\n"
    mapping = write(folder, "m.toml", '[columns]\n"平台" = "source"\n"编号" = "comment_id"\n')
    file = write(folder, "c.csv", rows)
    first, again = [run("import", "comments", file, "--mapping", mapping) for _ in range(2)]

    assert (first.code, first.out) == (1, "imported 1, updated 0, unchanged 0, refused 1\n")
    assert "c.csv:3: [bad-value] text: is empty" in first.err
    assert "ignored columns: 昵称" in first.err
    assert again.out == "imported 0, updated 0, unchanged 1, refused 1\n"
    assert "小红书" not in (told := run("export", "voices").out)
    assert "抖音" in told
    assert "小美" not in told


def test_products_come_in_once_and_keep_what_a_feed_of_stock_does_not_tell(
    folder: Path, run: Run
) -> None:
    file = write(folder, "p.csv", "sku,name,price_yuan,stock\nC-1,羊绒大衣,1299.00,3\n")
    first, again = run("import", "products", file), run("import", "products", file)
    stock = write(folder, "s.csv", "sku,stock\nC-1,0\nX-1,4\n")
    third = run("import", "products", stock)

    assert (first.code, first.out) == (0, "imported 1, updated 0, unchanged 0, refused 0\n")
    assert again.out == "imported 0, updated 0, unchanged 1, refused 0\n"
    assert (third.code, third.out) == (1, "imported 0, updated 1, unchanged 0, refused 1\n")
    assert f"{stock}:3: [bad-value] name: is empty, and the product is new" in third.err


def test_a_wrong_row_is_named_and_the_others_are_kept(folder: Path, run: Run) -> None:
    rows = [
        GOOD,
        GOOD.replace("A-1", "A-2").replace("799.90", "-5"),
        GOOD.replace("A-1", "A-3").replace("2026-08-20", "2026-02-29"),
        GOOD.replace("A-1", "x" * 300),
        GOOD.replace("A-1", "A-5").replace("799.90", "0.999"),
        GOOD.replace("A-1", "A-6").replace("799.90", "NaN"),
        GOOD.replace("A-1", "A-7").replace("799.90", "1e9"),
        GOOD.replace("A-1", "A-8").replace("799.90", "999999999999"),
        GOOD.replace("A-1", "A-9").replace("paid,徐", "lost,徐"),
        GOOD.replace("A-1", "B-1").replace("phone:13800138000", "amei"),
        "pos,B-2\n",
        GOOD.replace("A-1", "B-3").replace("徐汇", "徐\0汇"),
        GOOD.replace("A-1", "B-4").replace("799.90,,", "799.90,800,"),
        GOOD.replace("A-1", "B-5").replace("2026-08-20", "2199-08-20"),
        GOOD.replace("A-1", "B-6").replace(ITEMS, "{"),
        GOOD.replace("A-1", "B-7"),
    ]
    file = write(folder, "orders.csv", HEAD + "".join(rows))

    ended = run("import", "orders", file)

    assert (ended.code, ended.out) == (1, "imported 2, updated 0, unchanged 0, refused 14\n")
    said = [line.removeprefix(file) for line in ended.err.splitlines()]
    fields = [
        *("paid_yuan", "paid_at", "order_id", "paid_yuan", "paid_yuan", "paid_yuan", "paid_yuan"),
        *("status", "member", "has 2 cells, the header 9", "store", "refunded_yuan", "paid_at"),
        "items",
    ]
    for line, (field, words) in enumerate(zip(fields, said, strict=True), 3):
        assert words.startswith(f":{line}: [bad-value] {field}"), words
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "the first line is no header"),
        ("\n\n", "the first line is no header"),
        ("source,order_id\npos,1\n", "no column paid_at, paid_yuan"),
        (HEAD.replace("store", "source") + GOOD, 'the column "source" comes twice'),
        (",".join(f"c{n}" for n in range(100_000)) + "\n", "100000 columns"),
        ("a," * 1_000_000 + "\n", "over 1048576 characters"),
        (HEAD.encode("utf-16"), "is UTF-16"),
        (HEAD.encode() + "café\n".encode("latin-1"), "neither UTF-8 nor plainly GB18030"),
    ],
)
def test_what_is_no_table_is_refused_whole(
    folder: Path, run: Run, content: str | bytes, said: str
) -> None:
    ended = run("import", "orders", write(folder, "orders.csv", content))

    assert ended.code == 2
    assert said in ended.err


def test_a_line_of_ten_megabytes_is_one_refused_row(folder: Path, run: Run) -> None:
    rows = GOOD + "x" * 10_000_000 + "\n" + GOOD.replace("A-1", "A-2")
    ended = run("import", "orders", write(folder, "orders.csv", HEAD + rows))

    assert ended.out == "imported 2, updated 0, unchanged 0, refused 1\n"
    assert "orders.csv:3: [bad-value] the line has over" in ended.err


def test_an_open_quote_costs_its_row(folder: Path, run: Run) -> None:
    rows = GOOD + 'pos,"' + "y\n" * 100_000 + GOOD.replace("A-1", "A-2")
    ended = run("import", "orders", write(folder, "orders.csv", HEAD + rows))

    assert ended.code == 1
    assert "is a quote not closed?" in ended.err


def test_line_ends_may_be_mixed_and_lines_empty(folder: Path, run: Run) -> None:
    rows = [GOOD.strip().replace("A-1", f"A-{n}") for n in range(3)]
    mixed = f"{HEAD.strip()}\r\n{rows[0]}\n\r\n{rows[1]}\r{rows[2]}"
    ended = run("import", "orders", write(folder, "orders.csv", mixed))

    assert ended.out == "imported 3, updated 0, unchanged 0, refused 0\n"


def test_what_chinese_excel_writes_is_read_with_a_note(folder: Path, run: Run) -> None:
    file = write(folder, "orders.csv", (HEAD + GOOD).encode("gb18030"))
    ended = run("import", "orders", file)

    assert (ended.code, ended.out[:10]) == (0, "imported 1")
    assert "read as GB18030" in ended.err


def test_a_foreign_table_is_read_by_a_mapping_and_its_rest_ignored(folder: Path, run: Run) -> None:
    mapping = """
[columns]
"单号" = "order_id"
"手机" = "member"
"实付" = "paid_yuan"
"时间" = "paid_at"
"状态" = "status"
[values.status]
"已付款" = "paid"
[always]
source = "收银"
[prefix]
member = "phone:"
"""
    rows = '单号,手机,实付,时间,状态,收银员\n1,138 0013 8000,"¥1,280.00",2026-08-20,已付款,小王\n'
    file, names = write(folder, "orders.csv", rows), write(folder, "mapping.toml", mapping)
    ended = run("import", "orders", file, "--mapping", names)

    assert (ended.code, ended.out[:10]) == (0, "imported 1")
    assert "ignored columns: 收银员" in ended.err


def test_a_wrong_mapping_is_told_with_its_line(folder: Path, run: Run) -> None:
    names = write(folder, "mapping.toml", "[colums]\n")
    ended = run("import", "orders", write(folder, "o.csv", HEAD), "--mapping", names)

    assert ended.code == 2
    assert "mapping.toml:1: [unknown-key]" in ended.err


def test_json_lines_keep_money_exact_and_refuse_what_is_none(folder: Path, run: Run) -> None:
    order = {
        "source": "pos",
        "order_id": "A-1",
        "paid_at": "2026-08-20T12:30:00+08:00",
        "paid_yuan": 0.29,
        "items": [{"sku": "C-1", "quantity": 1, "price_yuan": 0.29}],
        "till": 3,
    }
    lines = [
        json.dumps(order),
        json.dumps(order | {"order_id": "A-2", "paid_yuan": 0.1 + 0.2}),
        "[1]",
        '{"a": 1, "a": 2}',
        "[" * 100_000,
        json.dumps(order | {"order_id": "\ud800"}),
        json.dumps(order | {"items": [{"sku": "C-1", "quantity": "000000001" + "9" * 30}]}),
    ]
    ended = run("import", "orders", write(folder, "orders.jsonl", "\n".join(lines)))

    assert ended.out == "imported 1, updated 0, unchanged 0, refused 6\n"
    assert "ignored columns: till" in ended.err
    with Database(f"sqlite:///{folder / 'bot.sqlite3'}").reading() as connection:
        kept = orders.get(UnitOfWork(connection, SystemClock()), 1)
    assert kept is not None
    assert (kept.paid_fen, kept.items[0].price_fen) == (29, 29)


def test_a_workbook_is_read_with_its_dates_and_numbers(folder: Path, run: Run) -> None:
    book = Workbook()
    book.active.append(HEAD.strip().split(",")[:8])
    book.active.append(
        ["pos", 10001, "phone:13800138000", datetime(2026, 8, 20, 12, 30), 799.9, None, "paid"]  # noqa: DTZ001 - as Excel has them
    )
    book.active.append([None] * 5)
    book.active.append(["pos", 10002, None, "yesterday", 1])
    book.create_sheet("两")
    book.save(folder / "orders.xlsx")
    ended = run("import", "orders", str(folder / "orders.xlsx"))

    assert ended.out == "imported 1, updated 0, unchanged 0, refused 1\n"
    assert "orders.xlsx:4: [bad-value] paid_at" in ended.err
    assert "only the first sheet is read" in ended.err


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04nothing", b"source,order_id\n"])
def test_what_is_no_workbook_is_refused(folder: Path, run: Run, content: bytes) -> None:
    ended = run("import", "orders", write(folder, "orders.xlsx", content))

    assert ended.code == 2
    assert "is no whole workbook" in ended.err


@pytest.mark.parametrize("name", ["orders.xls", "orders.pdf", "none.csv"])
def test_a_file_that_cannot_be_read_is_named(folder: Path, run: Run, name: str) -> None:
    if not name.startswith("none"):
        write(folder, name, b"x")
    ended = run("import", "orders", str(folder / name))

    assert ended.code == 2
    assert name in ended.err


MEMBERS = """\
member,name,birthday,lunar_birthday,joined_at,styles,scenes,home_store,tags,phone,unionid
simulator:amei,阿梅,1990-02-28,,2025-03-01,法式|通勤,上班,徐汇,老客|通勤,138-0013-8000,
phone:13900139000,=lily,1990-02-30,是,,,,,,,
"""


def test_members_come_in_go_out_and_come_in_unchanged(folder: Path, run: Run) -> None:
    first = run("import", "members", write(folder, "members.csv", MEMBERS))
    out = run("export", "members")
    again = run("import", "members", write(folder, "again.csv", out.out))
    book = run("export", "members", "--format", "xlsx", "--out", str(folder / "m.xlsx"))
    lines = run("export", "members", "--format", "jsonl")

    assert (first.code, first.out[:10]) == (0, "imported 2")
    assert "'=lily" in out.out
    assert again.out == "imported 0, updated 0, unchanged 2, refused 0\n"
    assert "ignored columns: tier, lifecycle" in again.err
    assert book.code == 0
    sheet = load_workbook(folder / "m.xlsx").active
    assert (sheet["B3"].value, sheet["B3"].data_type) == ("=lily", "s")
    assert json.loads(lines.out.splitlines()[1])["lunar_birthday"] == "02-30"
    assert (folder / "m.xlsx").stat().st_mode & 0o077 == 0


def test_an_empty_cell_leaves_what_is_known(folder: Path, run: Run) -> None:
    run("import", "members", write(folder, "members.csv", MEMBERS))
    ended = run("import", "members", write(folder, "b.csv", "member,tags\nsimulator:amei,新\n"))

    assert ended.out == "imported 0, updated 1, unchanged 0, refused 0\n"
    row = run("export", "members").out.splitlines()[1]
    assert row.startswith("simulator:amei,阿梅,1990-02-28,,2025-03-01T00:00:00+08:00,法式|通勤")
    assert "新|老客|通勤" in row or "老客|新|通勤" in row or "新" in row


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("simulator:x,阿,2026-02-29,,,,,,,,", "birthday"),
        ("simulator:x,阿,1990-13-01,是,,,,,,,", "birthday"),
        ("simulator:x,阿,,13-01,,,,,,,", "lunar_birthday"),
        ("simulator:x,阿,,,2199-01-01,,,,,,", "joined_at"),
        ("simulator:x,阿,,,,,,,,abc,", "phone"),
        (f"simulator:x,阿,,,,,,,{'长' * 31},,", "tags"),
        (",阿,,,,,,,,,", "member"),
        ("simulator:,阿,,,,,,,,,", "member"),
    ],
)
def test_a_wrong_member_is_named_by_field(folder: Path, run: Run, row: str, field: str) -> None:
    head = MEMBERS.splitlines()[0]
    ended = run("import", "members", write(folder, "members.csv", f"{head}\n{row}\n"))

    assert ended.code == 1
    assert f"members.csv:2: [bad-value] {field}" in ended.err
    assert run("export", "members").out.count("\n") == 1


def test_a_phone_that_two_members_share_names_neither(folder: Path, run: Run) -> None:
    rows = "member,phone\nsimulator:a,13800138000\nsimulator:b,13800138000\n"
    run("import", "members", write(folder, "members.csv", rows))
    ended = run("import", "orders", write(folder, "orders.csv", HEAD + GOOD))

    assert ended.code == 1
    assert "orders.csv:2: [bad-value] member: two members have it" in ended.err


def test_whoever_had_her_data_deleted_does_not_come_back_by_a_file(folder: Path, run: Run) -> None:
    file = write(folder, "members.csv", MEMBERS)
    run("import", "members", file)
    with Database(f"sqlite:///{folder / 'bot.sqlite3'}").writing() as connection:
        uow = UnitOfWork(connection, SystemClock())
        for name in ("simulator:amei", "phone:13900139000"):
            member = find_ref(uow, read_ref(name))
            assert member is not None
            roof.PERSONAL.erase(uow, member)
    ended = run("import", "members", file)

    assert ended.out == "imported 0, updated 0, unchanged 0, refused 2\n"
    assert "had her data deleted" in ended.err


def test_a_break_keeps_what_is_in_and_the_next_run_goes_on(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(GOOD.replace("A-1", f"A-{number}") for number in range(450))
    file = write(folder, "orders.csv", HEAD + rows)
    taken = orders.record
    count = 0

    def until_ctrl_c(uow: UnitOfWork, order: orders.Order) -> orders.Recorded:
        nonlocal count
        count += 1
        if count == 300:
            raise KeyboardInterrupt
        return taken(uow, order)

    monkeypatch.setattr(orders, "record", until_ctrl_c)
    broken = run("import", "orders", file)
    monkeypatch.setattr(orders, "record", taken)
    again = run("import", "orders", file)

    assert (broken.code, broken.out) == (1, "imported 200, updated 0, unchanged 0, refused 0\n")
    assert again.out == "imported 250, updated 0, unchanged 200, refused 0\n"
