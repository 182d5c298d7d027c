"""Samples as a shared machine gives them."""

import numpy as np
import pytest

ROUNDS = 48
Samples = np.ndarray[tuple[int, int], np.dtype[np.float64]]


@pytest.fixture
def noisy() -> Samples:
    """Return 40 ns at every code, disturbed as a shared machine does: a tenth of the samples is preempted."""
    random = np.random.default_rng(1)
    samples = 40 * random.normal(1, 0.05, (ROUNDS, 1000))
    preempted = random.random(samples.shape) < 0.1
    return np.where(preempted, samples * random.uniform(2, 1000, samples.shape), samples)
