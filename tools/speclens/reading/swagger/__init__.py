"""Rewrites a document of Swagger 2.0 as one of OpenAPI 3.0."""
