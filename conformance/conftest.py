"""What is told where pytest runs the suite and did not load the plugin that it needs."""

import pytest


def pytest_collection_modifyitems(config: pytest.Config) -> None:
    """End the run: pytest itself would only miss a fixture, test by test."""
    if not config.pluginmanager.hasplugin("bitsspec.plugin"):
        raise pytest.UsageError(
            "bitsspec's plugin is not loaded\nadd -p bitsspec, as plugins are not loaded by themselves here"
        )
