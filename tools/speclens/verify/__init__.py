"""`speclens verify`: tests the laws of x-compat, and compares the generated models with a JSON Schema validator, on payloads
made from a document."""

from __future__ import annotations

from speclens.verify.formats import formats_of
from speclens.verify.running import Report, Verdict, verify
from speclens.verify.subjects import Generated, generated

__all__ = ["Generated", "Report", "Verdict", "formats_of", "generated", "verify"]
