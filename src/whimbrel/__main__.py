"""`python -m whimbrel`."""

from whimbrel.cli.entry import run

if __name__ == "__main__":
    run()
