"""The papers of these tests are drawn without templates, and the trust list stands."""

import pytest

from tests import papers
from tests.integration.signatures.documents.story import SIGNED
from tests.pki import install_trust


@pytest.fixture
def drawn_without_templates(monkeypatch):
    SIGNED.clear()
    monkeypatch.setattr("signatures.documents.services.drawing.pdf.render", lambda *args, **kwargs: papers.paper())
    install_trust()
