"""What of a few scenarios cannot be told from their requests: scenario -> which request -> `arguments`, `settings`.

`PNG` stands for the picture that the scenarios send.
"""

from __future__ import annotations

from typing import Any

PNG = "<png>"
_FILE = ("image.png", PNG)

EXPLICIT: dict[str, dict[int, dict[str, Any]]] = {
    "Authentication_OAuth2_invalid": {0: {"settings": {"api_key": "invalid"}}},
    "Payload_MultiPart_FormData_File_uploadFileSpecificContentType": {
        0: {"arguments": {"file": _FILE}}
    },
    "Payload_MultiPart_FormData_File_uploadFileRequiredFilename": {
        0: {"arguments": {"file": _FILE}}
    },
    "Payload_MultiPart_FormData_File_uploadFileArray": {
        0: {"arguments": {"files": [_FILE, _FILE]}}
    },
}

_KIND = "the answer lacks its discriminator, which the document requires"
AGAINST_THE_DOCUMENT = {
    "Type_Enum_Fixed_String_putUnknownValue": "sends a value that the document refuses",
    "Type_Model_Inheritance_EnumDiscriminator_getExtensibleModelMissingDiscriminator": _KIND,
    "Type_Model_Inheritance_EnumDiscriminator_getFixedModelMissingDiscriminator": _KIND,
    "Type_Model_Inheritance_EnumDiscriminator_getFixedModelWrongDiscriminator": "the answer's discriminator is none of the document's",
    "Type_Model_Inheritance_NestedDiscriminator_getMissingDiscriminator": _KIND,
    "Type_Model_Inheritance_SingleDiscriminator_getMissingDiscriminator": _KIND,
}
"""Scenarios that want a client to take what its document refuses."""


def filled(value: Any, png: bytes) -> Any:
    """Arguments with the picture in its place."""
    if isinstance(value, dict):
        return {key: filled(one, png) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(filled(one, png) for one in value)
    return png if value == PNG else value
