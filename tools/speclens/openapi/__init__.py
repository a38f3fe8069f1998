"""The objects of an OpenAPI document as frozen nodes with references resolved, each with its place in the document.

`nodes.py` defines the nodes, `parse.py` makes them of JSON, and `api.py` finds those of a document. Schemas stay JSON
(JSON Schema 2020-12). After `reading/`, nobody else knows the fields of these objects, but `edits.py`, which makes documents
from documents.
"""
