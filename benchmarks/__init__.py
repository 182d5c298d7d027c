"""Benchmarks for classifiers, on pytest-benchmark."""
