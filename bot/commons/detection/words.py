"""How messages are made comparable: "太太太差了，我要退 歉😡" → "太差了,我要退款[怒]".

Width, script, case, gaps and repeats are folded; slips and homophones of alarm words, pinyin and
abbreviations are read as what they stand for; emoji are words. Whatever else is written stays.
`plain(plain(x)) == plain(x)`.
"""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from bot.commons import wording

LONGEST = 600
"""Characters that are looked at; of a longer text the beginning and the end."""
_HEAD = 400
_HERE = Path(__file__).parent

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e007f\U0001f3fb-\U0001f3ff]"
)
"""What has no width, and the tones of skin."""
_SPACE = re.compile(r"\s+")
_MARKS = str.maketrans(
    {
        **dict.fromkeys("、﹐﹑､،", ","),
        **dict.fromkeys("。｡．﹒", "."),
        **dict.fromkeys("“”„‟«»「」『』〝〞《》〈〉", '"'),
        **dict.fromkeys("‘’‚‛", "'"),
        **dict.fromkeys("【〔〖", "["),
        **dict.fromkeys("】〕〗", "]"),
        **dict.fromkeys("～〜∼", "~"),
        **dict.fromkeys("—–―‐‑−", "-"),
    }
)
_HAN = "\u4e00-\u9fff"
_GAP = r"[ .*·_|/~-]"
_SPREAD = re.compile(rf"(?<![{_HAN}])(?:[{_HAN}]{_GAP}{{1,2}}){{1,9}}[{_HAN}](?![{_HAN}])")
"""投 诉 你: characters that stand alone, one after the other."""
_GLUE = re.compile(rf"{_GAP}+")
# Laughter and sighs say by their length nothing that we need, but twice is not once.
_TWICE = "哈呵嘿嘻呜嗯啊噢哦喔哇唉"
_AGAIN = re.compile(r"([^\W\d_a-z])\1{2,}")
_MARK_AGAIN = re.compile(r"([6?!.~])\1{2,}")
_PHRASE_AGAIN = re.compile(r"([^\W\d_]{2,4}?)(?:[,.!~ ]?\1){2,}")
_STRANGE = re.compile("[\u0370-\u06ff\u0900-\u0eff\u1780-\u17ff\u3040-\u30ff\uac00-\ud7af]")
_LETTER = re.compile(r"[^\W\d_]")
_SENTENCE = 8
_SEPARATORS = re.compile(r"[ '\-]")
_BETWEEN = re.compile(rf"(?<=[{_HAN}]) (?=[{_HAN}])")
_MOST_ROUNDS = 8


def cut(text: str) -> str:
    """Return a long text's beginning and end: what it is about stands at either."""
    if len(text) <= LONGEST:
        return text
    return f"{text[:_HEAD]}\n{text[_HEAD + 1 - LONGEST :]}"


@lru_cache(maxsize=4096)  # what was said before is looked at again with each new word
def plain(text: str) -> str:
    """Return the text as rules and the classifier compare it."""
    text = cut(text)
    for _ in range(_MOST_ROUNDS):  # what one step brings about may be another's
        folded = cut(_folded(text))
        if folded == text:
            break
        text = folded
    return text


def is_foreign(text: str) -> bool:
    """Return True for a sentence in a script that no rule reads: kana, hangul, Cyrillic."""
    strange = len(_STRANGE.findall(text))
    return strange >= _SENTENCE and strange >= len(_LETTER.findall(text)) / 2


def _folded(text: str) -> str:
    tables = _tables()
    text = unicodedata.normalize("NFKC", text.translate(_MARKS)).casefold()
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    text = text.translate(_MARKS).translate(tables.signs)
    text = tables.face.sub(lambda found: tables.faces[found[0]], text)
    text = _SPACE.sub(" ", text).strip()
    text = _SPREAD.sub(lambda found: _GLUE.sub("", found[0]), text)
    if any("a" <= char <= "z" for char in text):
        text = _from_latin(text, tables)
    text = tables.slip.sub(lambda found: tables.slips[found[0]], text)
    for alike, word in tables.alike:
        text = alike.sub(_unless_real(word, tables.real), text)
    text = _AGAIN.sub(lambda found: found[1] * (2 if found[1] in _TWICE else 1), text)
    text = _MARK_AGAIN.sub(r"\1\1", text)
    return _PHRASE_AGAIN.sub(r"\1", text)


def _unless_real(word: str, real: frozenset[str]) -> Callable[[re.Match[str]], str]:
    return lambda found: found[0] if found[0] in real else word


@dataclass(frozen=True, slots=True)
class _Tables:
    """The files of this room, ready."""

    signs: Mapping[int, str]
    """Characters that are read as others, or as moods."""
    face: re.Pattern[str]
    faces: Mapping[str, str]
    slip: re.Pattern[str]
    slips: Mapping[str, str]
    alike: tuple[tuple[re.Pattern[str], str], ...]
    real: frozenset[str]
    spelt: re.Pattern[str]
    spellings: Mapping[str, str]
    abbreviation: re.Pattern[str]
    abbreviations: Mapping[str, str]


@cache
def _tables() -> _Tables:
    data: dict[str, dict[str, str]] = tomllib.loads(
        (_HERE / "words.toml").read_text(encoding="utf-8")
    )
    moods = {ord(char): f"[{mood}]" for mood, chars in data["moods"].items() for char in chars}
    faces = {
        f"[{face}]": f"[{mood}]" for mood, said in data["faces"].items() for face in said.split()
    }
    slips, letters, spelt = data["slips"], data["abbreviations"], data["pinyin"]
    return _Tables(
        signs={**wording.simplified(), **moods},
        face=_any_of(faces),
        faces=faces,
        slip=_any_of(slips),
        slips=slips,
        alike=tuple((_alike(how, data["sounds"]), word) for word, how in data["spoken"].items()),
        real=frozenset(data["real"]["words"].split()),
        spelt=_latin("|".join(_syllables(each) for each in sorted(spelt, key=len, reverse=True))),
        spellings={pinyin.replace(" ", ""): word for pinyin, word in spelt.items()},
        abbreviation=_latin("|".join([*letters, r"(?<=[要给必打个])\s?cp"])),
        abbreviations={**letters, "cp": "差评"},
    )


def _any_of(words: Mapping[str, str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))


def _alike(pinyin: str, sounds: Mapping[str, str]) -> re.Pattern[str]:
    """Return what a word of two characters may be mistaken for; with a gap only its second one."""
    first, second = (sounds[syllable] for syllable in pinyin.split())
    return re.compile(rf"[{first}][{second}]|{first[0]}[^\w,.!?]{{1,2}}[{second}]")


def _latin(inside: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z0-9])(?:{inside})(?![a-z0-9])")


def _syllables(pinyin: str) -> str:
    return pinyin.replace(" ", r"[ '\-]?").replace("lv", "l[vu]")


def _from_latin(text: str, tables: _Tables) -> str:
    text = tables.spelt.sub(lambda found: tables.spellings[_joined(found[0], tables)], text)
    text = tables.abbreviation.sub(lambda found: tables.abbreviations[found[0].strip()], text)
    return _BETWEEN.sub("", text)


def _joined(written: str, tables: _Tables) -> str:
    letters = _SEPARATORS.sub("", written)
    return letters if letters in tables.spellings else letters.replace("lu", "lv")
