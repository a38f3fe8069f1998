"""speclens generates a Python package from an OpenAPI document, and checks that the two still agree."""

__version__ = "0.2.0"
