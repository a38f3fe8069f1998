"""The objects of an OpenAPI document as frozen nodes with references resolved, each with its place in the document.

`nodes.py` defines the nodes, `parse.py` makes them of JSON, and `api.py` finds those of a document. Schemas stay JSON
(JSON Schema 2020-12). Views are made of JSON: `edits.py` changes the objects of a document. After `repair`, nobody else knows the
fields of these objects.
"""
