"""Retry classifiers of published HTTP libraries, each asked through a few lines of adapter.

An adapter asks the library's own code about a PUT, a method that all of them retry. 200 is success,
what the library would send again is transient, what it would not is fatal. The first line of each
docstring names the distribution and, after the colon, the configuration.
"""
