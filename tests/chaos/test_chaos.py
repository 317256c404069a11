"""Promise one, with the real program: killed anywhere, nothing is lost and nothing doubled.

`python -m bench chaos` does the same for longer, and with two replicas on PostgreSQL.
"""

from pathlib import Path

from tests.kit.chaos import STEPS, Chaos


async def test_killed_at_every_step_and_at_random_nothing_is_lost_or_doubled(
    tmp_path: Path,
) -> None:
    async with Chaos(tmp_path, f"sqlite:///{tmp_path / 'bot.sqlite3'}") as chaos:
        for step in STEPS:
            await chaos.kill_at(step, times=chaos.dice.randint(1, 4))
        for seconds in (0.1, 0.4):
            await chaos.kill_after(seconds)
        await chaos.calm()
        assert chaos.audit() == []
        assert set(STEPS) <= chaos.kills.keys()
        assert len(chaos.platform.delivered) > len(STEPS)
