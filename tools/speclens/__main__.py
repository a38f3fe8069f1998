"""`speclens`, and `python -m speclens`."""

import sys


def main() -> int:
    """Run the command line and return its exit code. SIGINT stops it even while it is loading."""
    try:
        from speclens.ending import run

        return run()
    except KeyboardInterrupt:
        sys.excepthook = lambda *_: None  # then Python ends by the signal, without a traceback
        raise


if __name__ == "__main__":
    sys.exit(main())
