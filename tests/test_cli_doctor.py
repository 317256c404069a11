"""`bot doctor` as an operator types it: what it prints, where, and how it ends."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli import main
from tests.kit.doctor import Elsewhere, FakeOffice, beside
from tests.kit.mail import AES_KEY, TOKEN
from tests.kit.platforms import CORP, SECRET, Fault

QUIET = """
[community]
name = "拾光衣橱"
[server]
public_url = "http://127.0.0.1:1"
[database]
url = "sqlite:///bot.sqlite3"
[paths]
content = "."
schedules = "."
"""
DOOR = """
[channels.wecom_app]
corp_id = "{corp}"
secret = "env:SECRET"
token = "env:TOKEN"
agent_id = 7
encoding_aes_key = "env:KEY"
api_base = "{base}"
"""
CONSOLE = "[console]\nwecom_login = true\n"
ROW = {"door", "check", "level", "message", "hint", "path", "line"}
Doctor = Callable[..., tuple[int, str, str]]


@pytest.fixture
def doctor(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Doctor:
    for name, value in (("SECRET", SECRET), ("TOKEN", TOKEN), ("KEY", AES_KEY)):
        monkeypatch.setenv(name, value)

    def run(config: str, *words: str) -> tuple[int, str, str]:
        (tmp_path / "config.toml").write_text(config, encoding="utf-8")
        with pytest.raises(SystemExit) as ended:
            main(["doctor", *words, "--config", str(tmp_path / "config.toml")])
        told = capsys.readouterr()
        assert "Traceback" not in told.err
        assert not [secret for secret in (SECRET, TOKEN, AES_KEY) if secret in told.out + told.err]
        code = ended.value.code
        return (code if isinstance(code, int) else 0), told.out, told.err

    return run


def door(base: str) -> str:
    return QUIET + DOOR.format(corp=CORP, base=base)


def test_a_house_without_doors_is_well(doctor: Doctor) -> None:
    code, out, err = doctor(QUIET)

    assert code == 0
    assert out.startswith("note  house: [database]")
    assert err == "0 problems, 0 warnings, 0 not found out because another system failed\n"


def test_a_problem_has_file_line_rule_and_fix(doctor: Doctor) -> None:
    office = FakeOffice()
    with beside(office):
        office.faults["gettoken"].append(Fault(errcode=40001))
        code, out, err = doctor(door(office.url))

    lines = err.splitlines()
    at = next(number for number, line in enumerate(lines) if "40001" in line)
    assert code == 1
    assert "config.toml:14: [token] wecom_app: token: the platform refuses the secret" in lines[at]
    assert lines[at + 1].startswith("    copy the app's Secret anew")
    assert "2 problems, 1 warnings, 0 not found out" in lines[-1]
    assert "ok    wecom_app: [clock]" in out


def test_a_platform_that_does_not_answer_ends_with_3(doctor: Doctor) -> None:
    code, _, err = doctor(door("http://127.0.0.1:1"))

    assert code == 3
    assert "config.toml:18: [reach] wecom_app: token: the platform cannot be reached" in err


def test_an_address_that_is_ours_and_well_leaves_warnings_that_end_with_0(doctor: Doctor) -> None:
    office, ours = FakeOffice(), Elsewhere()
    with beside(office), beside(ours):
        text = door(office.url).replace("http://127.0.0.1:1", ours.url)
        code, _, err = doctor(text)
        assert (code, "somebody else answers" in err) == (1, True)
        code, out, _ = doctor(QUIET)

    assert (code, "[data-folder]" in out) == (0, True)


def test_json_is_one_list_of_rows(doctor: Doctor) -> None:
    office = FakeOffice()
    with beside(office):
        code, out, _ = doctor(door(office.url), "--json")

    rows = json.loads(out)
    assert code == 1
    assert all(row.keys() == ROW for row in rows)
    assert {row["level"] for row in rows} == {"ok", "note", "warning", "problem"}
    assert [row["line"] for row in rows if row["check"] == "callback"] == [12]


@pytest.mark.parametrize(
    ("trusted", "agent", "line", "hint"),
    [
        ("", "7", "12: [console-login] wecom_app: the app trusts no domain", "可信域名"),
        ("else.example", "7", "12: [console-login] wecom_app: the app trusts else.example", "可信"),
        (
            "127.0.0.1",
            "8",
            "16: [console-login] wecom_app: agent/get: the platform refuses",
            "3010",
        ),
    ],
    ids=["none", "another", "not this app"],
)
def test_what_keeps_colleagues_out_of_the_console_is_named(
    doctor: Doctor, trusted: str, agent: str, line: str, hint: str
) -> None:
    office = FakeOffice(trusted=trusted, agent=agent)
    with beside(office):
        code, _, err = doctor(door(office.url) + CONSOLE)

    assert (code, f"config.toml:{line}" in err) == (1, True), err
    assert hint in err.partition("[console-login]")[2]


def test_a_trusted_domain_lets_colleagues_in_and_what_is_not_told_is_said(doctor: Doctor) -> None:
    office = FakeOffice(trusted="127.0.0.1")
    with beside(office):
        _, out, err = doctor(door(office.url) + CONSOLE)
        _, silent, _ = doctor(door(office.url))

    assert "ok    wecom_app: [console-login] the app trusts 127.0.0.1" in out
    assert "授权回调域" in out
    assert "console-login" not in err + silent


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ("", ()),
        ("[community]\nname = 3\n", ()),
        (QUIET, ("--frobnicate",)),
        (QUIET, ("extra",)),
    ],
    ids=["empty", "wrong type", "option", "argument"],
)
def test_wrong_usage_ends_with_2(doctor: Doctor, config: str, words: tuple[str, ...]) -> None:
    code, out, err = doctor(config, *words)

    assert (code, out) == (2, "")
    assert err


HALF = """
[channels.kefu]
secret = "env:SECRET"
"""
WRONG = {
    "a missing key": (HALF, 20, '"corp_id" is missing'),
    "no secret": (HALF.replace("env:SECRET", "env:NOBODY"), 21, "NOBODY"),
    "no table": ("[channels]\nkefu = 3\n", 20, "3"),
    "an unknown door": ("\n[channels.fax]\nnumber = 1\n", 20, "fax"),
    "a webhook": ('\n[channels.group_robot.a]\nwebhook_url = "env:HOOK"\n', 21, "webhook"),
    "a list": ("\n[[channels.kefu]]\nsecret = 1\n", 20, "kefu"),
    "a setting of a room": ("\n[checkin]\npoints = 'many'\n", 21, "points"),
    "a group": ("\n[[groups]]\nid = 'a'\nname = 'b'\nchannel = 'fax'\n", 23, "fax"),
}


@pytest.mark.parametrize(("text", "line", "words"), WRONG.values(), ids=WRONG.keys())
def test_a_door_with_a_mistake_is_named_and_the_others_are_examined(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, text: str, line: int, words: str
) -> None:
    monkeypatch.setenv("HOOK", "https://example.invalid/cgi-bin/webhook/send")
    office = FakeOffice()
    with beside(office):
        code, out, err = doctor(door(office.url) + text)

    assert code == 2
    assert any(f"config.toml:{line}: [" in row and words in row for row in err.splitlines()), err
    assert "ok    wecom_app: [clock]" in out


def test_a_mistake_is_a_row_of_the_json_too(doctor: Doctor) -> None:
    code, out, _ = doctor(QUIET + HALF, "--json")

    rows = json.loads(out)
    assert code == 2
    assert all(row.keys() == ROW for row in rows)
    told = [
        (row["check"], row["level"], row["line"]) for row in rows if "corp_id" in row["message"]
    ]
    assert told == [("missing-key", "problem", 12)]
    assert "timezone" in {row["check"] for row in rows}


def test_one_robot_with_a_mistake_hides_no_other(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "https://example.invalid/cgi-bin/webhook/send"
    monkeypatch.setenv("HOOK", address)
    monkeypatch.setenv("GOOD", f"{address}?key=1")
    robots = "".join(
        f'[channels.group_robot.{name}]\nwebhook_url = "env:{value}"\n'
        for name, value in (("a", "GOOD"), ("b", "HOOK"), ("c", "GOOD"))
    )
    code, out, _ = doctor(QUIET + robots)

    assert code == 2
    assert "group_robot.a" in out
    assert "group_robot.b" not in out
    assert "group_robot.c" in out


def test_a_configuration_that_is_not_there_ends_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["doctor", "--config", str(tmp_path / "none.toml")])

    assert ended.value.code == 2
    assert "[missing-file]" in capsys.readouterr().err


def test_without_a_configuration_the_demos_house_is_examined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["bot", "doctor"])
    with pytest.raises(SystemExit) as ended:
        main()

    told = capsys.readouterr()
    assert (ended.value.code, "[timezone]" in told.out) == (0, True)
    assert told.err.startswith("no config.toml here")
