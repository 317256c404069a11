"""Tables through the console: looked at, confirmed, taken in once, undone; mistakes by cell."""

import io
from datetime import timedelta

import pytest
from openpyxl import Workbook

from bot.commons import products
from bot.features.imports import service
from tests.features.imports.conftest import Counter

HEAD = "sku,name,category,style,price_yuan,stock,restock_at,url\n"
COAT = "C-1,羊绒大衣,大衣,法式,1299.00,3,2026-09-01,https://shop.example/c-1\n"
SCARF = "S-1,围巾,配饰,,199,,,\n"


def stock(hall: Counter) -> list[tuple[object, ...]]:
    return list(hall.asks("SELECT sku, price_fen, stock FROM products ORDER BY sku"))


def test_nothing_changes_before_somebody_has_confirmed_what_she_saw(both: Counter) -> None:
    assert "收到 2 行" in both.sends_file(HEAD + COAT + SCARF)
    page = both.goes_on()
    assert "会新增 2，更新 0，不变 0，拒收 0" in page
    assert "确认导入 2 行改动" in page
    assert stock(both) == []
    both.operates("confirm", number=1)
    assert "导入好了" in both.goes_on()
    assert stock(both) == [("C-1", 129_900, 3), ("S-1", 19_900, None)]
    assert both.store.count("import_bites") == 0
    assert "✗" in both.operates("confirm", number=1)  # the same form again


def test_the_preview_says_what_becomes_what(hall: Counter) -> None:
    hall.comes_in(HEAD + COAT + SCARF)
    hall.sends_file("sku,stock,price_yuan\nC-1,0,999\nS-1,,\nX-1,5,\n")
    page = hall.goes_on()
    assert "会新增 0，更新 1，不变 1，拒收 1" in page
    assert "price_fen 129900 → 99900；stock 3 → 0" in page
    assert "<td>4</td><td>name</td>" in page
    assert stock(hall)[0] == ("C-1", 129_900, 3)


def test_the_same_file_again_has_nothing_to_confirm(hall: Counter) -> None:
    hall.comes_in(HEAD + COAT)
    hall.sends_file(HEAD + COAT)
    page = hall.goes_on()
    assert "会新增 0，更新 0，不变 1，拒收 0" in page
    assert "没有要改动的" in page


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (",大衣,,,1,,,", "sku"),
        ("A,,,,1,,,", "name"),
        ("A,大衣,,,,,,", "price_yuan"),
        ("A,大衣,,,-1,,,", "price_yuan"),
        ("A,大衣,,,1.999,,,", "price_yuan"),
        ("A,大衣,,,1e9,,,", "price_yuan"),
        ("A,大衣,,,NaN,,,", "price_yuan"),
        ("A,大衣,,,999999999999,,,", "price_yuan"),
        ("A,大衣,,,１２,,,", "price_yuan"),
        ("A,大衣,,,=1+1,,,", "price_yuan"),
        ("A,大衣,,,1,-1,,", "stock"),
        ("A,大衣,,,1,1.5,,", "stock"),
        ("A,大衣,,,1,99999999,,", "stock"),
        ("A,大衣,,,1,#REF!,,", "stock"),
        ("A,大衣,,,1,1,0000-01-01,", "restock_at"),
        ("A,大衣,,,1,1,9999-12-31,", "restock_at"),
        ("A,大衣,,,1,1,2026-02-29,", "restock_at"),
        ("A,大衣,,,1,1,,javascript:alert(1)", "url"),
        (f"A,{'大' * 121},,,1,1,,", "name"),
        ("A,大\u202e衣,,,1,1,,", "name"),
        ("A,大衣,,,1", ""),
    ],
)
def test_a_wrong_cell_is_named_by_line_and_column_and_the_rest_comes_in(
    hall: Counter, row: str, column: str
) -> None:
    hall.sends_file(HEAD + row + "\n" + SCARF)
    page = hall.goes_on()
    assert f"<td>2</td><td>{column or '整行'}</td>" in page
    assert ("读不成" in page) is (not column)
    hall.operates("confirm", number=1)
    assert "新增 1，更新 0，不变 0，拒收 1" in hall.goes_on()
    assert stock(hall) == [("S-1", 19_900, None)]


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        ("sku,sku\n1,2\n", "a.csv", "comes twice"),
        ("货号,价\n1,2\n", "a.csv", "no column sku"),
        (b"", "a.csv", "no header"),
        ("\ufeff", "a.csv", "no header"),
        ("sku,name\n", "a.csv", "一行数据也没有"),
        ("sku,name\nA,衣\n".encode("utf-16"), "a.csv", "UTF-16"),
        ("sku,name\nA,caf\u00e9\n".encode("latin-1"), "a.csv", "[encoding]"),
        (HEAD + COAT, "a.pdf", "unknown-file"),
        (HEAD + COAT, "noname", "unknown-file"),
        (b"PK\x03\x04 no workbook", "a.xlsx", "is no whole workbook"),
        (b"\xd0\xcf\x11\xe0", "a.xls", "另存为"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "a.csv", "[encoding]"),
    ],
)
def test_what_is_no_table_is_refused_with_its_name_and_nothing_is_kept(
    hall: Counter, content: str | bytes, name: str, told: str
) -> None:
    said = hall.sends_file(content, name=name)
    assert said.startswith("✗")
    assert told in said
    assert "/" not in said.replace("https://", "").replace("UTF-8/", "")
    assert hall.store.count("imports") == 0


def test_gbk_of_chinese_excel_is_read_with_a_note(hall: Counter) -> None:
    hall.sends_file((HEAD + COAT).encode("gbk"))
    page = hall.goes_on()
    assert "按 GBK（GB18030）读的" in page
    assert "会新增 1" in page


