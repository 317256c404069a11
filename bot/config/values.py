"""Kinds of values that a configuration holds: secrets, addresses, folders, time zones."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Annotated
from urllib.parse import SplitResult, parse_qs, urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationInfo

from bot.kernel.checking import describe, wrong

_HOW_TO_HIDE = 'write "env:NAME" for an environment variable or "file:PATH" for a file'
_AES_KEY_CHARS = 43
_SECRET_FILE_BYTES = 64 * 1024
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a value may depend on beyond the file it stands in."""

    environ: Mapping[str, str]
    base: Path
    """Relative paths start here."""
    literal_secrets: bool
    installed: Callable[[str], bool]
    """Tells whether an optional package can be imported."""


def _around(info: ValidationInfo) -> Surroundings:
    if not isinstance(info.context, dict):
        raise TypeError("a configuration is read by bot.config.load")
    around = info.context["around"]
    if not isinstance(around, Surroundings):
        raise TypeError(f"{around!r} are no surroundings")
    return around


def _open_secret(value: object, info: ValidationInfo) -> SecretStr:
    """Return what `"env:NAME"` or `"file:PATH"` stands for; never says what that is."""
    around = _around(info)
    if not isinstance(value, str):
        raise wrong("wrong-type", "found no text, allowed: text in quotes", _HOW_TO_HIDE)
    kind, colon, name = value.partition(":")
    if colon and kind == "env":
        found = around.environ.get(name, "").strip()
        if not found:
            hint = f"export {name}=… before starting, or set it in the service's environment file"
            raise wrong("missing-secret", f"the environment variable {name} is not set", hint)
        return SecretStr(found)
    if colon and kind == "file":
        return SecretStr(_read_secret(around.base / name, name))
    if around.literal_secrets and value:
        return SecretStr(value)
    raise wrong("literal-secret", "a secret must not stand in this file", _HOW_TO_HIDE)


