"""A start loads what a running house needs. What few ever ask for is loaded when they ask."""

from pathlib import Path

import pytest

from tests.kit.fresh import imported_by

CONFIG = """
[community]
name = "拾光衣橱"
timezone = "Asia/Shanghai"
[database]
url = "sqlite:///{place}/bot.sqlite3"
[paths]
data = "{place}"
content = "{place}/content"
schedules = "{place}/schedules"
[channels.simulator]
enabled = true
"""
START = """
import sys
from pathlib import Path
from bot.__main__ import main
sys.argv = ["bot", "--help"]
try:
    main()
except SystemExit:
    pass
from bot import app as roof
from bot.storage.migrate import upgrade
config = roof.read_config(Path({config!r}))
upgrade(roof.open_database(config))
roof.build(config)
"""
SELDOM = {
    "alembic": "an old schema",
    "sqlmodel": "tables, when they are compared",
    "sqlalchemy.orm": "tables, when they are compared",
    "sqlalchemy.dialects.postgresql": "PostgreSQL",
    "psycopg": "PostgreSQL",
    "procrastinate": "PostgreSQL",
    "PIL": "pictures",
    "segno": "codes to scan",
    "openpyxl": "workbooks",
    "lunar_python": "birthdays by the lunar calendar",
    "holidays": "public holidays",
    "yaml": "front matter that is not TOML",
    "wechatpy": "an account's encrypted answers",
    "rich": "nobody",
}


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    place = tmp_path_factory.mktemp("start")
    file = place / "config.toml"
    file.write_text(CONFIG.format(place=place), "utf-8")
    return imported_by(START.format(config=str(file)))


@pytest.mark.parametrize("name", SELDOM)
def test_a_start_does_not_load_what_is_seldom_asked_for(started: set[str], name: str) -> None:
    assert name not in started, f"for {SELDOM[name]}: import it in the function that needs it"


def test_a_start_loads_no_table(started: set[str]) -> None:
    rooms = ("bot.channels.", "bot.commons.", "bot.features.", "bot.pipeline.")
    tables = [name for name in started if name.endswith((".models", ".tables"))]

    assert [name for name in tables if name.startswith(rooms)] == []


def test_the_entry_is_the_one_that_is_installed() -> None:
    project = Path(__file__).parents[1] / "pyproject.toml"

    assert '\nbot = "bot.__main__:main"\n' in project.read_text("utf-8")
