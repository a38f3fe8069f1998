"""Overlays (OpenAPI Overlay Specification 1.0 and 1.1): their form, their queries, and how they change a document."""
