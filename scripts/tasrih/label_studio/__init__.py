"""The live loop with a Label Studio server: push articles, pull layers, see how far it is."""

from tasrih.label_studio.server import Server, connect

__all__ = ["Server", "connect"]
