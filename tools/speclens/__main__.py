"""`python -m speclens`."""

from speclens.cli import main

main(prog_name="speclens")
