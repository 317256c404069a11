from pathlib import Path

import pytest

from bot.commons.content import Library
from bot.kernel.errors import Problem
from tests.kit.care import FORMS
from tests.kit.desk import Desk

HEAD = 'title = "营业时间"\nquestions = [\n  "几点开门",\n  "几点关门",\n]\n'


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def problems(desk: Desk) -> list[Problem]:
    return [one for one in Library.read(desk.content, forms=FORMS).problems if not one.warning]


def ask(desk: Desk, name: str, body: str, matter: str) -> None:
    desk.post(f"faq/{name}.md", body, matter, "")


def test_a_tidy_file_needs_neither_kind_nor_stage(desk: Desk) -> None:
    ask(desk, "hours", "每天 10:00–21:30。", HEAD)

    assert problems(desk) == []


def test_a_question_of_two_files_is_named_where_it_stands_again(desk: Desk) -> None:
    ask(desk, "a-hours", "每天 10:00–21:30。", HEAD)
    ask(
        desk,
        "b-closing",
        "21:30。",
        'title = "关门"\nquestions = [\n  "打烊",\n  "幾點關門？",\n]\n',
    )

    (problem,) = problems(desk)

    assert problem.path.endswith("content/faq/b-closing.md")
    assert (problem.line, problem.rule) == (5, "duplicate-name")
    assert problem.message == "asked by content/faq/a-hours.md, too"


def test_a_file_for_some_days_may_have_a_question_of_another(desk: Desk) -> None:
    ask(desk, "hours", "每天 10:00–21:30。", HEAD)
    dates = "valid_from = 2026-10-01\nvalid_until = 2026-10-07\n"
    ask(desk, "october", "国庆 11:00 开。", HEAD + dates)
    assert problems(desk) == []

    ask(desk, "october-2", "国庆 12:00 开。", HEAD + dates.replace("10-01", "10-05"))
    assert {one.rule for one in problems(desk)} == {"duplicate-name"}


@pytest.mark.parametrize(
    ("body", "matter", "line", "rule"),
    [
        ("", HEAD, 8, "no-default"),
        ("长" * 601, HEAD, 8, "too-long"),
        ("短", 'questions = ["几点开门"]\n', 2, "missing-key"),
        ("短", 'title = "营业时间"\n', 2, "missing-key"),
        ("短", 'title = "营业时间"\nquestions = []\n', 3, "bad-value"),
        ("短", 'title = "营业时间"\nquestions = ["？？"]\n', 3, "bad-value"),
        ("短", 'title = "营业时间"\nquestions = ["开门", "開門"]\n', 3, "duplicate-name"),
        ("短", HEAD + 'answer = "短"\n', 7, "unknown-key"),
        ("短", HEAD + "valid_until = tomorrow\n", 7, "syntax"),
        ("转发到朋友圈送 10 积分", HEAD, 8, "share-for-reward"),
    ],
    ids=str,
)
def test_a_mistake_is_told_with_its_line(
    desk: Desk, body: str, matter: str, line: int, rule: str
) -> None:
    ask(desk, "hours", body, matter)

    (problem,) = problems(desk)

    assert (problem.rule, problem.line) == (rule, line)


def test_a_file_with_a_mistake_leaves_the_others(desk: Desk) -> None:
    ask(desk, "a-hours", "每天 10:00–21:30。", HEAD)
    ask(desk, "b-twin", "别的。", HEAD)
    ask(desk, "c-fine", "可以。", 'title = "停车"\nquestions = ["能停车吗"]\n')

    assert list(Library.read(desk.content, forms=FORMS).files) == [
        "faq/a-hours.md",
        "faq/c-fine.md",
    ]
