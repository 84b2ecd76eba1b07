"""Where tests run: each in an empty folder of its own, so that none can litter the checkout.

``TestCase.mktemp`` makes its files below the current directory. The folder is not pytest's
``tmp_path``, whose parent is shared, and cleaned, by every run on the machine.
"""

from collections.abc import Iterator
from tempfile import TemporaryDirectory

import pytest


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with TemporaryDirectory(prefix="voip-test-") as folder, monkeypatch.context() as patch:
        patch.chdir(folder)
        yield