def test_formula_cells_are_what_the_sheet_shows(hall: Counter) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["sku", "name", "price_yuan", "stock"])
    sheet.append(["A", '=HYPERLINK("http://evil.example","衣")', 12.5, 3])
    sheet.append(["B", "衣", "=1+1", 3.0])  # saved without having been computed
    file = io.BytesIO()
    book.save(file)
    hall.sends_file(file.getvalue(), name="表.xlsx")
    page = hall.goes_on()
    assert "<td>2</td><td>name</td>" in page
    assert "<td>3</td><td>price_yuan</td>" in page


def test_an_import_is_undone_but_not_what_changed_since(both: Counter) -> None:
    both.comes_in(HEAD + COAT + SCARF)
    both.comes_in("sku,name,price_yuan\nC-1,,999\nS-1,,99\nN-1,新,1\n")
    both.comes_in("sku,price_yuan\nS-1,88\n")
    assert "开始撤销" in both.operates("undo", number=2)
    assert "放回 2 个商品；之后又变过、没有动的 1 个" in both.goes_on()
    assert stock(both) == [("C-1", 129_900, 3), ("S-1", 8_800, None)]
    assert "✗" in both.operates("undo", number=2)


def test_orders_and_members_are_not_undone_and_say_why(hall: Counter) -> None:
    hall.comes_in("member,name\nsimulator:amei,阿美\n", kind="members")
    assert hall.asks("SELECT display_name FROM members") == [("阿美",)]
    assert "撤销这次导入" not in hall.page()
    assert "不能整批撤销" in hall.operates("undo", number=1)


def test_looking_at_members_and_orders_leaves_nothing_behind(hall: Counter) -> None:
    hall.sends_file("member,name\nsimulator:amei,阿美\nsimulator:,空\n", kind="members")
    order = "source,order_id,member,paid_at,paid_yuan\npos,1,simulator:amei,2026-08-01,10\n"
    hall.sends_file(order, kind="orders")
    page = hall.goes_on()
    assert page.count("会新增 1") == 2
    for table in ("members", "identities", "orders", "audit"):
        count = 2 if table == "audit" else 0  # that the files were sent
        assert hall.store.count(table) == count, table


def test_a_mapping_renames_foreign_columns(hall: Counter) -> None:
    mapping = '[columns]\n"货号" = "sku"\n"名称" = "name"\n"价" = "price_yuan"\n'
    hall.sends_file("货号,名称,价,备注\nA,衣,1,x\n", mapping=mapping)
    page = hall.goes_on()
    assert "会新增 1" in page
    assert "没有用到的列： 备注" in page
    assert "对照.toml 第 1 行" in hall.sends_file("sku\n", mapping="[columns\n")


def test_what_nobody_confirms_is_forgotten_after_a_day_and_the_rest_after_a_week(
    hall: Counter,
) -> None:
    hall.comes_in(HEAD + COAT + "X,,,,,,,\n")
    hall.sends_file(HEAD + SCARF)
    hall.goes_on()
    hall.store.clock.at += timedelta(hours=25)
    hall.runs("imports.forget")
    assert "没有导入" in hall.page()
    assert hall.store.count("import_bites") == 0
    hall.store.clock.at += timedelta(days=7)
    hall.runs("imports.forget")
    assert hall.store.count("import_befores") == 0
    assert "拒收的行" not in hall.page()
    assert "撤销这次导入" not in hall.page()
    assert "过了可以撤销的时间" in hall.operates("undo", number=1)


def test_a_file_that_is_not_wanted_is_gone_at_once(hall: Counter) -> None:
    hall.sends_file(HEAD + COAT)
    assert "不导入了" in hall.operates("cancel", number=1)
    assert hall.store.audited()[-1] == ("lin", "imports.cancelled")
    assert hall.store.count("import_bites") == 0
    assert "✗" in hall.operates("confirm", number=1)
    hall.goes_on()
    assert stock(hall) == []


def test_an_import_that_is_stopped_lets_the_next_one_in(
    hall: Counter,
) -> None:
    rows = "".join(f"P{n},衣{n},,,9,{n},,\n" for n in range(250))
    hall.sends_file(HEAD + rows)
    hall.sends_file(HEAD + COAT)
    hall.goes_on()
    hall.operates("confirm", number=1)
    hall.store.do(lambda uow: service.go_on(uow, hall.tools))
    came_in = hall.store.do(products.count)
    assert 0 < came_in < 250

    assert "停下了" in hall.operates("stop", number=1)
    assert hall.store.audited()[-1] == ("lin", "imports.stopped")
    assert "✗" in hall.operates("stop", number=1)
    hall.operates("confirm", number=2)
    assert f"新增 {came_in}，更新 0" in hall.goes_on()
    assert hall.store.do(products.count) == came_in + 1
    hall.operates("undo", number=1)
    hall.goes_on()
    assert hall.store.do(products.count) == 1


def test_a_hostile_name_stays_words(hall: Counter) -> None:
    hall.sends_file(HEAD + COAT, name="<img src=x onerror=alert(1)>.csv")
    assert "<img" not in hall.goes_on()


def test_who_works_on_an_import_twice_takes_each_row_once(both: Counter) -> None:
    rows = "".join(f"P{n},衣{n},,,{n % 90 + 1},{n},,\n" for n in range(250))
    both.sends_file(HEAD + rows)
    assert "250 行" in both.page()
    both.runs("imports.bites")
    both.operates("confirm", number=1)
    assert "新增 250，更新 0，不变 0，拒收 0" in both.goes_on()
    assert both.store.do(products.count) == 250
