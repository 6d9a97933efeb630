"""The fragments of the design language say in words and for machines what they show."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from commons.domain.tasks import Task, TaskState

AT = datetime(2026, 1, 5, 2, 0, 1, 123_000, tzinfo=UTC)


def rendered(source: str, **context: object) -> str:
    with translation.override("en"):
        return Template("{% load design %}" + source).render(Context(context))


def test_an_instant_shows_shanghai_time_with_seconds_and_offset() -> None:
    text = rendered("{% instant at milliseconds=True %}", at=AT)

    assert text == '<time datetime="2026-01-05T02:00:01.123Z">2026-01-05 10:00:01.123 UTC+8</time>'


@pytest.mark.parametrize(
    ("source", "value"), [("{% instant x %}", None), ("{% money x %}", None), ("{% receipt_hash x %}", "")]
)
def test_what_is_not_known_is_a_dash(source: str, value: object) -> None:
    assert rendered(source, x=value) == "—"


def test_money_is_grouped_for_the_eye_and_exact_for_machines() -> None:
    text = rendered("{% money amount capital=True %}", amount=Decimal("1680500.50"))

    assert '<data class="money" value="1680500.50">¥ 1,680,500.50</data>' in text
    assert "壹佰陆拾捌万零伍佰元伍角整" in text


def test_a_label_cannot_smuggle_markup() -> None:
    assert "<script>" not in rendered("{% tag label %}", label="<script>alert(1)</script>")


def test_a_hash_copied_from_the_page_has_no_blanks() -> None:
    text = rendered("{% receipt_hash hash %}", hash="c0ffee00" * 2)

    assert text.replace("<wbr>", "") == f'<code class="hash">{"c0ffee00" * 2}</code>'


@pytest.mark.parametrize("state", TaskState)
def test_each_task_state_has_words_and_an_icon(state: TaskState) -> None:
    text = rendered("{% task_tag state %}", state=state)

    assert "<svg" in text
    assert text.split("</svg>")[1].removesuffix("</span>").strip()


def test_a_task_that_cannot_start_says_why() -> None:
    with pytest.raises(AssertionError):
        Task("Live room", TaskState.CANNOT_START)


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=3), "3 days left"),
        (timedelta(hours=30), "30 hours left"),
        (timedelta(minutes=2), "2 minutes left"),
        (timedelta(seconds=1), "1 second left"),
        (timedelta(0), "over"),
    ],
)
def test_time_left_is_told_in_the_largest_useful_unit(left: timedelta, words: str) -> None:
    assert rendered("{% time_left until now %}", until=AT + left, now=AT) == words


def test_the_error_summary_leads_to_each_field() -> None:
    class Offer(forms.Form):
        price = forms.CharField(label="Price")

    text = rendered("{% error_summary form %}", form=Offer({}))

    assert 'href="#id_price"' in text
    assert "Price: This field is required." in text


def test_filters_keep_the_rest_of_the_address() -> None:
    request = RequestFactory().get("/notices/?instrument=COD&page=3")

    assert rendered("{% with_query page=None sort='price' %}", request=request) == "?instrument=COD&amp;sort=price"
