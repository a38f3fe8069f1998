"""`speclens`, and `python -m speclens`."""

import sys


def main() -> int:
    """Run the command line and give its exit code. It can be interrupted while it is still being loaded."""
    try:
        from speclens.ending import run

        return run()
    except KeyboardInterrupt:
        sys.excepthook = lambda *_: None  # Python ends by the signal then, without a traceback
        raise


if __name__ == "__main__":
    sys.exit(main())
