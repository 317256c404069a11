"""No two databases share a folder: each would take the other's files for nobody's."""

from pathlib import Path

import pytest

from bot.app import files_folder
from bot.config import load

CONFIG = """
[community]
name = "拾光衣橱"
[database]
url = "{url}"
"""


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("sqlite:///bot.sqlite3", "bot"),
        ("sqlite:///data/demo.sqlite3", "demo"),
        ("sqlite:////var/lib/我的 bot.db", "___bot"),
        ("postgresql://bot@db.internal:5432/community", "community"),
        ("postgresql://bot@db.internal/..%2F..%2Fetc", "etc"),
    ],
)
def test_files_lie_in_a_folder_called_after_the_database(
    tmp_path: Path, url: str, name: str
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(CONFIG.format(url=url), "utf-8")
    config = load(file, environ={}, sections={})

    assert files_folder(config) == tmp_path / "data" / "media" / name
