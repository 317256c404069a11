"""The commands as an operator types them: what they print, where, and how they end."""

import io
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.cli import main
from bot.cli.common import OUTSIDE_FAILED
from bot.commons import accounts
from bot.kernel.ids import ChannelName
from bot.kernel.messages import Update, UpdateKind
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.pipeline import inbox
from bot.storage.db import Database
from tests.kit.rooms import NOON, TurnedClock

CONFIG = """
[community]
name = "拾光衣橱"
[database]
url = "sqlite:///bot.sqlite3"
[channels.simulator]
enabled = true
[[groups]]
id = "vip-1"
name = "一群"
channel = "simulator"
"""
SCHEDULE = """
[[schedule]]
name = "morning"
cron = "30 8 * * 1"
content = "posts"
pick = "next_unused"
audience = ["group:vip-1"]
"""


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
    (tmp_path / "content").mkdir()
    (tmp_path / "schedules").mkdir()
    return tmp_path


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def run_it(*words: str, stdin: str = "") -> Ended:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        with pytest.raises(SystemExit) as ended:
            main([*words, "--config", str(folder / "config.toml")])
        told = capsys.readouterr()
        code = ended.value.code
        return Ended(code if isinstance(code, int) else 0, told.out, told.err)

    return run_it


def park(folder: Path) -> None:
    """Leave an update that was given up in the inbox."""
    database = Database(f"sqlite:///{folder / 'bot.sqlite3'}")
    with database.writing() as connection:
        uow = UnitOfWork(connection, TurnedClock())
        channel = ChannelName("simulator")
        update = Update(channel, "k1", UpdateKind.TEXT, "c", NOON, "amei", text="打卡")
        inbox.put(uow, [update])
        uow.run(
            Statement("UPDATE inbox SET status = 'parked', error = :error"),
            error="Traceback\nValueError: no",
        )
    database.close()


def audit_of(folder: Path) -> Sequence[Row]:
    """Return who did what."""
    database = Database(f"sqlite:///{folder / 'bot.sqlite3'}")
    with database.reading() as connection:
        rows = connection.run(Statement("SELECT who, what FROM audit ORDER BY id"), {})
    database.close()
    return rows


def test_check_is_silent_and_content_when_all_is_well(run: Run) -> None:
    ended = run("check")

    assert ended == Ended(0, "", "0 errors, 0 warnings\n")


def test_check_names_file_line_and_rule(folder: Path, run: Run) -> None:
    (folder / "schedules" / "a.toml").write_text(SCHEDULE, encoding="utf-8")
    ended = run("check")

    assert ended.code == 1
    assert "a.toml:4: [syntax] cron: week days go by name" in ended.err


def test_check_prints_json_for_machines(folder: Path, run: Run) -> None:
    (folder / "schedules" / "a.toml").write_text(SCHEDULE, encoding="utf-8")
    problems = json.loads(run("check", "--json").out)

    assert {"path", "line", "rule", "message", "hint", "warning"} <= problems[0].keys()


