"""Plain documents take a short cut; it must lead to where the parser leads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wecom.xml import read_xml
from bot.kernel.errors import BadCallback

PIECES = (
    *("<a>", "</a>", "<b1>", "</b1>", "<a/>", "<a >", "</a >", '<a x="1">', "<1>", "</1>"),
    *("<![CDATA[", "]]>", "]", "]]", ">", "<", "&", "&amp;", "&#66;", "<!-- -->", "<?p?>"),
    *("打卡", "[微笑]", " ", "\n", "\r\n", "\t", "\x0b", "\x1f", "\u00a0", "\uffff", "😀", "xml"),
    *("<!DOCTYPE a>", "<!DOCTYPE html>"),
)
words = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)
inside = st.one_of(
    words.map(lambda text: f"<a><![CDATA[{text}]]></a>"), words.map(lambda text: f"<a>{text}</a>")
)


@given(st.lists(st.one_of(words, inside), max_size=4).map("".join))
def test_the_short_cut_reads_what_the_parser_reads(middle: str) -> None:
    assert read(f"<xml>{middle}</xml>") == read(f"<?xml version='1.0'?><xml>{middle}</xml>")


def read(document: str) -> object:
    try:
        return read_xml(document)
    except BadCallback:
        return "refused"


def test_a_member_may_write_like_a_document() -> None:
    words = "]] <b> &amp; <!DOCTYPE a> </a>"
    assert read_xml(f"<xml><a><![CDATA[{words}]]></a></xml>") == {"a": [words]}


def test_repeated_fields_are_kept_in_order() -> None:
    assert read_xml("<xml>\n<a>1</a>\n<b/>\n<a>2</a>\n</xml>") == {"a": ["1", "2"], "b": [""]}


@pytest.mark.parametrize("document", ["", "<xml>", "<xml><a>1</b></xml>", "<xml></xml>x", "打卡"])
def test_what_is_no_document_is_refused(document: str) -> None:
    with pytest.raises(BadCallback):
        read_xml(document)
