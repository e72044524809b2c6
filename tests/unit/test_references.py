"""Numbers and keys that people read aloud."""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.references import (
    ALPHABET,
    derived_key,
    key_hash,
    new_key,
    new_reference,
    read_reference,
)


def test_a_number_reads_back_however_it_is_typed() -> None:
    number = new_reference()
    assert len(number) == 11
    for typed in (number, number.lower(), number.replace("-", ""), number.replace("-", " "), f" {number}\n"):
        assert read_reference(typed) == number


def test_every_single_wrong_character_is_found() -> None:
    number = new_reference().replace("-", "")
    for place, character in itertools.product(range(len(number)), ALPHABET):
        wrong = number[:place] + character + number[place + 1 :]
        assert (read_reference(wrong) is None) == (wrong != number)


@given(st.integers(0, 2**32))
def test_every_swap_of_two_neighbours_is_found(seed: int) -> None:
    rng = random.Random(seed)
    body = "".join(rng.choice(ALPHABET) for _ in range(8))
    number = next(found for c in ALPHABET if (found := read_reference(body + c))).replace("-", "")
    for place in range(8):
        swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        assert swapped == number or read_reference(swapped) is None


@pytest.mark.parametrize("typed", ["", "K7Q", "K7Q-M9X-RW", "OOO-OOO-OOO", "../../etc/passwd", "가나다-라마바-사아자"])
def test_what_cannot_be_a_number_is_none(typed: str) -> None:
    assert read_reference(typed) is None


def test_keys_differ_and_their_hash_does_not_mind_how_they_are_typed() -> None:
    keys = {new_key() for _ in range(100)}
    assert len(keys) == 100
    key = keys.pop()
    assert key_hash(key) == key_hash(key.lower().replace("-", " "))


def test_a_derived_key_is_the_same_again_and_bound_to_secret_idempotency_key_and_number() -> None:
    key = derived_key("secret", "once", "K7Q-M9X-RW4")
    assert key == derived_key("secret", "once", "K7Q-M9X-RW4")
    assert len(
        {key, derived_key("other", "once", "K7Q-M9X-RW4"), derived_key("secret", "twice", "K7Q-M9X-RW4"),
         derived_key("secret", "once", "AAA-AAA-AAA")}
    ) == 4  # fmt: skip
