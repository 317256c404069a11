"""What gets past the door, and what does not."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from wechatpy.work.crypto import WeChatCrypto

from bot.channels.wecom.door import Door, sealed_in_xml
from bot.kernel.errors import BadCallback
from tests.kit.mail import AES_KEY, TOKEN, Mail
from tests.kit.platforms import CORP
from tests.kit.rooms import NOON, TurnedClock

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
GOOD: list[dict[str, Any]] = VECTORS["good"]
BAD: list[dict[str, Any]] = VECTORS["bad"]
# The numbers of the official helper libraries → the HTTP answer of ours
STATUS = {-40001: 403, -40005: 403, -40002: 400, -40007: 400, -40008: 400, -40010: 400}
SAID = "<xml><FromUserName>a</FromUserName></xml>"


def named(vector: dict[str, Any]) -> str:
    return str(vector["name"])


def door_of(vector: dict[str, Any]) -> Door:
    return Door(
        token=vector["token"],
        aes_key=vector["encoding_aes_key"],
        receive_id=vector["receive_id"],
        clock=TurnedClock(datetime.fromtimestamp(int(vector["timestamp"]), UTC)),
    )


def query_of(vector: dict[str, Any]) -> dict[str, str]:
    return {name: vector[name] for name in ("msg_signature", "timestamp", "nonce")}


def our_door(clock: TurnedClock) -> Door:
    return Door(token=TOKEN, aes_key=AES_KEY, receive_id=CORP, clock=clock)


@pytest.mark.parametrize("vector", GOOD, ids=named)
def test_every_good_vector_opens(vector: dict[str, Any]) -> None:
    sealed = vector["encrypt"].encode()

    assert door_of(vector).open(query_of(vector), sealed) == vector["plaintext"]
    if "http_body" in vector:
        assert sealed_in_xml(vector["http_body"].encode()) == sealed


@pytest.mark.parametrize(
    "vector", [one for one in GOOD if one["envelope"] == "url_verification"], ids=named
)
def test_the_test_of_the_address_is_answered_with_the_plaintext(vector: dict[str, Any]) -> None:
    query = query_of(vector) | {"echostr": vector["encrypt"]}

    assert door_of(vector).echo(query) == vector["plaintext"].encode()


@pytest.mark.parametrize(
    "vector", [one for one in BAD if not one["name"].startswith("key_")], ids=named
)
def test_every_bad_vector_is_refused_for_its_reason(vector: dict[str, Any]) -> None:
    wrapped = f"<xml><Encrypt><![CDATA[{vector['encrypt']}]]></Encrypt></xml>"
    body = vector.get("http_body", wrapped).encode()

    with pytest.raises(BadCallback) as refused:
        door_of(vector).open(query_of(vector), sealed_in_xml(body))

    assert refused.value.status in {STATUS[code] for code in vector["expected_any_of"]}


@pytest.mark.parametrize(
    "vector", [one for one in BAD if one["name"].startswith("key_")], ids=named
)
def test_a_wrong_key_is_a_mistake_in_the_configuration(vector: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="43 letters"):
        door_of(vector)


@pytest.mark.parametrize("missing", ["msg_signature", "timestamp", "nonce"])
def test_a_missing_parameter_is_a_bad_request(missing: str, clock: TurnedClock) -> None:
    raw = Mail().post(SAID, clock.now().timestamp())
    query = {name: value for name, value in raw.query.items() if name != missing}

    with pytest.raises(BadCallback) as refused:
        our_door(clock).open(query, sealed_in_xml(raw.body))

    assert refused.value.status == 400


@pytest.mark.parametrize(
    ("age_s", "status"), [(0, 200), (86_399, 200), (86_401, 403), (-86_401, 403)]
)
def test_an_old_or_early_callback_is_refused(age_s: int, status: int, clock: TurnedClock) -> None:
    raw = Mail().post(SAID, clock.now().timestamp() - age_s)

    try:
        our_door(clock).open(raw.query, sealed_in_xml(raw.body))
        answered = 200
    except BadCallback as exc:
        answered = exc.status

    assert answered == status


@pytest.mark.parametrize("timestamp", ["", "soon", "9" * 400, "1e9", "-"])
def test_a_signed_timestamp_that_is_no_time_is_refused(timestamp: str, clock: TurnedClock) -> None:
    encrypted = Mail().encrypt(SAID.encode())
    query = Mail().signed(encrypted, timestamp, "1")

    with pytest.raises(BadCallback):
        our_door(clock).open(query, encrypted.encode())


def test_a_plaintext_that_is_no_utf8_is_refused(clock: TurnedClock) -> None:
    raw = Mail().post(b"\xff\xfe", clock.now().timestamp())

    with pytest.raises(BadCallback) as refused:
        our_door(clock).open(raw.query, sealed_in_xml(raw.body))

    assert refused.value.status == 400


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"<xml></xml>", 400),
        (b"<xml><Encrypt></Encrypt></xml>", 400),
        (b"<xml><Encrypt><![CDATA[]]></Encrypt></xml>", 400),
        (b"<xml><Encrypt>abc", 400),
        (b"<xml><Encrypt>abc</Encrypt>", 400),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><xml><Encrypt>&a;</Encrypt></xml>', 400),
        (b"<Encrypt>" * 8_000, 413),
        (b"<xml><Encrypt>" + b"A" * 65_536 + b"</Encrypt></xml>", 413),
    ],
    ids=["nothing", "none", "empty", "empty cdata", "cut", "cut late", "dtd", "many", "large"],
)
def test_a_body_without_its_sealed_part_is_refused(body: bytes, status: int) -> None:
    with pytest.raises(BadCallback) as refused:
        sealed_in_xml(body)

    assert refused.value.status == status


@example(b"<xml/>", "")
@given(body=st.binary() | st.text().map(str.encode), sealed=st.text(max_size=200))
def test_no_bytes_get_past_the_door_unverified(body: bytes, sealed: str) -> None:
    query = Mail().post(SAID, NOON.timestamp()).query
    wrapped = f"<xml><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>".encode()

    for hostile in (body, wrapped):
        with pytest.raises(BadCallback):
            our_door(TurnedClock()).open(query, sealed_in_xml(hostile))


@given(at=st.integers(0, 10_000), byte=st.integers(0, 255))
def test_a_changed_byte_changes_nothing_that_is_read(at: int, byte: int) -> None:
    raw = Mail().post(SAID, NOON.timestamp())
    body = bytearray(raw.body)
    body[at % len(body)] = byte

    try:
        plaintext = our_door(TurnedClock()).open(raw.query, sealed_in_xml(bytes(body)))
    except BadCallback:
        return

    assert plaintext == SAID


@given(keep=st.integers(0, 10_000))
def test_a_body_cut_short_is_refused(keep: int) -> None:
    raw = Mail().post(SAID, NOON.timestamp())

    with pytest.raises(BadCallback):
        our_door(TurnedClock()).open(raw.query, sealed_in_xml(raw.body[: keep % len(raw.body)]))


def test_a_letter_inside_a_letter_is_opened_once(clock: TurnedClock) -> None:
    at = clock.now().timestamp()
    inner = Mail().post(SAID, at)
    outer = Mail().post(inner.body, at)

    plaintext = our_door(clock).open(outer.query, sealed_in_xml(outer.body))

    assert plaintext.encode() == inner.body


@given(st.text(st.characters(exclude_categories=["Cs"])).filter(lambda text: "\x00" not in text))
def test_the_door_opens_what_wechatpy_seals(plaintext: str) -> None:
    answer = WeChatCrypto(TOKEN, AES_KEY, CORP).encrypt_message(plaintext, "n", "1782000000")
    sealed = sealed_in_xml(answer.encode())
    signature = answer.partition("<MsgSignature><![CDATA[")[2][:40]
    query = {"msg_signature": signature, "timestamp": "1782000000", "nonce": "n"}
    door = our_door(TurnedClock(datetime.fromtimestamp(1_782_000_000, UTC)))

    assert door.open(query, sealed) == plaintext
