"""Runs a function of a batch over many batches: in this process or in a pool. Nothing else decides that."""

from tasrih.engine.local import run

__all__ = ["run"]
