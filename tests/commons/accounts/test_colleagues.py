"""Colleagues' accounts follow the contacts, and whoever gives and takes roles."""

from datetime import timedelta

import pytest

from bot.commons import accounts
from bot.kernel.desk import Role, RoleRule
from bot.kernel.work import Statement
from tests.kit.rooms import Store

OPERATOR = RoleRule(Role.OPERATOR, "department:3")
AUDIT = Statement("SELECT who, what, why FROM audit ORDER BY id")


def enters(store: Store, userid: str = "lisi", rule: RoleRule | None = OPERATOR) -> str:
    secret = store.do(lambda uow: accounts.enter(uow, userid, rule))
    assert secret is not None
    return secret


def is_refused(store: Store, userid: str = "lisi", rule: RoleRule | None = None) -> bool:
    return store.do(lambda uow: accounts.enter(uow, userid, rule)) is None


def grants(store: Store, role: Role = Role.OPERATOR, userid: str = "LiSi") -> None:
    store.do(lambda uow: accounts.grant(uow, userid, role, who="amei", why="新来的运营"))


def role_behind(store: Store, secret: str) -> tuple[str, str, str] | None:
    found = store.do(lambda uow: accounts.find_session(uow, secret))
    return (found.name, found.role.value, found.source) if found else None


def audited(store: Store) -> list[tuple[object, ...]]:
    return [tuple(row) for row in store.do(lambda uow: uow.run(AUDIT))]


def leaves(store: Store, userid: str = "LISI", *, ago_s: float = 0) -> bool:
    at = store.clock.now() - timedelta(seconds=ago_s)
    return store.do(lambda uow: accounts.colleague_left(uow, userid, at, why="left"))


def renamed(store: Store, old: str = "LiSi", new: str = "LiSi2") -> bool:
    at = store.clock.now()
    return store.do(lambda uow: accounts.colleague_renamed(uow, old, new, at))


def test_a_colleague_whom_a_rule_names_has_its_role(store: Store) -> None:
    secret = enters(store, "lisi")

    assert role_behind(store, secret) == ("wecom:lisi", "operator", "department:3")
    assert audited(store) == [("bot", "console.role", "lisi operator by department:3")]
    enters(store, "lisi")
    assert len(audited(store)) == 1


def test_a_colleague_without_a_role_leaves_nothing(store: Store) -> None:
    assert is_refused(store)
    assert (store.count("accounts"), store.count("account_sessions")) == (0, 0)


def test_what_was_granted_goes_before_a_rule(store: Store) -> None:
    grants(store, Role.ADVISOR)
    secret = enters(store, "lisi", RoleRule(Role.SUPERVISOR, "userid:lisi"))

    assert role_behind(store, secret) == ("wecom:lisi", "advisor", "granted")
    assert audited(store) == [("amei", "console.granted", "lisi advisor: 新来的运营")]


def test_a_role_that_sinks_counts_at_once(store: Store) -> None:
    grants(store, Role.SUPERVISOR)
    secret = enters(store, rule=None)
    grants(store, Role.OPERATOR)

    assert role_behind(store, secret) == ("wecom:lisi", "operator", "granted")


def test_a_role_that_is_taken_ends_every_session(store: Store) -> None:
    grants(store)
    secrets = [enters(store, rule=None) for _ in range(2)]
    taken = store.do(lambda uow: accounts.take(uow, "LISI", who="amei", why="转岗"))
    again = store.do(lambda uow: accounts.take(uow, "lisi", who="amei", why="转岗"))

    assert (taken, again) == (True, False)
    assert [role_behind(store, secret) for secret in secrets] == [None, None]
    assert audited(store)[-1] == ("amei", "console.taken", "lisi: 转岗")
    assert is_refused(store)


def test_whom_no_rule_names_any_more_is_out_everywhere(store: Store) -> None:
    secret = enters(store)

    assert is_refused(store)
    assert role_behind(store, secret) is None
    assert audited(store)[-1] == ("bot", "console.ended", "lisi: no_rule")


def test_a_disabled_account_is_out_whatever_was_granted(store: Store) -> None:
    grants(store)
    secret = enters(store)
    store.do(lambda uow: accounts.disable(uow, "wecom:lisi"))

    assert role_behind(store, secret) is None
    assert is_refused(store, rule=OPERATOR)


