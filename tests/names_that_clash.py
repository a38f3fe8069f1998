"""Names that come out as one identifier, as a reserved one, or as one that was made to avoid another."""

from __future__ import annotations

PROPERTIES = (
    "a-b", "a_b", "a.b", "a_x2d_b", "aB", "A-B", "_a_b", "a b", "a/b", "parts", "Parts", "PARTS",
    "class", "class_", "Class", "class__", "copy", "copy_", "model_config", "model_config_", "model-config",
    "list", "str", "int", "float", "bool", "dict", "type", "object", "list_", "List", "Any", "any", "Field", "field",
    "Annotated", "Literal", "Maybe", "Integer", "Number", "Exact", "Model", "ConfigDict", "TypeAlias", "Other", "Thing",
    "self", "cls", "None", "none", "True", "__init__", "__class__", "init", "schema", "json", "validate", "fields",
    "²", "٣", "ª", "a", "ﬁ", "", "_", "__", "-", "n", "u66f", "x_P0_y", "xP0Y", "<0>", "C0", "f0", "Inner", "value", "item",
)  # fmt: skip

SCHEMAS = (
    "FooBar", "Foo_Bar", "foo-bar", "fooBar", "Foo.Bar", "Foobar", "foo_bar", "FooBar_", "x_P0_y", "xP0Y", "Any", "Any_",
    "List", "Model", "Field", "ConfigDict", "Annotated", "Literal", "TypeAlias", "Exact", "Maybe", "Number", "Integer",
    "CompatError", "Normalized", "Rule", "Log", "None", "class", "Exception", "print", "Inner", "C0", "normalize_foo_bar",
    "BaseModel", "2d", "N2d", "_", "-", "__init__", "str", "Str",
)  # fmt: skip
