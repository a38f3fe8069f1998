"""The words of a name as somebody wrote it."""

from __future__ import annotations

import re
import unicodedata

from anyascii import anyascii


def words(text: str) -> tuple[str, ...]:
    """The words of a wire name: `imageEdit-request2` gives image, Edit, request2. Other letters than those of ASCII are
    transliterated: `größe` gives grosse; a character that has no such letters gives its code. The plural of an abbreviation
    is one word: `userIDs` gives user, IDs."""
    text = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", transliterated(text))
    text = re.sub(r"(?<=[A-Z])(?=[A-Z][a-z])(?![A-Z]s(?![a-z]))", " ", text)
    return tuple(re.findall(r"[A-Za-z0-9]+", text))


def transliterated(text: str) -> str:
    """A text in letters of ASCII."""
    if text.isascii():
        return text
    return "".join(map(_in_ascii, unicodedata.normalize("NFC", text)))


def _in_ascii(character: str) -> str:
    if character.isascii():
        return character
    if unicodedata.category(character)[0] in "PZ":
        return " "
    told = re.sub("[^A-Za-z0-9]+", " ", anyascii(character))
    return told if told.strip() else f" u{ord(character):x} "
