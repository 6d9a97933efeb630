"""What stands for a natural person, and what everybody may read of the name."""

import pytest

from commons.domain.codes import CitizenId, check_uscc
from commons.domain.names import masked_name
from commons.people.domain.natural import is_reference, reference

NUMBER = CitizenId("11010519491231002X")
KEY = bytes(32)


@pytest.mark.parametrize(
    ("name", "shown"),
    [("陈家宝", "陈某某"), ("陈宝", "陈某某"), ("欧阳一", "欧阳某某"), ("欧阳", "欧某某"),
     (" 阿依古丽·买买提 ", "阿某某"),
     ("Wong Ka Po", "W***"), ("", "***")],
)  # fmt: skip
def test_a_name_keeps_its_surname_alone(name: str, shown: str) -> None:
    assert masked_name(name) == shown


def test_a_reference_is_always_the_same_and_never_a_code_of_an_organisation() -> None:
    found = reference(NUMBER, key=KEY)

    assert found == reference(NUMBER, key=KEY)
    assert len(found) == 18
    assert is_reference(found)
    assert not check_uscc(found).valid


def test_another_person_and_another_key_give_another_reference() -> None:
    others = {reference(CitizenId("440524188001010014"), key=KEY), reference(NUMBER, key=bytes(31) + b"\x01")}

    assert reference(NUMBER, key=KEY) not in others
    assert len(others) == 2
