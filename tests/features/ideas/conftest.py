"""A community with ideas."""

from pathlib import Path

import pytest

from bot.features import ideas
from bot.features.ideas.rules import IdeaSettings
from tests.kit.hall import Hall
from tests.kit.rooms import Store


@pytest.fixture
def hall(store: Store, tmp_path: Path) -> Hall:
    return Hall(store, ideas.feature, tmp_path, IdeaSettings(supporters_needed=3))
