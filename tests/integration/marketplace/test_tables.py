"""A table of the supermarket that went out comes in again as the same: service items, register of qualifications."""

from io import BytesIO
from typing import Any

import pytest
from django.test import Client

from commons.imports.services import import_file
from marketplace.catalogue.models import QualificationKind, ServiceItem
from tests import cast
from tests.integration.marketplace import story

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _vault(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.parametrize(
    ("address", "kind", "model", "columns"),
    [
        ("/supermarket/qualifications/", "qualification-kinds", QualificationKind, ("code", "name", "grades")),
        ("/supermarket/catalogue/", "service-items", ServiceItem, ("code", "name", "requirement", "legal_basis")),
    ],
)
def test_a_table_that_went_out_comes_in_as_it_was(
    address: str, kind: str, model: Any, columns: tuple[str, ...]
) -> None:
    story.item()
    story.item("B0201", requirement="SURVEY@1 & (COST@3 | SURVEY)", name="竣工测量")
    before = list(model.objects.values_list(*columns))

    exported = Client().get(f"{address}?format=csv").getvalue()
    ServiceItem.objects.all().delete()
    model.objects.all().delete()
    run = import_file(
        actor=cast.actor("staff"), kind=kind, file=BytesIO(exported), name="out.csv", dry_run=False, at=story.AT
    )

    assert (run.created, run.refused) == (len(before), 0)
    assert list(model.objects.values_list(*columns)) == before
    assert Client().get(address).status_code == 200
