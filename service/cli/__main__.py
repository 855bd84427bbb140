"""`python -m service.cli` is `balad`: how one of its processes starts another."""

from service.cli import main

main()
