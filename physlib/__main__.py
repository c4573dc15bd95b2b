"""`python -m physlib`, as torch's launchers call it."""

from physlib.cli import main

main()
