"""`python -m tasrih`."""

from tasrih.cli import main

main()
