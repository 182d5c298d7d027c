"""Benchmarks for classifiers and for bitsspec itself, on pytest-benchmark."""
