"""What is found in a copy of the database, and what only looks like it."""

import pytest

from tests.dumps import found_in


@pytest.mark.parametrize("told", ["187643", '{"size": 187643}', "bytes_sum 187643.0", "0 187643 00000", "=187643,"])
def test_a_number_is_found_wherever_it_stands_by_itself(told: str) -> None:
    assert found_in(told, ["187643"]) == ["187643"]


@pytest.mark.parametrize("chance", ["0.00187643", "12:13:39.187643+00:00", "0000187643 n", "9f3c187643ab", "1876430"])
def test_digits_that_meet_by_chance_are_no_number(chance: str) -> None:
    assert found_in(chance, ["187643"]) == []


def test_words_are_found_anywhere_and_a_reference_only_whole() -> None:
    words = ["4f1d", "8237461.53", "organisation:12"]
    assert found_in("…of organisation:12; canary-4f1d7c, 8237461.53 yuan", words) == words
    assert found_in("organisation:12 8237461.530", ["organisation:1", "8237461.53"]) == []
