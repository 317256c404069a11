"""A code that is read aloud: one slip is always noticed."""

from hypothesis import given
from hypothesis import strategies as st

from bot.commons.coupons import codes


def made(seed: int) -> str:
    signs = []
    for _ in range(codes.LENGTH - 1):
        seed, rest = divmod(seed, len(codes.ALPHABET))
        signs.append(codes.ALPHABET[rest])
    body = "".join(signs)
    return next(body + last for last in codes.ALPHABET if codes.heard(body + last) is not None)


CODES = st.builds(made, st.integers(0, 19**8 - 1))


def test_nothing_that_looks_or_sounds_like_another_is_in_a_code() -> None:
    assert not set(codes.ALPHABET) & set("0OQD1IL2Z5SBGNVUW")
    assert len(set(codes.ALPHABET)) == 19


@given(CODES, st.integers(0, codes.LENGTH - 1), st.sampled_from(codes.ALPHABET))
def test_one_character_that_was_misheard_is_noticed(code: str, place: int, sign: str) -> None:
    slip = code[:place] + sign + code[place + 1 :]

    assert codes.heard(slip) == (code if slip == code else None)


@given(CODES, st.integers(0, codes.LENGTH - 1), st.integers(0, codes.LENGTH - 1))
def test_two_that_changed_places_are_noticed(code: str, one: int, other: int) -> None:
    signs = list(code)
    signs[one], signs[other] = signs[other], signs[one]
    slip = "".join(signs)

    assert codes.heard(slip) == (code if slip == code else None)


def test_width_case_and_groups_do_no_harm() -> None:
    code = codes.draw()
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in code)

    for typed in (code.lower(), codes.spoken(code), f" {codes.spoken(code)} ", wide, wide.lower()):
        assert codes.heard(typed) == code


def test_what_is_no_code_is_none() -> None:
    for typed in ("", "3", codes.draw() + "3", "0" * 9, "打卡", "9" * 10_000):
        assert codes.heard(typed) is None
