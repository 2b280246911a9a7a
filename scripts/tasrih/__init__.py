"""Tasrih: from news articles to a dataset of who is named, who said what, and who stands where."""

from importlib.metadata import version

__version__ = version("tasrih")
