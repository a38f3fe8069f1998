"""speclens: an OpenAPI document in; models and compatibility normalizers out; and a check that they still agree."""

__version__ = "0.1.0"
