"""Finding Chinese texts, on the database that the tests run on."""

import pytest

from commons.search import services
from commons.search.queries import matching

pytestmark = pytest.mark.django_db
TEXTS = {
    1: "佛山市2026年第3期排污权公开出让 PW2026(SZ)GK0005",
    2: "碳排放配额有偿发放",
    3: "三水南风陶瓷有限公司 91440600",
}


@pytest.fixture(autouse=True)
def texts() -> None:
    for ref, text in TEXTS.items():
        services.store(kind="test", ref=ref, text=text)


def found(question: str, kind: str = "test") -> set[int]:
    asked = matching(kind, question)
    return set() if asked is None else set(asked)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("排污权", {1}), ("排", {1, 2}), ("权", {1}), ("污", {1}), ("排放", {2}), ("污排", set()),
        ("排污配额", set()),
        ("佛山 出让", {1}), ("佛山 配额", set()), ("pw2026", {1}), ("PW20", {1}),
        ("ＰＷ２０２６", {1}), ("gk0005", {1}),
        ("914406", {3}), ("陶瓷有限", {3}), ("司", {3}), ("公司", {3}), ("公开", {1}),
    ],
)  # fmt: skip
def test_words_are_found_where_they_stand(question: str, expected: set[int]) -> None:
    assert found(question) == expected


@pytest.mark.parametrize("question", ["'", '"', "a' | 'b", "x:*", "NEAR(a b)", "排污* OR 碳", "\\", "-排污", "100%"])
def test_no_question_is_a_fault(question: str) -> None:
    found(question)


def test_nothing_asked_filters_nothing() -> None:
    assert matching("test", " — ") is None


def test_kinds_are_kept_apart() -> None:
    assert found("排污权", kind="other") == set()


def test_a_changed_text_is_found_by_its_new_words_only() -> None:
    services.store(kind="test", ref=1, text="建设用地")

    assert found("排污权") == set()
    assert found("用地") == {1}
