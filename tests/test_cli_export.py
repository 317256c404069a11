"""`bot export`: a sheet in three formats, and mistakes in words."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from bot.cli import main
from bot.commons import members, points
from bot.commons.sheets import Format, whole, write
from bot.kernel.ids import ChannelName
from bot.kernel.work import UnitOfWork
from bot.storage.db import Database
from tests.kit.rooms import NOON, TurnedClock
from tests.kit.tables import furnished

CONFIG = """
[community]
name = "拾光衣橱"
[database]
url = "sqlite:///bot.sqlite3"
[channels.simulator]
enabled = true
"""
COLUMNS = ["entry_id", "at", "member", "account", "points", "reason", "key"]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    database = Database(furnished(tmp_path / "bot.sqlite3"))
    with database.writing() as connection:
        uow = UnitOfWork(connection, TurnedClock())
        amei = members.resolve(uow, ChannelName("simulator"), "amei", NOON)
        points.award(uow, amei, 5, reason="checkin", key="=cmd", expires_at=NOON)
        points.spend(uow, amei, 2, reason="mall", key="s")
        points.expire(uow, most=9)
        erased = members.resolve(uow, ChannelName("simulator"), "lily", NOON)
        points.award(uow, erased, 7, reason="checkin", key=f"checkin:{erased}")
        for data in points.personal:
            data.erase(uow, erased)
    database.close()
    return tmp_path


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run_it(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([*words, "--config", str(folder / "config.toml")])
        told = capsys.readouterr()
        return ended.value.code if isinstance(ended.value.code, int) else 0, told.out, told.err

    return run_it


def test_the_ledger_has_both_sides_of_every_entry(run: Run) -> None:
    code, out, _ = run("export", "ledger")
    rows = list(csv.DictReader(io.StringIO(out)))

    assert code == 0
    assert out.splitlines()[0].split(",") == COLUMNS
    told = [(r["member"], r["account"], int(r["points"]), r["reason"], r["key"]) for r in rows]
    assert told[:6] == [
        ("", "checkin", -5, "checkin", "'=cmd"),
        ("simulator:amei", "member", 5, "checkin", "'=cmd"),
        ("simulator:amei", "member", -2, "mall", "s"),
        ("", "mall", 2, "mall", "s"),
        ("simulator:amei", "member", -3, "expired", told[4][4]),
        ("", "expired", 3, "expired", told[5][4]),
    ]
    assert rows[0]["at"] == "2026-08-24T12:00:00+08:00"
    assert sum(int(row["points"]) for row in rows) == 0
    assert "lily" not in out


def test_json_lines_go_to_a_file(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "ledger.jsonl"
    assert run("export", "ledger", "--format", "jsonl", "--out", str(out))[:2] == (0, "")

    records = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [*records[0]] == COLUMNS
    assert records[0]["points"] == -5
    assert records[0]["key"] == "=cmd"


def test_xlsx_is_a_workbook_of_words_and_numbers(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "ledger.xlsx"
    assert run("export", "ledger", "--format", "xlsx", "--out", str(out))[0] == 0

    rows = cells_of(out)
    assert rows[0] == COLUMNS
    assert rows[1][3:] == ["checkin", "-5", "checkin", "=cmd"]
    assert not list(tmp_path.glob(".*.part"))


def cells_of(book: Path | io.BytesIO) -> list[list[str]]:
    sheet = load_workbook(book).worksheets[0]
    return [[str(value) for value in row] for row in sheet.iter_rows(values_only=True)]


def test_hostile_words_stay_words_in_a_workbook() -> None:
    file = io.BytesIO()
    write(file, Format.XLSX, ["a"], [{"a": "=<b>&\x00🎁"}, {"a": None}, {"a": 1.5}])
    sheet = load_workbook(file).worksheets[0]

    assert cells_of(file) == [["a"], ["=<b>&🎁"], ["None"], ["1.5"]]
    assert [row[0].data_type for row in sheet.iter_rows()] == ["s", "s", "n", "n"]


def test_what_breaks_on_the_way_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    out = tmp_path / "a.csv"
    out.write_text("before", encoding="utf-8")

    def broken() -> Iterator[dict[str, str]]:
        yield {"a": "one"}
        raise RuntimeError("no")

    with pytest.raises(RuntimeError), whole(out) as file:
        write(file, Format.CSV, ["a"], broken())

    assert out.read_text("utf-8") == "before"
    assert not list(tmp_path.glob(".*.part"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("treasure",),
            "no export 'treasure'; there are: badges, care-week, detector-feedback",
        ),
        (("ledger", "--as-of", "2026-08-24"), "export ledger takes no --as-of"),
        (("ledger", "--format", "xlsx"), "xlsx needs --out FILE"),
        (("ledger", "--format", "pdf"), "pdf"),
        (("ledger", "--from", "yesterday"), "yesterday"),
    ],
)
def test_wrong_usage_is_said(run: Run, words: tuple[str, ...], said: str) -> None:
    code, out, err = run("export", *words)

    assert (code, out) == (2, "")
    assert said in err
    assert "Traceback" not in err


def test_a_folder_that_is_not_there_is_said(run: Run, tmp_path: Path) -> None:
    code, _, err = run("export", "ledger", "--out", str(tmp_path / "no" / "a.csv"))

    assert code == 3
    assert "No such file" in err


def test_thousands_of_entries_come_in_order(folder: Path, run: Run) -> None:
    database = Database(f"sqlite:///{folder / 'bot.sqlite3'}")
    with database.writing() as connection:
        clock = TurnedClock()
        uow = UnitOfWork(connection, clock)
        amei = members.resolve(uow, ChannelName("simulator"), "amei", NOON)
        for number in range(2_500):
            clock.at += timedelta(seconds=1)
            points.award(uow, amei, 1, reason="checkin", key=f"k{number}")
    database.close()

    numbers = [
        int(row["entry_id"]) for row in csv.DictReader(io.StringIO(run("export", "ledger")[1]))
    ]

    assert numbers == sorted(numbers)
    assert len(numbers) == 2 * (2_500 + 4)