def _read_secret(path: Path, name: str) -> str:
    try:
        with path.open("rb") as file:
            text = file.read(_SECRET_FILE_BYTES).decode().strip()
    except (OSError, ValueError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else "not UTF-8"
        hint = "the path is relative to the configuration file; this user must be able to read it"
        raise wrong("missing-secret", f"cannot read {name}: {reason}", hint) from None
    if not text:
        raise wrong("missing-secret", f"{name} is empty")
    return text


def _check_aes_key(value: SecretStr) -> SecretStr:
    """Refuse what cannot be an EncodingAESKey: 43 letters and digits (path/90968, 2026-07)."""
    if not re.fullmatch(r"[A-Za-z0-9]{43}", value.get_secret_value()):
        found = len(value.get_secret_value())
        message = f"found {found} characters, allowed: {_AES_KEY_CHARS} letters and digits"
        raise wrong("bad-value", message, "copy EncodingAESKey from the app's 接收消息 page")
    return value


def _split(value: str) -> SplitResult | None:
    """Return the parts of an address, None when it has none or its port is no port."""
    try:
        parts = urlsplit(value)
        found = parts.port, parts.hostname  # both are read, and refused, only when asked for
    except ValueError:
        return None
    return parts if found[1] else None


def _check_web(value: str) -> str:
    parts = _split(value)
    if value and (parts is None or parts.scheme not in ("http", "https") or parts.query):
        raise wrong("bad-value", f"found {describe(value)}, allowed: http://… or https://…")
    return value.rstrip("/")


def is_loopback(host: str) -> bool:
    """Return True when only this machine reaches a server that listens on `host`."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _check_web_socket(value: str) -> str:
    parts = _split(value)
    is_here = parts is not None and parts.scheme == "ws" and is_loopback(parts.hostname or "")
    if parts is None or parts.query or not (parts.scheme == "wss" or is_here):
        hint = "a secret is sent there; ws:// is for this machine only"
        raise wrong("bad-value", f"found {describe(value)}, allowed: wss://…", hint)
    return value.rstrip("/")


def _check_safe_web(value: str) -> str:
    parts = _split(value)
    if parts is not None and (parts.query or parts.fragment or "@" in parts.netloc):
        hint = "write the address alone; a key belongs into a key of its own"
        raise wrong("bad-value", "has a user, a query or a fragment, allowed: https://…", hint)
    is_here = parts is not None and parts.scheme == "http" and is_loopback(parts.hostname or "")
    if value and (parts is None or not (parts.scheme == "https" or is_here)):
        hint = "a secret is sent there; http:// is for this machine only"
        raise wrong("bad-value", f"found {describe(value)}, allowed: https://…", hint)
    return value.rstrip("/")


def _check_secret_web(value: SecretStr) -> SecretStr:
    parts = _split(value.get_secret_value())
    if parts is None or parts.scheme not in ("http", "https"):
        raise wrong("bad-value", "is no http:// or https:// address")
    if len(parse_qs(parts.query).get("key", [])) != 1:
        message = "has no key: a webhook address looks like https://…/webhook/send?key=…"
        raise wrong("bad-value", message, "copy it whole from the robot's card in the group")
    return value


def _open_database(value: object, info: ValidationInfo) -> SecretStr:
    """Return a database URL, a SQLite file as an absolute path.

    It may hold a password, so it is kept like a secret; a written one must not hold any.
    """
    around = _around(info)
    if not isinstance(value, str):
        raise wrong("wrong-type", "found no text, allowed: text in quotes")
    written = not value.startswith(("env:", "file:"))
    url = value if written else _open_secret(value, info).get_secret_value()
    if url.startswith("sqlite:///") and (name := url.removeprefix("sqlite:///").partition("?")[0]):
        return SecretStr(f"sqlite:///{(around.base / name).resolve()}")
    parts = _split(url)
    if parts is None or parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        scheme = url.partition(":")[0] if ":" in url else "something else"
        allowed = "allowed: sqlite:///path/to/file or postgresql://user@host:5432/name"
        raise wrong("bad-value", f"found {scheme[:20]}:…, {allowed}")
    if written and parts.password and not around.literal_secrets:
        hint = 'use PGPASSWORD or ~/.pgpass, or write the whole address as "env:DATABASE_URL"'
        raise wrong("literal-secret", "a password must not stand in this file", hint)
    if missing := [name for name in ("psycopg", "procrastinate") if not around.installed(name)]:
        hint = "install it: pip install 'wecom-community-bot[postgres]'"
        raise wrong("missing-extra", f"PostgreSQL needs {' and '.join(missing)}", hint)
    return SecretStr(url)


def _open_folder(value: object, info: ValidationInfo) -> Path:
    if not isinstance(value, (str, Path)) or not str(value):
        raise wrong("wrong-type", f"found {describe(value)}, allowed: the path of a folder")
    folder = _around(info).base / value
    try:
        os.stat(folder)  # noqa: PTH116 - Path.exists answers to everything in some versions
    except FileNotFoundError:
        return folder  # whoever needs it says so
    except (OSError, ValueError):  # a name too long, or with a NUL in it
        raise wrong("bad-path", f"{describe(value)} can't be opened as a folder") from None
    return folder


def _check_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (OSError, ValueError, KeyError):
        hint = "names as in the IANA data base: Asia/Shanghai, Europe/Paris, UTC"
        raise wrong("bad-timezone", f"unknown time zone {describe(value)}", hint) from None
    return value


def _check_host(value: str) -> str:
    if not _HOST.fullmatch(value):
        raise wrong("bad-value", f"found {describe(value)}, allowed: an IP address or host name")
    return value


def _check_network(value: str) -> str:
    try:
        ip_network(value, strict=False)
    except ValueError:
        allowed = "an IP address or a network such as 10.0.0.0/8"
        raise wrong("bad-value", f"found {describe(value)}, allowed: {allowed}") from None
    return value


def _check_signing(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < 16:  # noqa: PLR2004 - 128 bits at the very least
        raise wrong("bad-value", "is too short to sign links, allowed: 16 characters or more")
    return value


def _check_token(value: SecretStr) -> SecretStr:
    token = value.get_secret_value()
    if len(token) < 32 or not token.isascii() or len(token.split()) != 1:  # noqa: PLR2004 - 128 bits in hex
        allowed = "32 letters, digits and signs or more, without spaces; openssl rand -hex 32"
        raise wrong("bad-value", f"is no good token, allowed: {allowed}")
    return value


def _name_pattern(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", value):
        allowed = "letters, digits, - and _, at most 64"
        raise wrong("bad-value", f"found {describe(value)}, allowed: {allowed}")
    return value


Secret = Annotated[SecretStr, BeforeValidator(_open_secret)]
AesKey = Annotated[Secret, AfterValidator(_check_aes_key)]
SigningKey = Annotated[Secret, AfterValidator(_check_signing)]
ApiToken = Annotated[Secret, AfterValidator(_check_token)]
SecretWeb = Annotated[Secret, AfterValidator(_check_secret_web)]
DatabaseUrl = Annotated[SecretStr, BeforeValidator(_open_database)]
Web = Annotated[str, AfterValidator(_check_web)]
SafeWeb = Annotated[str, AfterValidator(_check_safe_web)]
WebSocket = Annotated[str, AfterValidator(_check_web_socket)]
Folder = Annotated[Path, BeforeValidator(_open_folder)]
Zone = Annotated[str, AfterValidator(_check_zone)]
Host = Annotated[str, AfterValidator(_check_host)]
Network = Annotated[str, AfterValidator(_check_network)]
Id = Annotated[str, AfterValidator(_name_pattern)]
Named = Annotated[str, Field(min_length=1)]
