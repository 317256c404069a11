"""Builds callbacks beforehand and lets `blast` send their bytes.

`blast` is C, compiled when it is first needed: a generator in Python would be the bottleneck
and share the machine with the server that it measures.
"""

import base64
import hashlib
import json
import os
import resource
import shutil
import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from itertools import count
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC

from bench.reporting import BUILD

SERVER_CORE, LOAD_CORE = 0, min(1, (os.cpu_count() or 1) - 1)
TOKEN = "benchtoken012345"  # noqa: S105 - invented
AES_KEY = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ"
CORP, AGENT = "wwbench1234567890", 1000002
_SOURCE = Path(__file__).parent / "blast.c"
_numbers = count(int(time.time()) * 1_000_000)


@dataclass(frozen=True)
class Result:
    """What `blast` measured."""

    answered: int
    ok: int
    refused: int
    errors: int
    failed: int
    late_s: float
    seconds: float
    per_s: float
    p50_ms: float
    p90_ms: float
    p99_ms: float
    max_ms: float


@dataclass(frozen=True)
class Mail:
    """Requests in a file, ready to be sent; each is sent once."""

    path: Path
    keys: tuple[int, ...]
    """The MsgId or number of each request."""
    senders: tuple[str, ...]


class Style(Enum):
    """How a request is addressed and sealed."""

    APP = "app"
    ACCOUNT = "account"
    PLAIN = "plain"
    """As for an account that has no key: signed, not sealed."""


Plain = Callable[[int, str, int], str]


def text(words: str) -> Plain:
    """Return what makes a member's text message."""

    def plain(number: int, sender: str, at: int) -> str:
        return (
            f"<xml><ToUserName><![CDATA[{CORP}]]></ToUserName>"
            f"<FromUserName><![CDATA[{sender}]]></FromUserName><CreateTime>{at}</CreateTime>"
            f"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{words}]]></Content>"
            f"<MsgId>{number}</MsgId><AgentID>{AGENT}</AgentID></xml>"
        )

    return plain


def sticker(number: int, sender: str, at: int) -> str:
    """Return a message of a kind that the bot keeps, and that no room of it answers."""
    return text("[微笑]")(number, sender, at).replace("[text]", "[emotion]")


class Sealer:
    """Seals plaintexts as the platform does."""

    def __init__(self) -> None:
        key = base64.b64decode(AES_KEY + "=")
        self._cipher = Cipher(AES256(key), CBC(key[:16]))

    def seal(self, plain: str) -> str:
        """Return the base64 text that is signed."""
        words = plain.encode()
        packet = os.urandom(16) + struct.pack(">I", len(words)) + words + CORP.encode()
        pad = 32 - len(packet) % 32
        locker = self._cipher.encryptor()
        return base64.b64encode(locker.update(packet + bytes([pad]) * pad)).decode()

    def request(self, path: str, plain: str, style: Style) -> bytes:
        """Return a whole request."""
        at, nonce = str(int(time.time())), str(next(_numbers) % 10**9)
        query, body = f"timestamp={at}&nonce={nonce}", plain.encode()
        if style is not Style.APP:
            query += f"&signature={_sign(TOKEN, at, nonce)}&openid=o"
        if style is not Style.PLAIN:
            sealed = self.seal(plain)
            query += f"&msg_signature={_sign(TOKEN, at, nonce, sealed)}&encrypt_type=aes"
            body = (
                f"<xml><ToUserName><![CDATA[{CORP}]]></ToUserName>"
                f"<Encrypt><![CDATA[{sealed}]]></Encrypt>"
                f"<AgentID><![CDATA[{AGENT}]]></AgentID></xml>"
            ).encode()
        head = (
            f"POST {path}?{query} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Mozilla/4.0\r\n"
            f"Accept: */*\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def _sign(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()  # noqa: S324 - theirs


def build(
    name: str,
    path: str,
    plain: Plain,
    many: int,
    *,
    members: int = 0,
    style: Style = Style.APP,
    repeats: float = 0.0,
    sent_at: Callable[[int], int] | None = None,
) -> Mail:
    """Write `many` requests; each member writes once, unless `members` is smaller.

    Args:
        name: of the file.
        path: of the requests.
        plain: makes a plaintext.
        many: how many requests.
        members: how many write, in turn.
        style: how it is addressed and sealed.
        repeats: the share of requests that bring one of the last messages once more.
        sent_at: when each message was sent; by default when its number was given out.
    """
    sealer = Sealer()
    BUILD.mkdir(parents=True, exist_ok=True)
    made: list[tuple[int, str]] = []
    file = BUILD / f"{name}.requests"
    with file.open("wb") as out:
        for index in range(many):
            if repeats and made and index % round(1 / repeats) == 0:
                number, sender = made[max(0, index - 150)]
            else:
                number, sender = next(_numbers), f"member{index % (members or many):08}"
            made.append((number, sender))
            words = plain(number, sender, sent_at(index) if sent_at else number // 10**6)
            request = sealer.request(path, words, style)
            out.write(struct.pack("<I", len(request)) + request)
    return Mail(file, tuple(one for one, _ in made), tuple(who for _, who in made))


def blast(
    port: int,
    mail: Mail,
    *,
    many: int,
    skip: int = 0,
    rate: float = 0.0,
    seconds: float = 60.0,
    warm: int = 0,
    connections: int = 32,
    outcome: Path | None = None,
) -> Result:
    """Send requests from the load core; closed loop without a `rate`."""
    words = [
        port,
        mail.path,
        connections,
        rate,
        seconds,
        skip,
        many,
        warm,
        *filter(None, [outcome]),
    ]
    done = subprocess.run(
        [str(_program()), *map(str, words)],
        check=True,
        capture_output=True,
        preexec_fn=on_core(LOAD_CORE),
    )
    return Result(**json.loads(done.stdout))


def on_core(core: int) -> Callable[[], None]:
    """Return what binds a new process to one core, before everybody else who wants it."""

    def bind() -> None:
        os.sched_setaffinity(0, {core})
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        with suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, 0, -20)

    return bind


def _program() -> Path:
    program = BUILD / "blast"
    if not program.exists() or program.stat().st_mtime < _SOURCE.stat().st_mtime:
        compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
        if compiler is None:
            raise SystemExit("bench: no C compiler on this machine (package gcc)")
        BUILD.mkdir(parents=True, exist_ok=True)
        command = [compiler, "-O2", "-o", str(program), str(_SOURCE), "-lm"]
        subprocess.run(command, check=True)
    return program


def slices(many: int, rounds: int) -> Iterator[int]:
    """Yield where each of the rounds begins, so that no request is sent twice."""
    return iter(range(0, many * rounds, many))
