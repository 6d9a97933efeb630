import json

import msgspec
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from commons.evidence.domain.canonical import NotCanonical, decode, encode

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
ASCII_NAMES = st.dictionaries(st.text(st.characters(max_codepoint=126), max_size=8), TEXT, max_size=6)


@given(VALUES)
def test_canonical_form_is_that_of_rfc_8785(value):
    assert encode(value) == rfc8785.dumps(value)
    assert decode(encode(value)) == value


@given(ASCII_NAMES)
def test_msgspec_makes_the_same_bytes_for_ascii_names(value):
    assert msgspec.json.Encoder(order="sorted").encode(value) == encode(value)


@pytest.mark.parametrize("value", [1, 1.5, float("nan"), {"a": 2}, [b""], {1: "a"}, object(), "\ud800"])
def test_numbers_bytes_and_broken_text_are_refused(value):
    with pytest.raises(NotCanonical):
        encode(value)


@pytest.mark.parametrize(
    "data",
    [
        b'{"b":"1","a":"2"}',
        b'{"a": "1"}',
        b'{"a":1}',
        b'{"a":"\\u0041"}',
        b'{"a":"1","a":"1"}',
        b"\xff",
        b"",
        b"NaN",
        b"[" * 9999,
    ],
)
def test_other_spellings_are_refused(data):
    with pytest.raises(NotCanonical):
        decode(data)


@pytest.mark.parametrize("depth", [100, 300, 500, 900, 5000])
def test_deep_nesting_is_encoded_or_refused_but_never_breaks(depth):
    data = b'{"a":' * depth + b'"x"' + b"}" * depth

    try:
        assert encode(decode(data)) == data
    except NotCanonical:
        assert depth > 100


def test_names_are_ordered_by_utf_16_code_units():
    value = {"\U0001f600": "a", "\ufb33": "b"}

    assert list(json.loads(encode(value))) == ["\U0001f600", "\ufb33"]
