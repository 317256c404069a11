"""Accounts let in who knows the password, for as long as they should."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.commons import accounts
from bot.commons.accounts import AccountExists, BadAccountName, LastAccount, NoSuchAccount
from bot.kernel.desk import Role
from bot.kernel.errors import WeakPassword
from bot.kernel.work import Statement, UnitOfWork
from tests.kit.rooms import Store

PASSWORD = "correct horse battery"


@pytest.fixture
def amei(store: Store) -> str:
    """Add an account and return its hash."""
    store.do(lambda uow: accounts.add(uow, "Amei", Role.OPERATOR, PASSWORD))
    return str(store.do(lambda uow: accounts.kept_hash(uow, "amei")))


def open_one(store: Store, kept_hash: str) -> str:
    secret = store.do(lambda uow: accounts.open_session(uow, "amei", kept_hash))
    assert secret is not None
    return secret


def is_open(store: Store, secret: str) -> bool:
    return store.do(lambda uow: accounts.find_session(uow, secret)) is not None


def test_only_the_password_matches(amei: str) -> None:
    assert accounts.matches(amei, PASSWORD)
    assert not accounts.matches(amei, PASSWORD + " ")
    assert not accounts.matches(amei, "x" * 10_000)
    assert not accounts.matches(None, PASSWORD)
    assert not accounts.matches("not a hash", PASSWORD)


def test_the_hash_is_argon2id_and_salted() -> None:
    first, second = accounts.make_hash(PASSWORD), accounts.make_hash(PASSWORD)

    assert first.startswith("$argon2id$")
    assert first != second


@pytest.mark.usefixtures("amei")
@pytest.mark.parametrize("typed", ["amei", "AMEI", " amei ", "ａｍｅｉ"])
def test_a_name_is_found_however_it_is_typed(store: Store, typed: str) -> None:
    assert store.do(lambda uow: accounts.kept_hash(uow, typed)) is not None


@pytest.mark.parametrize("name", ["", "  ", "a b", "<b>", "x" * 41, "a\nb"])
def test_a_name_that_cannot_be_typed_is_refused(store: Store, name: str) -> None:
    with pytest.raises(BadAccountName):
        store.do(lambda uow: accounts.add(uow, name, Role.OPERATOR, PASSWORD))


@pytest.mark.usefixtures("amei")
def test_a_taken_name_is_refused(store: Store) -> None:
    with pytest.raises(AccountExists):
        store.do(lambda uow: accounts.add(uow, "AMEI", Role.ADVISOR, PASSWORD))


@pytest.mark.parametrize(
    ("password", "rule"),
    [("123456789", "too_short"), ("ab" * 20, "too_plain"), ("abcdefgh" * 30, "too_long")],
)
def test_an_easy_password_says_why_it_is_refused(password: str, rule: str) -> None:
    with pytest.raises(WeakPassword) as refused:
        accounts.make_hash(password)

    assert refused.value.rule == rule


def test_a_session_knows_whose_it_is(store: Store, amei: str) -> None:
    secret = open_one(store, amei)
    found = store.do(lambda uow: accounts.find_session(uow, secret))

    assert found is not None
    assert (found.name, found.role, found.stale) == ("amei", Role.OPERATOR, False)


def test_no_session_opens_on_an_old_password(store: Store, amei: str) -> None:
    store.do(lambda uow: accounts.set_password(uow, "amei", "another password"))

    assert store.do(lambda uow: accounts.open_session(uow, "amei", amei)) is None


def test_a_new_password_ends_all_sessions(store: Store, amei: str) -> None:
    secrets = [open_one(store, amei) for _ in range(2)]
    assert store.do(lambda uow: accounts.set_password(uow, "amei", "another password"))

    assert not any(is_open(store, secret) for secret in secrets)


def test_a_disabled_account_is_out_and_comes_back_signed_out(store: Store, amei: str) -> None:
    store.do(lambda uow: accounts.add(uow, "lily", Role.SUPERVISOR, PASSWORD))
    secret = open_one(store, amei)
    store.do(lambda uow: accounts.disable(uow, "AMEI"))
    assert store.do(lambda uow: accounts.kept_hash(uow, "amei")) is None
    assert not is_open(store, secret)
    assert store.count("account_sessions") == 0
    store.do(lambda uow: accounts.enable(uow, "amei"))

    assert store.do(lambda uow: accounts.kept_hash(uow, "amei")) == amei
    assert not is_open(store, secret)


@pytest.mark.usefixtures("amei")
def test_the_last_account_that_opens_the_console_stays(store: Store) -> None:
    store.do(lambda uow: accounts.add(uow, "advisor", Role.ADVISOR, PASSWORD))
    with pytest.raises(LastAccount):
        store.do(lambda uow: accounts.disable(uow, "amei"))
    store.do(lambda uow: accounts.disable(uow, "advisor"))

    store.do(lambda uow: accounts.add(uow, "lily", Role.SUPERVISOR, PASSWORD))
    store.do(lambda uow: accounts.disable(uow, "amei"))
    store.do(lambda uow: accounts.disable(uow, "amei"))  # once more changes nothing
    with pytest.raises(LastAccount):
        store.do(lambda uow: accounts.disable(uow, "lily"))


@pytest.mark.parametrize("change", [accounts.disable, accounts.enable])
def test_nobody_is_not_disabled(store: Store, change: Callable[[UnitOfWork, str], None]) -> None:
    with pytest.raises(NoSuchAccount):
        store.do(lambda uow: change(uow, "nobody"))


def test_accounts_are_listed_with_their_open_sessions(store: Store, amei: str) -> None:
    open_one(store, amei)
    store.clock.tick(hours=13)
    used_at = store.clock.tick(seconds=1)
    open_one(store, amei)
    store.do(lambda uow: accounts.add(uow, "lily", Role.SUPERVISOR, PASSWORD))
    store.do(lambda uow: accounts.disable(uow, "lily"))
    amei_now, lily = store.do(accounts.listing)

    assert (amei_now.name, amei_now.role, amei_now.disabled_at) == ("amei", Role.OPERATOR, None)
    assert (amei_now.open_sessions, amei_now.last_used_at) == (1, used_at)
    assert (lily.disabled_at, lily.open_sessions, lily.last_used_at) == (used_at, 0, None)


def test_an_idle_session_ends_and_a_used_one_lives_on(store: Store, amei: str) -> None:
    idle, used = open_one(store, amei), open_one(store, amei)
    store.clock.tick(hours=11)
    store.do(lambda uow: accounts.touch_session(uow, used))
    store.clock.tick(hours=2)

    assert not is_open(store, idle)
    assert is_open(store, used)


def test_a_session_that_was_not_written_down_for_a_while_is_stale(store: Store, amei: str) -> None:
    secret = open_one(store, amei)
    store.clock.tick(minutes=6)
    found = store.do(lambda uow: accounts.find_session(uow, secret))

    assert found is not None
    assert found.stale


def test_old_sessions_are_swept(store: Store, amei: str) -> None:
    open_one(store, amei)
    store.clock.tick(hours=13)
    kept = open_one(store, amei)
    store.do(accounts.forget_old_sessions)

    assert store.count("account_sessions") == 1
    assert is_open(store, kept)


def test_the_demos_accounts_are_made_once(store: Store) -> None:
    assert store.do(accounts.ensure_demo) == "demo-demo-demo"
    assert store.do(accounts.ensure_demo) == "demo-demo-demo"
    assert store.count("accounts") == 2
    assert store.do(accounts.demo_accounts) == ["demo", "lisi"]


@pytest.mark.usefixtures("amei")
def test_a_house_with_accounts_gets_no_known_password(store: Store) -> None:
    assert store.do(accounts.ensure_demo) is None
    assert not store.do(accounts.has_demo)


def test_a_session_is_found_by_its_index(tmp_path: Path) -> None:
    store = Store(tmp_path)
    statements = store.statements_of(lambda uow: accounts.find_session(uow, "x"))
    plan = "\n".join(
        store.plan(Statement(one.sql), secret="x", opened_after=0, used_after=0)
        for one in statements
    )

    store.close()

    assert "SCAN" not in plan
