from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from adapters.coupon_codes import ALPHABET, LENGTH, candidates, is_whole, personal, shown, symbols
from dsl.model import Offer
from dsl.spans import span_of

SECRET = "sixteen letters!"
CODE = symbols(SECRET, "spring", "anna")
SPRING = Offer("spring", span_of("a.play", "", 0, 0), code="KAFFEE-{unique}")


def test_a_code_is_the_same_for_one_contact_and_offer_and_another_one_for_others() -> None:
    assert symbols(SECRET, "spring", "anna") == CODE
    others = {
        symbols(SECRET, "spring", "ben"),
        symbols(SECRET, "autumn", "anna"),
        symbols("another secret!!", "spring", "anna"),
    }
    assert len({CODE, *others}) == 4
    # the parts of the key do not run into one another
    assert symbols(SECRET, "ab", "c") != symbols(SECRET, "a", "bc")


def test_the_alphabet_has_no_look_alikes_and_a_prime_number_of_symbols() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET) == 29
    assert set("01OILSU").isdisjoint(ALPHABET)


def test_every_wrong_symbol_and_every_exchange_is_found() -> None:
    assert is_whole(CODE)
    for place in range(LENGTH):
        for other in set(ALPHABET) - {CODE[place]}:
            assert not is_whole(CODE[:place] + other + CODE[place + 1 :])
    for one, two in combinations(range(LENGTH), 2):
        swapped = list(CODE)
        swapped[one], swapped[two] = swapped[two], swapped[one]
        assert is_whole("".join(swapped)) == (CODE[one] == CODE[two])


@given(st.text(), st.text())
def test_every_code_is_whole_and_found_again_as_people_write_it(offer: str, contact: str) -> None:
    code = symbols(SECRET, offer, contact)
    for written in (shown(code), f"KAFFEE-{shown(code)}", f" {code.lower()} ", shown(code).replace("-", " ") + "-CH"):
        assert code in candidates(written)


def test_what_is_no_code_has_none() -> None:
    for text in ("", "KAFFEE15", CODE[:-1], "0" * 30):
        assert list(candidates(text)) == []


def test_an_offer_as_a_contact_gets_it() -> None:
    assert personal(SPRING, "anna", SECRET).code == f"KAFFEE-{shown(CODE)}"
    assert personal(SPRING, "anna", None).code == "KAFFEE-XXXX-XXXX-XXX"
