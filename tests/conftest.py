"""No test sees the settings of whoever runs it, so none can reach a real bot or a real model."""

import os

from settings import Settings


def pytest_configure() -> None:
    for name in Settings.model_fields:
        os.environ.pop(name.upper(), None)
