"""Codes with check characters (GB 32100, GB 11714, GB 11643, ISO 7064 MOD 37-2) and project numbering."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons.domain import codes

# Printed on licences and annual reports of well-known organisations.
REAL_USCCS = [
    "91110000600037341L",
    "9144030071526726XG",
    "914403001922038216",
    "91330100799655058B",
    "91110000710926094P",
    "91110108551385082Q",
    "91110000802100433B",
    "91350100M000100Y43",
]
# The examples of GB 11643 itself, and two that are widely used in tests.
REAL_CITIZEN_IDS = ["11010519491231002X", "440524188001010014", "360426199101010071", "34052419800101001X"]

FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")

letters = st.sampled_from(codes.USCC_ALPHABET)
usccs = st.builds(
    codes.make_uscc,
    authority=letters,
    category=letters,
    region=st.from_regex(r"[0-9]{6}", fullmatch=True),
    organisation8=st.text(letters, min_size=8, max_size=8),
)
deal_codes = st.builds(
    codes.make_deal_code,
    trade_class=st.from_regex(r"[A-Z0-9]{1,3}", fullmatch=True),
    platform=usccs,
    on=st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    sequence=st.integers(0, 999_999),
    dashes=st.booleans(),
)
citizen_ids = st.builds(
    lambda region, born, sequence: (body := f"{region}{born:%Y%m%d}{sequence:03d}") + codes.citizen_id_check(body),
    st.integers(110000, 659999),
    st.dates(date(1900, 1, 1), date(2026, 1, 1)),
    st.integers(0, 999),
)


@pytest.mark.parametrize("code", REAL_USCCS)
def test_real_social_credit_codes_are_valid(code):
    assert codes.check_uscc(code).valid


@pytest.mark.parametrize("code", REAL_CITIZEN_IDS)
def test_real_citizen_numbers_are_valid(code):
    assert codes.check_citizen_id(code).valid


def test_the_transaction_check_agrees_with_published_vectors_of_mod_37_2():
    # ISBT 128 numbers donations with the same check.
    assert codes.mod_37_2_check("G123489654321") == "Y"
    assert codes.mod_37_2_check("G123498654321") == "H"
    assert codes.mod_37_2_check("A999914123456") == "N"


def test_the_parts_of_a_social_credit_code_are_named():
    parts = codes.check_uscc("914403001922038216").parts

    assert parts["region"] == "440300"
    assert parts["organisation_code"] == "192203821"
    assert (parts["authority"], parts["category"], parts["check"]) == ("9", "1", "6")


def test_a_wrong_organisation_code_inside_is_caught_even_under_a_right_outer_check():
    first17 = "91440300" + "19220382" + "2"
    code = first17 + codes.uscc_check(first17)

    verdict = codes.check_uscc(code)

    assert not verdict.valid
    assert verdict.parts["organisation_expected_check"] == "1"


@given(usccs, st.integers(0, 17), letters)
def test_any_single_character_change_of_a_social_credit_code_is_caught(code, place, other):
    changed = code[:place] + other + code[place + 1 :]
    assert codes.check_uscc(changed).valid == (changed == code)


@given(usccs, st.integers(0, 16))
def test_any_swap_of_neighbours_in_a_social_credit_code_is_caught(code, place):
    changed = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert codes.check_uscc(changed).valid == (changed == code)


@given(citizen_ids, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_any_single_character_change_of_a_citizen_number_is_caught(code, place, other):
    changed = code[:place] + other + code[place + 1 :]
    assert codes.check_citizen_id(changed).valid == (changed == code)


@given(deal_codes, st.data())
def test_any_single_character_change_of_a_transaction_code_is_caught(code, data):
    place = data.draw(st.integers(0, len(code) - 1))
    other = data.draw(st.sampled_from(codes.MOD_37_2_ALPHABET + "-"))
    changed = code[:place] + other + code[place + 1 :]
    assert codes.check_deal_code(changed).valid == (changed == code)


@given(deal_codes)
def test_a_wrong_transaction_check_names_the_right_one(code):
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")

    verdict = codes.check_deal_code(wrong)

    assert not verdict.valid
    assert verdict.expected_check == code[-1]


def test_a_transaction_code_may_not_mix_hyphens_and_none():
    code = codes.make_deal_code(trade_class="A01", platform="914403001922038216", on=date(2026, 1, 5), sequence=7)

    assert codes.check_deal_code(code).valid
    assert codes.check_deal_code(code.replace("-", "")).valid
    assert not codes.check_deal_code(code.replace("-", "", 1)).valid


def test_a_transaction_code_without_its_class_is_not_valid():
    code = codes.make_deal_code(trade_class="A01", platform="914403001922038216", on=date(2026, 1, 5), sequence=7)
    assert not codes.check_deal_code(code.removeprefix("A01-")).valid


@pytest.mark.parametrize(("kind", "code"), [("uscc", REAL_USCCS[1]), ("citizen_id", REAL_CITIZEN_IDS[0])])
@pytest.mark.parametrize(
    "spoil",
    [
        lambda code: code.lower(),
        lambda code: code + "\n",
        lambda code: " " + code,
        lambda code: code[:9] + " " + code[9:],
        lambda code: code.translate(FULL_WIDTH),
        lambda code: code.replace("1", "١"),
        lambda code: code[:-1],
        lambda code: code + "0",
        lambda code: "",
        lambda code: "0" * 10_000,
        lambda code: code[:5] + "\0" + code[6:],
    ],
)
def test_spoiled_codes_are_refused_and_never_crash(kind, code, spoil):
    assert not codes.KINDS[kind](spoil(code), date(2026, 1, 1)).valid


@pytest.mark.parametrize(
    "typed",
    [
        "９１４４０３００７１５２６７２６Ｘｇ",
        " 9144030071526726xg\t",
        "91440300 71526726XG",
        "9144030071526726XG\u3000",
    ],
)
def test_what_people_type_is_normalised_to_the_code_they_mean(typed):
    assert codes.uscc(codes.normalise(typed)) == "9144030071526726XG"


@pytest.mark.parametrize("born", ["20260230", "20250229", "20261301", "20260100", "00000101"])
def test_a_citizen_number_with_an_impossible_birth_date_is_refused(born):
    body = f"440604{born}001"
    assert not codes.check_citizen_id(body + codes.citizen_id_check(body)).valid


def test_nobody_is_born_after_today():
    body = "44060420260102001"
    number = body + codes.citizen_id_check(body)

    assert codes.check_citizen_id(number, on=date(2026, 1, 2)).valid
    assert not codes.check_citizen_id(number, on=date(2026, 1, 1)).valid


def test_a_refused_code_does_not_repeat_the_number():
    with pytest.raises(codes.InvalidCode) as refused:
        codes.citizen_id("110105194912310021")
    assert "110105194912310021" not in str(refused.value)


@given(
    st.builds(
        codes.ProjectCode,
        trade_class=st.from_regex(r"[A-Z][A-Z0-9]{2}", fullmatch=True),
        region=st.from_regex(r"[0-9]{6}", fullmatch=True),
        on=st.dates(date(2000, 1, 1), date(2099, 12, 31)),
        sequence=st.integers(0, 9999),
        tender=st.integers(0, 999),
        section=st.none() | st.integers(0, 999),
    )
)
def test_project_codes_survive_being_written_and_read(code):
    text = str(code)

    assert codes.parse_project_code(text) == code
    assert len(text) == (codes.TENDER_PROJECT_LENGTH if code.section is None else codes.SECTION_LENGTH)


@pytest.mark.parametrize(
    "text", ["", "A01", "a014406002601050001", "A014406002602300001", "A01４４０６００2601050001", "A01-440600"]
)
def test_only_a_whole_project_code_is_read(text):
    with pytest.raises(codes.InvalidCode):
        codes.parse_project_code(text)
