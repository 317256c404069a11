"""Makes content files of drafts: includes, words of variants, media, and the rules of a post."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.commons.audience import KnownAudience, wrong_with
from bot.commons.content.files import ContentFile, Kind, Variant
from bot.commons.content.including import Included, Snippets, find, follow
from bot.commons.content.matter import PostMatter, VariantMatter
from bot.commons.content.paths import UNSAFE_HINT, below_media
from bot.commons.content.reading import TEXT_MAX_BYTES, Draft, Piece
from bot.commons.content.sharing import rewards_sharing
from bot.kernel.errors import Problem

AD_MARK = "【广告】"
_NO_AD = ("不是广告", "非广告", "无广告", "没有广告")


@dataclass(frozen=True, slots=True)
class Linked:
    """The files that nothing is wrong with, and what is wrong with the others."""

    files: Mapping[str, ContentFile]
    problems: Sequence[Problem]


def link(
    drafts: Mapping[str, Draft],
    media: Collection[str],
    *,
    auto_ad_mark: bool,
    audience: KnownAudience | None = None,
) -> Linked:
    """Put files together.

    Args:
        drafts: all files that were read, by path.
        media: the paths of the files in the media folder, below that folder.
        auto_ad_mark: add the 广告 mark to promos that lack it.
        audience: tiers and groups that may be named; None leaves that unchecked.
    """
    files: dict[str, ContentFile] = {}
    problems: list[Problem] = []
    wanted: set[str] = set()
    for path, draft in drafts.items():
        problems += draft.problems
        if draft.matter is not None:
            bench = _Bench(draft, draft.matter, drafts, media, auto_ad_mark=auto_ad_mark)
            bench.check_audience(audience)
            file = bench.assemble()
            problems += bench.problems
            wanted |= bench.wanted
            if file is not None and not draft.problems:
                files[path] = file
    problems += _without_front_matter(drafts, wanted)
    problems += _twins(files, drafts)
    clashes = _clashes(files, drafts)
    for path in clashes:
        del files[path]
    return Linked(files, [*problems, *(each for found in clashes.values() for each in found)])


def _without_front_matter(drafts: Mapping[str, Draft], wanted: set[str]) -> list[Problem]:
    hint = "begin with a line +++, the keys (kind, stage, …) and another line +++"
    return [
        Problem(draft.shown, 1, "syntax", "there is no front matter", hint)
        for path, draft in drafts.items()
        if not (draft.is_post or path in wanted or any(p[0] == "_" for p in path.split("/")))
    ]


def _twins(files: Mapping[str, ContentFile], drafts: Mapping[str, Draft]) -> list[Problem]:
    first: dict[str, str] = {}
    problems: list[Problem] = []
    for path, file in files.items():
        words = "".join(file.body.split())
        twin = first.setdefault(words, path)
        matter = drafts[path].matter
        if words and twin != path and matter and "duplicate-text" not in matter.waive:
            at, message = drafts[path].shown, f"the same text as content/{twin}"
            problems.append(Problem(at, file.body_line, "duplicate-text", message, warning=True))
    return problems


def _clashes(
    files: Mapping[str, ContentFile], drafts: Mapping[str, Draft]
) -> Mapping[str, Sequence[Problem]]:
    """Return the files that are asked for by the words of an earlier one, and where."""
    seen: dict[tuple[type[PostMatter], str], list[ContentFile]] = {}
    found: dict[str, list[Problem]] = {}
    for path, file in files.items():
        draft, matter = drafts[path], drafts[path].matter
        if matter is None:
            continue
        for trail, words in matter.asked_by():
            others = seen.setdefault((type(matter), words), [])
            if other := next((one for one in others if _meets(one, file)), None):
                line, message = draft.source.line_of(trail), f"asked by content/{other.path}, too"
                hint = "let one of the two files have the question"
                problem = Problem(draft.shown, line, "duplicate-name", message, hint)
                found.setdefault(path, []).append(problem)
            others.append(file)
    return found


def _meets(one: ContentFile, other: ContentFile) -> bool:
    """Return True when nothing says on some day which of two files is meant."""
    if one.path == other.path or one.is_for_days != other.is_for_days:
        return one.path == other.path
    first = max((day for day in (one.valid_from, other.valid_from) if day), default=None)
    last = min((day for day in (one.valid_until, other.valid_until) if day), default=None)
    return first is None or last is None or first <= last


class _Bench:
    """Where one file is put together."""

    def __init__(
        self,
        draft: Draft,
        matter: PostMatter,
        drafts: Mapping[str, Draft],
        media: Collection[str],
        *,
        auto_ad_mark: bool,
    ) -> None:
        self._draft = draft
        self._matter = matter
        self._drafts = drafts
        self._media = media
        self._auto_ad_mark = auto_ad_mark
        self.problems: list[Problem] = []
        self.wanted: set[str] = set()

    def assemble(self) -> ContentFile | None:
        """Return the file; None when something is wrong, see `problems`."""
        draft, matter = self._draft, self._matter
        included = self._heed(follow(self._drafts, draft.path, draft.body))
        body = self._words(draft.body, draft.body.line, included.snippets)
        variants = tuple(self._variant(name, each) for name, each in matter.variants.items())
        if not body and (variants or not matter.media):
            hint = "they are what everybody gets whom no variant is for" if variants else ""
            message = "there are no words after the front matter"
            self._say(draft.body.line, "no-default", message, hint)
        media = self._check_media()
        self._check_sharing(included.snippets)
        if self.problems:
            return None
        return ContentFile(
            path=draft.path,
            title=matter.title or draft.path.rpartition("/")[2].removesuffix(".md"),
            kind=matter.kind,
            stage=matter.stage,
            body=body,
            body_line=draft.body.line,
            revision=_revision(draft, body, included.snippets, variants),
            tags=matter.tags,
            scene=matter.scene,
            publish_on=matter.publish_on,
            valid_from=matter.valid_from,
            valid_until=matter.valid_until,
            media=media,
            variants=variants,
            snippets=included.snippets,
            matter=matter,
            waived=tuple(matter.waive),
        )

    def check_audience(self, known: KnownAudience | None) -> None:
        """See whether everybody whom the file is for can be there."""
        if known is None:
            return
        for key, words in self._matter.audiences():
            line = self._draft.source.line_of((key,))
            for word in words:
                if wrong := wrong_with(word, known):
                    self._say(line, wrong.rule, f"{key}: {wrong.message}", wrong.hint)

    def _say(self, line: int, rule: str, message: str, hint: str = "") -> None:
        if rule not in self._matter.waive:
            self.problems.append(Problem(self._draft.shown, line, rule, message, hint))

    def _heed(self, included: Included) -> Included:
        self.wanted |= included.wanted
        for trouble in included.troubles:
            self._say(trouble.line, trouble.rule, trouble.message, trouble.hint)
        return included

    def _variant(self, name: str, written: VariantMatter) -> Variant:
        key = "body" if written.file is None else "file"
        line = self._draft.source.line_of(("variants", name, key))
        if written.file is None:
            piece = dict(self._draft.variants)[name]
            included = self._heed(follow(self._drafts, self._draft.path, piece))
        else:
            search = Included()
            target = find(self._drafts, written.file, line, search)
            self._heed(search)
            if target is None:
                return Variant(name, written.when, "")
            piece = target.body
            included = self._heed(follow(self._drafts, target.path, piece, line=line))
        if not piece.text:
            self._say(line, "no-default", f"the variant {name} has no words")
        text = self._words(piece, line, included.snippets)
        return Variant(name, written.when, text, included.snippets)

    def _words(self, piece: Piece, line: int, snippets: Snippets) -> str:
        """Return the words of `piece`, with the mark that the law asks of advertisements."""
        room = TEXT_MAX_BYTES - self._matter.around_bytes
        if piece.anatomy.fixed_bytes > room:
            message = f"{piece.anatomy.fixed_bytes} bytes, a text message holds {room}"
            hint = "a Chinese character takes 3 bytes, most emoji 4: cut it or make two posts of it"
            self._say(line, "too-long", message, hint)
        words = piece.text
        if not words or self._matter.kind is not Kind.PROMO:
            return words
        if _is_marked("".join([words, *(text for _, text in snippets)])):
            return words
        if self._auto_ad_mark:
            return f"{AD_MARK}{words}"
        hint = f"put {AD_MARK} in front, or set auto_ad_mark = true in [content]"
        self._say(line, "missing-ad-mark", "a promo without a 广告 mark", hint)
        return words

    def _check_sharing(self, snippets: Snippets) -> None:
        """Refuse rewards for sharing, wherever in the file they are promised."""
        source = self._draft.source
        for at, text in self._matter.all_words():
            self._say_shared(text, source.line_of(at))
        for piece in self._draft.pieces:
            self._say_shared(piece.text, piece.line, walks=True)
        for _, text in snippets:
            self._say_shared(text, self._draft.body.line)

    def _say_shared(self, text: str, line: int, *, walks: bool = False) -> None:
        found = rewards_sharing(text)
        if found is not None:
            message = f'"{found.words}" is rewarded, and WeChat closes who rewards sharing'
            hint = (
                "reward a check-in, a submission in this chat or a paid order instead;"
                ' if nothing is rewarded here, say why: waive = {"share-for-reward" = "…"}'
            )
            place = line + found.line - 1 if walks else line
            self._say(place, "share-for-reward", message, hint)

    def _check_media(self) -> tuple[str, ...]:
        for at, written in self._matter.all_media():
            line = self._draft.source.line_of(at)
            path = below_media(written)
            if path is None:
                message = f'"{written[:60]}" is no path below content/media/'
                self._say(line, "unsafe-path", message, UNSAFE_HINT)
            elif path not in self._media:
                self._say(line, "missing-media", f"there is no content/media/{path}")
        return tuple(filter(None, map(below_media, self._matter.media)))


def _is_marked(text: str) -> bool:
    for phrase in _NO_AD:
        text = text.replace(phrase, "")
    return "广告" in text


def _revision(draft: Draft, body: str, snippets: Snippets, variants: Sequence[Variant]) -> str:
    texts = [draft.digest, body]
    for pairs in (snippets, *(variant.snippets for variant in variants)):
        texts += [text for _, text in pairs]
    texts += [variant.body for variant in variants]
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:12]
