"""What gets past the account's door, in each of its modes."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wecom.mp.door import AccountDoor, sealed_in
from bot.kernel.errors import BadCallback
from bot.kernel.messages import RawCallback
from tests.kit.mail import AES_KEY, TOKEN
from tests.kit.mp import APP_ID, Post, said
from tests.kit.rooms import NOON, TurnedClock

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
SEALED: list[dict[str, Any]] = VECTORS["sealed"]
PLAIN: list[dict[str, Any]] = VECTORS["plain"]
AT = NOON.timestamp()
WORDS = said("打卡", 1, AT)


def named(vector: dict[str, Any]) -> str:
    return str(vector["name"])


def at(vector: dict[str, Any]) -> TurnedClock:
    return TurnedClock(datetime.fromtimestamp(int(vector["timestamp"]), UTC))


def our_door(mode: str = "sealed", clock: TurnedClock | None = None) -> AccountDoor:
    key = "" if mode == "plain" else AES_KEY
    clock = clock or TurnedClock()
    return AccountDoor(token=TOKEN, aes_key=key, app_id=APP_ID, clock=clock, window_s=86_400)


def status_of(door: AccountDoor, raw: RawCallback) -> int:
    try:
        door.open(raw.query, raw.body)
    except BadCallback as refused:
        return refused.status
    return 200


@pytest.mark.parametrize("vector", SEALED, ids=named)
def test_every_sealed_vector_opens(vector: dict[str, Any]) -> None:
    door = AccountDoor(
        token=vector["token"],
        aes_key=vector["encoding_aes_key"],
        app_id=vector["receive_id"],
        clock=at(vector),
        window_s=60,
    )
    query = {name: vector[name] for name in ("msg_signature", "timestamp", "nonce")}
    body = vector.get("http_body") or json.dumps({"Encrypt": vector["encrypt"]})

    assert door.open(query, body.encode()) == vector["plaintext"]


@pytest.mark.parametrize("vector", PLAIN, ids=named)
def test_every_plain_vector_is_believed(vector: dict[str, Any]) -> None:
    door = AccountDoor(
        token=vector["token"], aes_key="", app_id=APP_ID, clock=at(vector), window_s=60
    )
    query = {name: vector[name] for name in ("signature", "timestamp", "nonce")}

    assert door.open(query, b"<xml></xml>") == "<xml></xml>"
    assert (
        door.echo(query | {"echostr": vector.get("echostr", "1")})
        == vector.get("echostr", "1").encode()
    )


@pytest.mark.parametrize("mode", ["plain", "both", "sealed"])
def test_every_mode_says_the_same(mode: str) -> None:
    for words in (WORDS, '{"ToUserName": "gh_1", "Content": "a/b 打卡"}'):
        raw = Post(mode).letter(words, AT)

        assert our_door(mode).open(raw.query, raw.body) == words


@pytest.mark.parametrize("mode", ["plain", "sealed"])
def test_the_address_is_tested_alike_in_every_mode(mode: str) -> None:
    query = Post().query(AT) | {"echostr": "4375120948345356249"}

    assert our_door(mode).echo(query) == b"4375120948345356249"
    with pytest.raises(BadCallback) as refused:
        our_door(mode).echo(query | {"signature": "0" * 40})
    assert refused.value.status == 403
    with pytest.raises(BadCallback) as lacking:
        our_door(mode).echo(Post().query(AT))
    assert lacking.value.status == 400


@pytest.mark.parametrize("mode", ["plain", "both", "sealed"])
@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"signature": "0" * 40, "msg_signature": "0" * 40}, 403),
        ({"signature": "签", "msg_signature": "签"}, 403),
        ({"timestamp": "1782000001"}, 403),
        ({"nonce": None}, 400),
        ({"timestamp": None}, 400),
        ({"signature": None, "msg_signature": None}, 400),
    ],
)
def test_a_proof_that_is_none_is_refused(
    mode: str, change: dict[str, str | None], status: int
) -> None:
    raw = Post(mode).letter(WORDS, AT)
    query = {k: v for k, v in {**raw.query, **change}.items() if v is not None}

    assert status_of(our_door(mode), RawCallback("POST", query, raw.body)) == status


@pytest.mark.parametrize("mode", ["plain", "sealed"])
@pytest.mark.parametrize(("age_s", "status"), [(86_399, 200), (86_401, 403), (-86_401, 403)])
def test_an_old_or_early_callback_is_refused(mode: str, age_s: int, status: int) -> None:
    assert status_of(our_door(mode), Post(mode).letter(WORDS, AT - age_s)) == status


def test_with_a_key_nothing_plain_is_believed() -> None:
    assert status_of(our_door(), Post("plain").letter(WORDS, AT)) == 400
    raw = Post("both").letter(WORDS, AT)
    forged = raw.body.replace("打卡".encode(), "删除我的数据".encode())
    assert our_door().open(raw.query, forged) == WORDS


def test_a_letter_for_another_account_is_refused() -> None:
    stray = AccountDoor(
        token=TOKEN, aes_key=AES_KEY, app_id=APP_ID + "x", clock=TurnedClock(), window_s=60
    )

    assert status_of(stray, Post().letter(WORDS, AT)) == 403


@pytest.mark.parametrize("words", ["<Encrypt>a</Encrypt>", '"Encrypt": "aaaa"', "<!DOCTYPE x>"])
def test_what_a_member_types_is_not_taken_for_the_seal(words: str) -> None:
    plain = said(words, 1, AT)
    raw = Post("both").letter(plain, AT)
    assert our_door().open(raw.query, raw.body) == plain

    as_json = json.dumps({"ToUserName": "gh_1", "Content": words})
    raw = Post("both").letter(as_json, AT)
    assert our_door().open(raw.query, raw.body) == as_json


def test_of_two_seals_the_last_one_is_looked_at() -> None:
    for words in (WORDS, '{"ToUserName": "gh_1"}'):
        raw = Post("sealed").letter(words, AT)
        start = b"<xml><Encrypt>aaaa</Encrypt>" if words == WORDS else b'{"Encrypt": "aaaa", '
        body = start + raw.body.removeprefix(b"<xml>").removeprefix(b"{")
        assert our_door().open(raw.query, body) == words


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"<xml><Encrypt></Encrypt></xml>", 400),
        (b"<xml><Encrypt>aa</Encrypt>", 200),  # the signature will tell
        (b"<xml><Encrypt>aa", 400),
        (b'{"Encrypt": 1}', 400),
        (b'{"Encrypt": "aa"', 400),
    ],
)
def test_a_body_without_a_whole_seal_is_a_bad_request(body: bytes, status: int) -> None:
    try:
        assert sealed_in(body) == b"aa"
        found = 200
    except BadCallback as refused:
        found = refused.status
    assert found == status


@pytest.mark.parametrize("mode", ["plain", "sealed"])
def test_a_body_larger_than_any_callback_is_not_looked_at(mode: str) -> None:
    raw = RawCallback("POST", {}, b"<" * 65_537)

    assert status_of(our_door(mode), raw) == 413


@given(st.binary(), st.binary(), st.sampled_from([b"<Encrypt>", b'{"Encrypt":"', b""]))
def test_looking_for_the_seal_never_fails_otherwise(a: bytes, b: bytes, mark: bytes) -> None:
    for body in (a + mark + b, b"{" + a + mark + b + b'"}'):
        try:
            assert sealed_in(body)
        except BadCallback as refused:
            assert refused.status == 400  # noqa: PT017 - both ways are right
