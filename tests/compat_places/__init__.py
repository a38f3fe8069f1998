"""Schemas with x-compat at places of all kinds, and values of them as they were sent and as they are now."""
