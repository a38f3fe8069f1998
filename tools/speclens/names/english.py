"""What names say in English: singular and plural, verbs, and words that tell nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence

Words = tuple[str, ...]
"""The words of a name, in lower case."""

_IRREGULAR = {
    "caches": "cache", "children": "child", "cookies": "cookie", "heroes": "hero", "indices": "index", "men": "man", "movies": "movie",
    "people": "person", "uses": "use", "women": "woman",
}  # fmt: skip
_NO_PLURALS = frozenset(
    {
        "alias", "always", "atlas", "aws", "bias", "canvas", "cms", "css", "dns", "gas", "gps", "https", "ios", "kubernetes", "lens",
        "news", "os", "perhaps", "rss", "series", "sms", "species", "tls", "was", "yes",
    }
)  # fmt: skip
# Plural in form, but one thing: `GET /settings` gets, it does not list.
_ONE_THING = frozenset(
    {
        "analytics", "credentials", "details", "diagnostics", "metadata", "preferences", "settings", "statistics", "stats",
    }
)  # fmt: skip
VERBS = frozenset(
    {
        "abort", "accept", "acknowledge", "activate", "add", "adjust", "allow", "append", "apply", "approve", "archive",
        "assign", "attach", "authenticate", "authorize", "backup", "batch", "block", "book", "bulk", "calculate", "call",
        "cancel", "capture", "change", "charge", "check", "checkin", "checkout", "claim", "clear", "clone", "close", "combine",
        "commit", "complete", "compute", "confirm", "connect", "convert", "copy", "count", "create", "cycle", "deactivate",
        "decline", "decode", "decrypt", "delete", "deny", "deploy", "destroy", "detach", "disable", "disconnect", "dismiss",
        "download", "duplicate", "edit", "enable", "encode", "encrypt", "end", "enqueue", "evaluate", "exchange", "execute",
        "exists", "expire", "export", "extend", "extract", "fetch", "find", "finish", "flush", "follow", "forget", "generate",
        "get", "grant", "handle", "hide", "ignore", "import", "increment", "index", "initiate", "insert", "install",
        "invalidate", "invite", "issue", "join", "kick", "kill", "leave", "like", "link", "list", "load", "lock", "login",
        "logout", "lookup", "mark", "match", "merge", "migrate", "modify", "move", "mute", "notify", "open", "parse", "partial",
        "patch", "pause", "pin", "ping", "post", "preview", "process", "promote", "provision", "publish", "purge", "push",
        "put", "query", "read", "reboot", "rebuild", "receive", "recover", "refresh", "refund", "register", "reindex", "reject",
        "release", "reload", "remove", "rename", "render", "reopen", "reorder", "replace", "reply", "report", "request",
        "resend", "reset", "resize", "resolve", "restart", "restore", "resume", "retrieve", "retry", "return", "revoke",
        "rotate", "run", "save", "scan", "schedule", "search", "select", "send", "set", "setup", "share", "show", "shutdown",
        "sign", "signin", "signout", "signup", "silence", "simulate", "skip", "solve", "sort", "start", "stop", "store",
        "submit", "subscribe", "suspend", "swap", "switch", "sync", "synchronize", "terminate", "test", "toggle", "track",
        "transfer", "trigger", "unarchive", "unassign", "unban", "unblock", "unfollow", "uninstall", "unlink", "unlock",
        "unmute", "unpin", "unpublish", "unregister", "unsubscribe", "unsuspend", "update", "upgrade", "upload", "upsert",
        "use", "validate", "verify", "view", "void", "withdraw", "write",
    }
)  # fmt: skip
# What the last part of a path does where it is read: most verbs are nouns there (`GET /orders/{id}/report`).
_READING = frozenset(
    {
        "check", "count", "download", "exists", "export", "fetch", "find", "get", "list", "lookup", "parse", "ping", "preview",
        "query", "read", "retrieve", "search", "trace", "validate", "verify",
    }
)  # fmt: skip
GENERIC = VERBS | frozenset(
    {
        "all", "any", "by", "id", "ids", "many", "me", "multiple", "one", "several", "single",
    }
)  # fmt: skip
"""Words that name no thing."""
PREPOSITIONS = frozenset(
    {
        "at", "by", "for", "from", "in", "into", "of", "on", "to", "with",
    }
)  # fmt: skip
_PARTICLES = frozenset(
    {
        "in", "ins", "off", "on", "out", "outs", "up", "ups",
    }
)  # fmt: skip
# `api` before one of these is a part of the thing.
_OF_API = frozenset(
    {
        "client", "clients", "credential", "credentials", "definition", "definitions", "docs", "gateway", "gateways", "group",
        "groups", "key", "keys", "log", "logs", "product", "products", "proxy", "secret", "secrets", "spec", "specs", "token",
        "tokens", "usage", "user", "users", "version", "versions",
    }
)  # fmt: skip
_EMPTY = re.compile(
    r"(v(er(sion)?)?)?\d+([._-]\d+)*((alpha|beta|rc|p)\d*)?|apis?|rest|restapi", re.IGNORECASE
)


def singular(word: str) -> str:
    """The singular of an English noun in lower case; a word that is none as it is."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word in _NO_PLURALS or len(word) < 3 or not word.endswith("s"):
        return word
    if word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    is_us = word.endswith("uses") and not word.endswith(("auses", "ouses"))
    if is_us or word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return "alias" if word == "aliases" else word[:-1]


def is_plural(word: str) -> bool:
    """Whether a noun in lower case names several things."""
    return word not in _ONE_THING and singular(word) != word


def lowered(found: Sequence[str]) -> Words:
    """Words in lower case."""
    return tuple(word.lower() for word in found)


def one(words: Sequence[str]) -> Words:
    """Words of which the last is in the singular."""
    return (*words[:-1], singular(words[-1])) if words else ()


def same_words(words: Sequence[str]) -> Words:
    """What words have in common with others that differ by singular and plural alone."""
    return tuple(map(singular, words))


def is_action(words: Sequence[str], method: str) -> bool:
    """Whether the last part of a path is what is done, not a thing: `search`, `findByStatus`, `cancel`."""
    if not words or words[0] not in (_READING if method in {"get", "head"} else VERBS):
        return False
    is_noun = words[1:2] and words[1] in _PARTICLES and is_plural(words[-1])
    return not is_noun  # `sign-ins`, `sign-in-tokens`


def tells(part: str) -> bool:
    """Whether a part of a path or a tag tells anything; `api`, `rest` and versions do not."""
    return not _EMPTY.fullmatch(part)


def telling(words: Words) -> Words:
    """Words without `api`, `rest` and versions before the first one that tells, which may be a number (`2FA`); all of them
    if none does."""
    for index, word in enumerate(words):
        follower = words[index + 1 : index + 2]
        if (
            tells(word)
            or word[0].isdigit()
            or (word == "api" and follower and follower[0] in _OF_API)
        ):
            return words[index:]
    return words
