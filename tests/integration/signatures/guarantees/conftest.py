"""The issuers of the cast."""

import pytest

from tests.integration.signatures.guarantees import story


@pytest.fixture
def bank() -> int:
    """The number of the bank that issues, with the trust list and the credit lines in place."""
    return story.city()["bank"]
