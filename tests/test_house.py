"""The house keeps its own rules; what `lint-imports` can't see is asserted here."""

import re
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import bot
from bot import app as roof
from bot.kernel.privacy import PersonalData
from tests.kit.channels_page import RECORDS
from tests.kit.fresh import words_of

ROOT = Path(__file__).parents[1]
ROOMS = {path.name for path in (ROOT / "bot" / "features").iterdir() if path.is_dir()}
SOURCES = sorted((ROOT / "bot").rglob("*.py"))
MOST_LINES = 500


def all_modules() -> list[str]:
    found = walk_packages(bot.__path__, "bot.")
    skipped = ("migrations", "__main__")
    return [module.name for module in found if not any(part in module.name for part in skipped)]


def test_every_room_is_listed_on_the_roof() -> None:
    assert {room.name for room in roof.FEATURES} == ROOMS - {"__pycache__"}


def test_every_room_has_its_place_in_the_menu() -> None:
    assert set(map(id, roof.MENU)) == set(map(id, roof.FEATURES))


def test_every_room_has_templates_where_the_house_looks_for_them() -> None:
    words = roof.make_words()
    for template in words.environment.list_templates():
        words.environment.get_template(template)


def test_audiences_are_named_in_one_way_that_names_no_member() -> None:
    words = roof.make_words().environment
    assert words.loader is not None
    for name in words.list_templates():
        assert 'replace("tier:"' not in words.loader.get_source(words, name)[0], name


def test_everything_personal_is_on_the_roof() -> None:
    kept = set()
    for name in all_modules():
        for value in vars(import_module(name)).values():
            for one in value if isinstance(value, tuple) else (value,):
                if isinstance(one, PersonalData):
                    kept.add(one.title)

    assert {data.title for data in roof.PERSONAL} == kept


def test_no_two_figures_have_one_name() -> None:
    names = [metric.name for room in roof.FEATURES for metric in room.metrics]

    assert sorted(names) == sorted(set(names))


def test_every_errand_and_job_is_called_after_its_room() -> None:
    for room in roof.FEATURES:
        for name in (*(one.name for one in room.errands), *(one.name for one in room.jobs)):
            assert name.startswith(f"{room.name}."), name


def tables_after(script: str) -> set[str]:
    """Return the tables that a fresh interpreter knows after `script`."""
    told = "from sqlmodel import SQLModel; print(*SQLModel.metadata.tables)"
    return words_of(f"{script}\n{told}")


def test_all_tables_are_where_the_roof_looks_for_them() -> None:
    everything = "\n".join(f"import {name}" for name in all_modules())
    declared = "from bot.app.tables import declare_all; declare_all()"

    assert tables_after(declared) == tables_after(everything)


def test_rooms_ask_what_a_channel_can_do_and_not_what_it_is_called() -> None:
    names = "|".join(name.partition(",")[0] for name in RECORDS)
    before = r"(?:==|!=|\bin|\bcase|\bChannelName\(|\bchannel =|\bchannel IN)"
    asks = re.compile(rf"""{before}\s*[(\[{{]*["'](?:{names})["']""")
    rooms = ROOT / "bot" / "features"
    words = [*rooms.rglob("*.py"), *rooms.rglob("*.j2")]

    assert asks.search("if update.channel == 'kefu':")
    assert [str(path) for path in words if asks.search(path.read_text("utf-8"))] == []


def test_no_file_needs_scrolling_for_ever() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in SOURCES
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }

    assert long == {}
