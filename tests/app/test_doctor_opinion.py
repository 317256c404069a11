"""The check-up of whoever is asked for second opinions."""

import pytest

from bot import app as roof
from bot.app.doors import make_second_opinion
from bot.channels.opinion import OpinionDoor
from bot.config import load
from bot.kernel.abilities import Abilities
from bot.kernel.checkup import Level
from bot.kernel.community import Community
from bot.kernel.opinions import SecondOpinion
from tests.kit.clinic import HEAD, HIDDEN, NOBODY, Clinic, levels
from tests.kit.opinion import MODEL, FakeModel
from tests.kit.platforms import SECRET

OPINION = f"""
[opinion]
enabled = true
base_url = "{{base}}/v1"
model = "{MODEL}"
api_key = "env:SECRET"
"""


async def test_it_is_examined_where_it_is_enabled(clinic: Clinic) -> None:
    async with FakeModel(key=SECRET) as model:
        found = await clinic.finds(OPINION, base=model.url)

    assert levels(found, "opinion") == {"reach": "ok"}
    assert levels(await clinic.finds(), "opinion") == {}


async def test_a_key_that_is_refused_names_its_line(clinic: Clinic) -> None:
    async with FakeModel(key="another") as model:
        found = (await clinic.finds(OPINION, base=model.url))["opinion", "token"]

    assert (found.level, found.key) == (Level.PROBLEM, "api_key")


async def test_one_that_is_not_there_hides_no_other_door(clinic: Clinic) -> None:
    found = await clinic.finds(OPINION, base=NOBODY)

    assert levels(found, "opinion") == {"reach": "outside"}
    assert levels(found, "house")["database"] == "note"


@pytest.mark.parametrize("enabled", ["true", "false"])
def test_nobody_is_asked_unless_it_is_enabled(clinic: Clinic, enabled: str) -> None:
    path = clinic.folder / "config.toml"
    text = HEAD.format(public=NOBODY) + OPINION.format(base=NOBODY)
    path.write_text(text.replace("true", enabled), encoding="utf-8")

    door = make_second_opinion(load(path, environ=HIDDEN, sections={}))

    assert (door is not None) == (enabled == "true")


def test_the_whole_house_asks_it_and_names_it_to_members(clinic: Clinic) -> None:
    path = clinic.folder / "config.toml"
    text = HEAD.format(public=NOBODY) + OPINION.format(base="https://model.example.com")
    path.write_text(text, encoding="utf-8")

    tools = roof.build(roof.read_config(path, HIDDEN)).tools

    assert isinstance(tools.use(Abilities).one(SecondOpinion), OpinionDoor)
    assert tools.use(Community).second_opinion == "model.example.com"
