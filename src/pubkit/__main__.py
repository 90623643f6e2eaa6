"""``python -m pubkit``: the command line."""

from pubkit.cli import main

if __name__ == "__main__":
    main()
