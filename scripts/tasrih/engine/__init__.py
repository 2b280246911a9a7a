"""Runs a function of a batch over many batches: in this process or in a pool. Nothing else decides that."""

from tasrih.engine.local import run
from tasrih.engine.startup import keep_memory, without_pandas

__all__ = ["keep_memory", "run", "without_pandas"]
