"""Runs a function of a batch over many batches: in this process or in a pool. Nothing else decides that."""

from tasrih.engine.local import run
from tasrih.engine.startup import without_pandas

__all__ = ["run", "without_pandas"]
