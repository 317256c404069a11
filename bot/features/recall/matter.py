"""What `content/recall.toml` takes: what is offered to whom."""

from collections.abc import Collection, Sequence
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, Field, model_validator

from bot.commons.content import dissect, render_words
from bot.commons.content.lawful import Row
from bot.commons.content.paths import UNSAFE_HINT, below
from bot.commons.content.sharing import rewards_sharing
from bot.commons.coupons import lost_kinds
from bot.kernel.checking import Trail, wrong

FILE = "recall.toml"
TO_HER, TO_ADVISOR = ("called", "community"), ("name", "community")
"""What words may speak of: how she wants to be spoken to, and who she is."""


def _words(text: str) -> str:
    """Refuse words to a member that ask for sharing, or that speak of what is not there."""
    if found := rewards_sharing(f"{text}，送券"):
        raise wrong("share-for-reward", f'"{found.words}" would reward sharing')
    return _spoken(text, TO_HER)


def _task(text: str) -> str:
    return _spoken(text, TO_ADVISOR)


def _spoken(text: str, names: Sequence[str]) -> str:
    hint = f"known names: {', '.join(names)}"
    for finding in dissect(text, names).findings:
        raise wrong(finding.rule, finding.message, hint)
    try:
        render_words(text, **dict.fromkeys(names, "a"))
    except ValueError as exc:
        raise wrong("undefined-variable", str(exc)[:200], hint) from None
    return text


def _path(written: str) -> str:
    path = below(written.removeprefix("content/"))
    if path is None or not path.endswith(".md"):
        raise wrong("unsafe-path", f'"{written}" is no file of content/', UNSAFE_HINT)
    return path


Words = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_words)]


class CouponOffer(Row):
    """`[price]` and `[quality]`: a coupon, and what is said with it."""

    coupon: str = Field(min_length=1)
    """A kind of `coupons.toml`."""
    text: Words


class ServiceOffer(Row):
    """`[service]`: an advisor sees to her; she herself is sent nothing."""

    text: Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_task)]
    """What the advisor is to do."""


class ContentOffer(Row):
    """`[unknown]`: something to read."""

    content: Annotated[str, AfterValidator(_path)]
    """A file below `content/`."""
    text: Annotated[str, Field(max_length=300), AfterValidator(_words)] = ""
    """Said before it."""


class Offers(Row):
    """The file `content/recall.toml`. Whoever has no table in it gets nothing."""

    price: CouponOffer | None = None
    quality: CouponOffer | None = None
    service: ServiceOffer | None = None
    unknown: ContentOffer | None = None

    @model_validator(mode="after")
    def _has_something_for_each(self) -> Self:
        if self.price and self.quality and self.price.coupon == self.quality.coupon:
            message = f'"{self.price.coupon}" is what [price] gets'
            hint = "whoever sets store by quality gets a sample (体验装), not the same reduction"
            raise wrong("bad-value", message, hint, at=("quality", "coupon"))
        return self

    def missing(self, tables: Collection[BaseModel]) -> Sequence[tuple[Trail, str]]:
        """Return the kinds of coupon that no file has."""
        offers = (("price", self.price), ("quality", self.quality))
        return lost_kinds([((name, "coupon"), one.coupon) for name, one in offers if one], tables)

    def named_files(self) -> Sequence[tuple[Trail, str]]:
        """Return the file that is sent."""
        return [(("unknown", "content"), self.unknown.content)] if self.unknown else []
