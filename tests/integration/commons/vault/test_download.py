import pytest
from django.utils import timezone

from commons.domain.actor import ALLOWED
from commons.vault import policies
from tests import cast
from tests.integration.commons.vault.test_vault import PAPER, _storage, put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_storage")]
__all__ = ["_storage"]


def as_person(client, who):
    client.force_login(cast.person(who), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_a_download_is_a_file_with_its_name_length_and_type(client):
    document = put(name="许可证 1.pdf", at=timezone.now())

    answer = as_person(client, "buyer1").get(f"/documents/{document.id}/")

    assert b"".join(answer.streaming_content) == PAPER
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Length"] == str(len(PAPER))
    assert answer["Content-Disposition"] == "attachment; filename*=UTF-8''%E8%AE%B8%E5%8F%AF%E8%AF%81%201.pdf"


def test_a_download_is_refused_to_others_and_the_anonymous(client):
    document = put()

    assert client.get(f"/documents/{document.id}/").status_code in (302, 403)
    assert as_person(client, "buyer2").get(f"/documents/{document.id}/").status_code == 403
    assert client.get("/documents/999/").status_code == 404


def test_a_public_document_is_for_everybody(client, monkeypatch):
    monkeypatch.setattr(policies, "_GUARDS", {"notice": lambda actor, document: ALLOWED})
    document = put(subject="notice:1")

    assert b"".join(client.get(f"/documents/{document.id}/").streaming_content) == PAPER
