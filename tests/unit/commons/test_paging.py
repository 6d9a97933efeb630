"""Pages of what is at hand whole."""

import pytest

from commons.paging import Part, sliced


@pytest.mark.parametrize(
    ("asked", "shown", "number"),
    [("1", (0, 1), 1), ("3", (4,), 3), ("99", (4,), 3), ("0", (0, 1), 1), ("-1", (0, 1), 1), ("x", (0, 1), 1)],
)
def test_a_page_that_is_not_there_is_the_nearest_one(asked: str, shown: tuple[int, ...], number: int) -> None:
    page = sliced(range(5), number=asked, size=2)

    assert (tuple(page), page.number, page.num_pages) == (shown, number, 3)


def test_a_page_knows_its_neighbours() -> None:
    page = sliced(range(5), number=2, size=2, name="own")

    assert (page.has_previous, page.previous_page_number, page.has_next, page.next_page_number) == (True, 1, True, 3)
    assert (page.name, page.paginator.num_pages) == ("own", 3)


def test_nothing_is_one_page_and_a_download_has_everything() -> None:
    assert sliced((), size=2) == ()
    assert (sliced((), size=2).num_pages, len(sliced(range(5), number=None, size=2))) == (1, 5)
    assert isinstance(sliced(()), Part)
