"""speclens: an OpenAPI document in; models and compatibility normalizers out; and a check that they still agree."""
