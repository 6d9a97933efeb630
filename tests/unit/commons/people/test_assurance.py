"""The level of a session follows from the person and from the way of signing in."""

import pytest

from commons.domain.actor import Assurance
from commons.people.domain.assurance import session_assurance

L0, L1, L2, L3, L4 = Assurance


@pytest.mark.parametrize(
    ("person", "second_factor", "password_cap", "expected"),
    [
        (L3, False, L2, L2),
        (L3, True, L2, L3),
        (L4, True, L2, L3),
        (L1, True, L2, L1),
        (L1, False, L3, L1),
        (L3, False, L3, L3),
        (L4, False, L3, L3),
        (L0, True, L3, L0),
    ],
)
def test_a_session_is_known_no_better_than_person_and_sign_in(
    person: Assurance, second_factor: bool, password_cap: Assurance, expected: Assurance
) -> None:
    assert session_assurance(person=person, second_factor=second_factor, password_cap=password_cap) is expected
