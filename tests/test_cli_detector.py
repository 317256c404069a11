"""`bot detector`: training, stepping back, and what is refused."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli import main
from bot.commons.detection import Role, Turn
from bot.commons.learning import examples, in_use
from bot.commons.learning.versions import Models
from bot.features import care
from bot.kernel.work import UnitOfWork
from tests.kit.house import HouseUnderTest

CONFIG = """
[community]
name = "拾光衣橱"
[database]
url = "sqlite:///bot.sqlite3"
[channels.simulator]
enabled = true
"""
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what runs a command in a folder with a configuration and few examples."""
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    few = examples.learned()[::60]
    monkeypatch.setattr(examples, "learned", lambda: few)

    def command(*arguments: str) -> tuple[int, str, str]:
        code = 0
        try:
            main(["detector", *arguments])
        except SystemExit as exc:
            code = int(exc.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


def feedback(folder: Path, *rows: dict[str, object]) -> str:
    path = folder / "feedback.jsonl"
    lines = (json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


def test_a_new_version_is_measured_kept_and_stepped_back(run: Run, tmp_path: Path) -> None:
    path = feedback(tmp_path, {"text": "小票上的数字对不上", "escalate": True})

    code, said, _ = run("train", path)

    assert code == 0
    assert "before (shipped" in said
    assert "after 1 lines of feedback" in said
    assert "0001" in said
    assert json.loads(run("show", "--json")[1])[1]["in_use"]
    assert run("rollback")[:1] == (0,)
    assert json.loads(run("show", "--json")[1])[0]["in_use"]


async def test_a_running_bot_works_with_what_was_trained_and_with_the_one_before(
    run: Run, tmp_path: Path
) -> None:
    said = "小票上的数字对不上"
    house = HouseUnderTest(tmp_path / "house", [care.feature])
    house.tools.add(Models, Models(tmp_path / "data"))
    async with house:

        async def score() -> float:
            """Return what the bot finds once its job has run."""

            def look(uow: UnitOfWork) -> float:
                for job in care.feature.jobs:
                    if job.before is not None:
                        job.before(uow, house.tools)
                return in_use.detector(uow, house.tools).detect([Turn(Role.USER, said)]).score

            return await house.house.writer.look(look)

        shipped = await score()
        lines = [{"text": said, "label": "complaint", "severity": 2}] * 20
        assert run("train", feedback(tmp_path, *lines))[0] == 0
        trained = await score()
        assert run("rollback")[0] == 0

        assert trained > shipped
        assert await score() == shipped


def test_a_model_that_loses_what_is_severest_is_refused(run: Run, tmp_path: Path) -> None:
    severest = [
        {"text": turn.text, "label": "chitchat", "severity": 0}
        for example in examples.frozen()
        if example.severity == 3
        for turn in example.turns[-1:]
    ]

    code, _, said = run("train", feedback(tmp_path, *severest * 3))

    assert code == 1
    assert "refused" in said
    assert "stays in use" in said
    assert len(json.loads(run("show", "--json")[1])) == 1


def test_a_bad_line_is_named_and_nothing_is_trained(run: Run, tmp_path: Path) -> None:
    code, _, said = run("train", feedback(tmp_path, {"text": "好", "label": "who knows"}))

    assert code == 2
    assert "feedback.jsonl:1: [bad-example] label" in said


def test_there_is_no_step_back_from_the_shipped_model(run: Run) -> None:
    code, _, said = run("rollback")

    assert code == 1
    assert "none before it" in said


def test_a_damaged_version_is_said_and_can_be_left(run: Run, tmp_path: Path) -> None:
    run("train", feedback(tmp_path, {"text": "好", "escalate": False}))
    (file,) = tmp_path.glob("data/detector/*.bin")
    file.write_bytes(b"rot")

    code, _, said = run("train")

    assert code == 2
    assert "0001.bin" in said
    assert "no weights file" in run("show")[1]
    assert run("rollback")[0] == 0


def test_a_folder_that_takes_no_file_is_said(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "detector").write_text("not a folder")

    code, _, said = run("train")

    assert code == 3
    assert "data/detector: File exists" in said
