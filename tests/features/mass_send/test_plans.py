"""What runs every few seconds reads an index of what is open, however many years are kept."""

import pytest

from bot.features.mass_send import (
    choosing,
    collecting,
    creating,
    moments,
    nudging,
    reminding,
    service,
    tasks,
    watching,
)
from bot.kernel.work import Statement
from tests.kit.rooms import Store

ANYTHING = {
    "channel": "customer_groups",
    "owner": "zhangsan",
    "digest": "d",
    "status": "created",
    "audience": "customers",
    "colleague": "lisi",
    "chat": "wm1",
    **dict.fromkeys(
        (
            "now",
            "most",
            "until",
            "since",
            "quota",
            "oldest",
            "before",
            "id",
            "look_at",
            "count",
            "at",
        ),
        1,
    ),
    **dict.fromkeys(("made_before", "not_since", "day_ago", "most_a_day", "stale"), 1),
}


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param(tasks.DUE, id="due"),
        pytest.param(collecting.RIPE, id="ripe"),
        pytest.param(collecting.FULL, id="full"),
        pytest.param(choosing.HAD, id="had"),
        pytest.param(watching.ARRIVED, id="arrived"),
        pytest.param(creating.CLAIM, id="claim"),
        pytest.param(nudging.NEW, id="new"),
        pytest.param(nudging.WAITING, id="waiting"),
        pytest.param(reminding.FORGOTTEN, id="forgotten"),
        pytest.param(service.SLEEPERS, id="sleepers"),
        pytest.param(service.WAITING, id="count"),
        pytest.param(service.OLDEST, id="oldest"),
        pytest.param(service.LOOSE, id="loose"),
        pytest.param(moments.DUE, id="moments"),
    ],
)
def test_what_is_over_costs_nothing(store: Store, statement: Statement) -> None:
    values = {name: value for name, value in ANYTHING.items() if f":{name}" in statement.sql}
    plan = store.plan(statement, **values).splitlines()

    assert not [line for line in plan if "SCAN" in line and "INDEX ix_" not in line], plan