def test_no_password_opens_a_colleagues_account(store: Store) -> None:
    enters(store)

    assert store.do(lambda uow: accounts.kept_hash(uow, "wecom:lisi")) is None
    assert store.do(lambda uow: accounts.open_session(uow, "wecom:lisi", "")) is None
    assert not store.do(lambda uow: accounts.set_password(uow, "wecom:lisi", "another password"))


def test_nobody_can_add_an_account_of_a_colleagues_name(store: Store) -> None:
    with pytest.raises(accounts.BadAccountName):
        store.do(lambda uow: accounts.add(uow, "wecom:lisi", Role.OPERATOR, "another password"))


def test_the_last_password_stays_though_colleagues_may_enter(store: Store) -> None:
    store.do(lambda uow: accounts.add(uow, "amei", Role.SUPERVISOR, "another password"))
    grants(store, Role.SUPERVISOR)

    with pytest.raises(accounts.LastAccount):
        store.do(lambda uow: accounts.disable(uow, "amei"))


# ── the contacts ────────────────────────────────────────────────────────────────────────


def test_who_leaves_is_out_at_once_and_it_is_written_down_once(store: Store) -> None:
    grants(store)
    secret = enters(store)

    assert (leaves(store), leaves(store)) == (True, False)
    assert role_behind(store, secret) is None
    assert audited(store)[1:] == [("bot", "console.ended", "lisi: left")]
    assert is_refused(store)


def test_who_never_had_the_console_leaves_without_a_word(store: Store) -> None:
    assert not leaves(store)
    assert audited(store) == []


def test_news_from_before_a_role_was_given_mean_somebody_else(store: Store) -> None:
    grants(store)
    secret = enters(store)

    assert leaves(store, ago_s=3600)
    assert role_behind(store, secret) is None  # she signs in anew
    assert role_behind(store, enters(store, rule=None)) is not None


def test_a_new_userid_takes_role_and_session_along(store: Store) -> None:
    grants(store)
    secret = enters(store)

    assert (renamed(store), renamed(store)) == (True, False)
    assert role_behind(store, secret) == ("wecom:lisi2", "operator", "granted")
    assert is_refused(store, "lisi")
    assert audited(store)[-1] == ("bot", "console.renamed", "lisi to lisi2")


def test_who_came_under_the_new_userid_first_keeps_what_was_granted(store: Store) -> None:
    grants(store, Role.SUPERVISOR)
    old, new = enters(store), enters(store, "lisi2")
    assert renamed(store)

    assert role_behind(store, old) is None
    assert role_behind(store, new) == ("wecom:lisi2", "supervisor", "granted")


def test_a_userid_that_changes_its_case_only_is_the_same(store: Store) -> None:
    secret = enters(store)

    assert not renamed(store, "LISI", "LiSi")
    assert role_behind(store, secret) is not None


def test_who_changes_her_department_or_tag_signs_in_anew(store: Store) -> None:
    department, tag = enters(store), enters(store, "wang", RoleRule(Role.OPERATOR, "tag:7"))
    named = enters(store, "zhao", RoleRule(Role.OPERATOR, "userid:zhao"))
    for userid in ("lisi", "zhao"):
        store.do(lambda uow, who=userid: accounts.ask_again(uow, userid=who))  # type: ignore[misc]  # bound
    store.do(lambda uow: accounts.ask_again(uow, source="tag:7"))

    assert (role_behind(store, department), role_behind(store, tag)) == (None, None)
    assert role_behind(store, named) is not None


# ── logins ──────────────────────────────────────────────────────────────────────────────


def test_a_login_comes_back_once(store: Store) -> None:
    first, second, other = (
        store.do(lambda uow, state=state: accounts.spend_login(uow, state))  # type: ignore[misc]  # bound
        for state in ("a", "a", "b")
    )

    assert (first, second, other) == (True, False, True)
    store.clock.tick(hours=2)
    store.do(accounts.forget_old_sessions)
    assert store.count("spent_logins") == 0


def test_colleagues_are_listed_with_their_open_sessions(store: Store) -> None:
    grants(store)
    enters(store)
    enters(store, "wang")
    store.do(lambda uow: accounts.take(uow, "lisi", who="amei", why="转岗"))
    lisi, wang = store.do(accounts.colleagues)

    assert (lisi.userid, lisi.source, lisi.given_by, lisi.why) == ("lisi", "none", "amei", "转岗")
    assert (wang.userid, wang.open_sessions, lisi.open_sessions) == ("wang", 1, 0)
    assert store.do(accounts.present) == [("wang", "department:3")]
