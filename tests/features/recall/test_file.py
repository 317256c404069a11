"""What is wrong with `content/recall.toml` is named with its line."""

import pytest

from tests.features.recall.conftest import OFFERS, Shop

PRICE = '[price]\ncoupon = "over-300"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (OFFERS, []),
        ("", []),
        ("[price]\ntext = 'x'\n", ["1 missing-key"]),
        (PRICE, ["1 missing-key"]),
        ('[price]\ntext = "x"\ncoupon = "gold"\n', ['3 bad-value there is no coupon "gold"']),
        ('[quality]\ncoupon = "gold"\ntext = "x"\n', ['2 bad-value there is no coupon "gold"']),
        (PRICE + 'text = ""\n', ["3 bad-value price.text"]),
        (PRICE + f'text = "{"字" * 301}"\n', ["3 bad-value price.text"]),
        (PRICE + 'text = "{{ nmae }}"\n', ["3 undefined-variable"]),
        (PRICE + 'text = "{{ group }}"\n', ["3 undefined-variable"]),
        (PRICE + 'text = "{{ name"\n', ["3 syntax"]),
        (PRICE + 'text = "{{ name.__class__ }}"\n', ["3 unsafe-template"]),
        (PRICE + 'text = "转发朋友圈"\n', ["3 share-for-reward"]),
        (PRICE + 'text = "x"\ncupon = 1\n', ["4 unknown-key"]),
        ("[pricy]\n", ["1 unknown-key"]),
        (
            PRICE + 'text = "x"\n[quality]\ntext = "y"\ncoupon = "over-300"\n',
            ['6 bad-value "over-300" is what [price] gets'],
        ),
        ('[unknown]\ncontent = "posts/none.md"\n', ["2 missing-file there is no usable"]),
        ('[unknown]\ncontent = "../secret.md"\n', ["2 unsafe-path"]),
        ('[unknown]\ncontent = "media/a.png"\n', ["2 unsafe-path"]),
        ('[unknown]\ncontent = "content/posts/wool.md"\n', []),
        ('\n[unknown]\n\ncontent = "posts/group.md"\n', ["4 undefined-variable"]),
        ("[service]\n", ["1 missing-key"]),
    ],
)
def test_a_mistake_is_named_with_its_line(shop: Shop, text: str, said: list[str]) -> None:
    shop.desk.post("posts/group.md", "{{ group }}的朋友们")
    shop.writes("recall.toml", text)
    found = shop.problems()
    assert len(found) == len(said), found
    for problem, begins in zip(found, said, strict=True):
        assert problem.startswith(begins)
