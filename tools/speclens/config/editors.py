"""The JSON Schema of the settings, for editors of TOML."""

from __future__ import annotations

from typing import Any

from speclens.config.settings import SETTINGS, Setting


def settings_schema() -> dict[str, Any]:
    """The JSON Schema (draft 7, which editors of TOML know) of the table `[tool.speclens]`."""
    keys = {setting.key: _property(setting) for setting in SETTINGS}
    required = [setting.key for setting in SETTINGS if setting.is_required]
    one = {
        "type": "object",
        "properties": keys,
        "required": ["package"],
        "additionalProperties": False,
    }
    told = "Several packages. The keys beside this one are the defaults of all."
    several = {"description": told, "type": "array", "items": one, "minItems": 1}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "[tool.speclens]",
        "type": "object",
        "properties": {**keys, "packages": several},
        "anyOf": [{"required": required}, {"required": ["packages"]}],
        "additionalProperties": False,
    }


def _property(setting: Setting) -> dict[str, Any]:
    said: dict[str, Any] = {"description": setting.help}
    if setting.default is not None:
        usual = setting.default
        said["default"] = list(usual) if isinstance(usual, tuple) else usual
    if setting.kind == "choices":
        return {**said, "type": "array", "items": {"enum": list(setting.values)}, "minItems": 1}
    if setting.is_list:
        return {**said, "type": "array", "items": {"type": "string"}}
    if setting.values:
        return {**said, "enum": list(setting.values)}
    return {**said, "type": "boolean" if setting.kind == "switch" else "string"}
