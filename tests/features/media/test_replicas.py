"""Two replicas with one PostgreSQL and one store fetch each file, and lose none."""

import pytest

from tests.features.media.conftest import Stage
from tests.features.media.test_fetching import KEPT, digest
from tests.kit.media import gif, jpeg, png

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(30)]


async def test_two_replicas_share_the_files(stage: Stage, postgres: str) -> None:
    stage.url = postgres
    contents = [png(width, 1) for width in range(1, 21)]
    async with stage.house() as one, stage.house() as other:
        for content in contents:
            stage.sends(content)
        await stage.hint(one)
        await stage.hint(other)
        await stage.shows(other, stage.host.puts(gif()), stage.host.puts(jpeg()))
        await stage.fetch(one)

        assert await stage.refs(one) == [KEPT] * 22
    assert stage.files == sorted(map(digest, [*contents, gif(), jpeg()]))
    assert len(stage.platform.files.asked) == len(contents)


async def test_what_a_dead_replica_had_claimed_another_fetches(stage: Stage, postgres: str) -> None:
    stage.url = postgres
    media_id = stage.sends(png())
    stage.platform.files.kept[media_id].drips_s = 0.1
    async with stage.house(waits=False) as one:
        await stage.platform.files.began.wait()
        await one.house.stop(0)

    stage.platform.files.kept[media_id].drips_s = 0
    async with stage.house() as other:
        assert [status for status, _ in await stage.refs(other)] == ["waiting"]
        await stage.later(other, seconds=61)
        await stage.fetch(other)

        assert await stage.refs(other) == [KEPT]