def test_a_broken_configuration_ends_with_2_and_every_line(folder: Path, run: Run) -> None:
    (folder / "config.toml").write_text("[community]\nname = 3\n[serve]\n", encoding="utf-8")
    ended = run("check")

    assert ended.code == 2
    assert "config.toml:2: [wrong-type]" in ended.err
    assert "config.toml:3: [unknown-key]" in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    "words",
    [
        ("run", "--roles", "cook"),
        ("run", "--roles", "web"),
        ("frobnicate",),
        ("parked", "retry", "inbax", "1"),
        ("parked", "retry", "inbox", "one"),
        ("parked", "retry", "inbox", "9" * 25),
        ("user", "add", "lin", "--role", "king"),
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2_and_no_traceback(run: Run, words: tuple[str, ...]) -> None:
    ended = run(*words)

    assert ended.code == 2
    assert "Traceback" not in ended.err


def test_an_account_is_added_once_with_a_good_password(run: Run) -> None:
    weak = run("user", "add", "lin", "--role", "operator", stdin="short\n")
    good = run("user", "add", "lin", "--role", "operator", stdin="correct horse\n")
    again = run("user", "add", "lin", "--role", "operator", stdin="correct horse\n")

    assert (weak.code, good.code, again.code) == (2, 0, 2)
    assert "correct horse" not in good.out + good.err + again.err


def test_a_password_is_replaced_for_accounts_that_exist(folder: Path, run: Run) -> None:
    run("user", "add", "lin", "--role", "operator", stdin="correct horse\n")

    assert run("user", "password", "lin", stdin="battery staple\n").code == 0
    assert run("user", "password", "wang", stdin="battery staple\n").code == 2
    assert audit_of(folder) == [("cli", "accounts.added"), ("cli", "accounts.password")]


def test_accounts_are_listed_disabled_and_enabled(folder: Path, run: Run) -> None:
    assert "there are no accounts" in run("user", "list").out
    for name, role in (("lin", "operator"), ("wang", "supervisor")):
        run("user", "add", name, "--role", role, stdin="correct horse\n")

    assert run("user", "disable", "LIN").code == 0
    assert run("user", "list").out.splitlines()[1] == "wang  supervisor  enabled  open sessions 0"
    assert json.loads(run("user", "list", "--json").out)[0]["disabled_at"] is not None
    last = run("user", "disable", "wang")
    assert (last.code, "the last account that opens the console" in last.err) == (1, True)
    assert run("user", "enable", "lin").code == 0
    assert run("user", "disable", "wang").code == 0
    assert audit_of(folder) == [
        ("cli", "accounts.added"),
        ("cli", "accounts.added"),
        ("cli", "accounts.disabled"),
        ("cli", "accounts.enabled"),
        ("cli", "accounts.disabled"),
    ]


@pytest.mark.parametrize("verb", ["disable", "enable"])
def test_an_unknown_account_is_wrong_usage(run: Run, verb: str) -> None:
    ended = run("user", verb, "nobody")

    assert ended == Ended(2, "", 'bot: there is no account "nobody"; see bot user list\n')


def test_a_demo_may_have_a_community_of_its_own(folder: Path) -> None:
    command = [sys.executable, "-m", "bot", "demo", "--config", "config.toml", "--port"]
    root = {"PYTHONPATH": str(Path(__file__).parents[1])}
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = subprocess.run(
            [*command, port], cwd=folder, env=os.environ | root, check=False, capture_output=True
        )

    assert ended.returncode == OUTSIDE_FAILED, ended.stderr  # all was ready but the port
    assert (folder / "bot.sqlite3").exists()


REAL = """
[channels.group_robot.staff]
webhook_url = "env:STAFF"
"""


@pytest.mark.parametrize(
    "config",
    [
        CONFIG.replace("enabled = true", "enabled = true" + REAL),
        CONFIG.replace("enabled = true", "enabled = false").partition("[[groups]]")[0],
        CONFIG.replace("enabled = true", "enabled = true\nallow_remote = true")
        + '[server]\nhost = "0.0.0.0"\n',
        CONFIG.replace("sqlite:///bot.sqlite3", "postgresql://bot@127.0.0.1/bot"),
    ],
    ids=["a real channel", "no simulator", "open to others", "postgresql"],
)
def test_a_demo_is_for_this_machine_and_the_simulator(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch, config: str
) -> None:
    monkeypatch.setenv("STAFF", "https://example.test/cgi-bin/webhook/send?key=k")
    (folder / "config.toml").write_text(config, encoding="utf-8")
    ended = run("demo")

    assert (ended.code, "a demo" in ended.err) == (2, True)


@pytest.mark.parametrize(
    "section",
    [
        '[server]\npublic_url = "https://bot.example.com"\n',
        '[channels.group_robot.staff]\nwebhook_url = "env:STAFF"\n',
    ],
    ids=["open to others", "a real channel"],
)
def test_the_demos_password_opens_no_real_house(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch, section: str
) -> None:
    monkeypatch.setenv("STAFF", "https://example.test/cgi-bin/webhook/send?key=k")
    run("migrate")
    database = Database(f"sqlite:///{folder / 'bot.sqlite3'}")
    with database.writing() as connection:
        accounts.ensure_demo(UnitOfWork(connection, TurnedClock()))
    database.close()
    (folder / "config.toml").write_text(section + CONFIG, encoding="utf-8")

    ended = run("run")

    assert (ended.code, "bot user password demo" in ended.err) == (1, True)


def test_migrate_says_what_it_found(run: Run) -> None:
    assert "was empty, is current" in run("migrate").out
    assert "was current, is current" in run("migrate").out


def test_parked_items_are_listed_retried_and_dropped(folder: Path, run: Run) -> None:
    run("migrate")
    assert run("parked", "list").out == "nothing is parked\n"
    park(folder)

    assert "ValueError: no" in run("parked", "list").out
    assert json.loads(run("parked", "list", "--json").out)["inbox"][0]["id"] == 1
    assert run("parked", "drop", "inbox", "1").code == 0
    assert "inbox 1" in run("parked", "list", "--dropped").out
    assert run("parked", "restore", "inbox", "1").code == 0
    assert run("parked", "retry", "inbox", "1").code == 0
    assert run("parked", "retry", "inbox", "1").code == 1


def test_a_database_from_the_future_is_refused(folder: Path, run: Run) -> None:
    run("migrate")
    database = Database(f"sqlite:///{folder / 'bot.sqlite3'}")
    with database.writing() as connection:
        connection.run(Statement("UPDATE alembic_version SET version_num = '9999'"), {})
    database.close()
    ended = run("migrate")

    assert ended.code == 2
    assert "[newer-database]" in ended.err
