"""What is loaded is never searched for garbage again, as in the platform's own servers."""

import gc

from portal.serving import spare_what_is_loaded


def pytest_collection_finish() -> None:
    gc.set_threshold(20_000, 20, 20)
    spare_what_is_loaded()
