"""The calendar file holds to RFC 5545."""

from datetime import UTC, datetime

from exchange.notices.domain.calendar import Event, ics

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_dates_are_utc_and_lines_end_with_crlf() -> None:
    text = ics([Event("lot-1-0@X", AT, "报名截止", "https://example.org/lots/1/")], stamp=AT)

    assert "DTSTART:20260302T090000Z\r\n" in text
    assert text.endswith("END:VCALENDAR\r\n")
    assert "\n" not in text.replace("\r\n", "")


def test_long_titles_are_folded_without_cutting_a_character() -> None:
    title = "佛山市氨氮排污权出让项目" * 8
    text = ics([Event("u", AT, title, "https://example.org/")], stamp=AT)

    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert f"SUMMARY:{title}" in text.replace("\r\n ", "")


def test_a_title_cannot_smuggle_in_a_line() -> None:
    text = ics([Event("u", AT, "a\r\nATTENDEE:x;b,c\\", "https://example.org/")], stamp=AT)

    assert "SUMMARY:a\\nATTENDEE:x\\;b\\,c\\\\\r\n" in text
    assert "\r\nATTENDEE" not in text
