"""Terms of texts and questions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons.search.domain.bigrams import Phrase, phrases, terms


def test_a_text_becomes_pairs_and_words() -> None:
    assert terms("佛山市排污权 PW2026(SZ)") == "佛山 山市 市排 排污 污权 权 pw2026 sz"


def test_full_width_letters_are_the_same_letters() -> None:
    assert terms("ＰＷ２０２６") == "pw2026"


def test_a_question_becomes_phrases_that_stand_side_by_side() -> None:
    assert phrases("排污权") == [Phrase(("排污", "污权"), prefix=False)]
    assert phrases("权 pw20") == [Phrase(("权",), prefix=True), Phrase(("pw20",), prefix=True)]


@pytest.mark.parametrize("question", ["", "  ", "'\"*&|!():<->", "—。，"])
def test_a_question_without_words_asks_nothing(question: str) -> None:
    assert phrases(question) == []


@given(st.text(max_size=80))
def test_terms_hold_nothing_that_a_query_language_knows(text: str) -> None:
    for term in [*terms(text).split(), *(term for phrase in phrases(text) for term in phrase.terms)]:
        assert term.split() == [term]
        assert not set(term) & set("'\"*&|!():<>-")
