"""Compares replies of ACL: 7.2 words denials otherwise than 7.0, shows rules in the order in
which they were given, and says of each user whether payloads are checked.
"""

import re

from support.resp import Reply

_DENIED_70 = {
    b"NOPERM this user has no permissions to access one of the keys used as arguments":
        b"NOPERM No permissions to access a key",
    b"NOPERM this user has no permissions to access one of the channels used as arguments":
        b"NOPERM No permissions to access a channel",
}
# 7.2 has these besides.
_LOG_SINCE_72 = (b"entry-id", b"timestamp-created", b"timestamp-last-updated")
# Fields of an entry that depend on the clock, or belong to another test.
_LOG_UNSTABLE = (b"age-seconds", b"client-info")


def denied(ours, stock):
    """A denial of a command, or any other reply."""
    if ours.kind != stock.kind or ours.kind not in ("error", "bulk"):
        return ours == stock
    expected = _DENIED_70.get(stock.value)
    if expected is not None:
        return ours.value == expected
    text = re.sub(rb"\b[uU]ser \S+ has no permissions", b"User has no permissions", ours.value)
    return text == re.sub(rb"\b[tT]his user has no permissions", b"User has no permissions",
                          stock.value)


def _withoutRules(text):
    """A user's line without what 7.2 and 7.0 show differently: the rules for commands, and whether
    payloads are checked."""
    words = text.replace(b"(", b"( ").replace(b")", b" )").split(b" ")
    return [word for word in words
            if word[:1] not in (b"+", b"-") and word != b"sanitize-payload"]


def acllist(ours, stock):
    """ACL LIST but for the rules for commands, which DRYRUN tells."""
    if ours.kind != stock.kind or ours.kind != "array":
        return ours == stock
    return ([_withoutRules(line.value) for line in ours.value]
            == [_withoutRules(line.value) for line in stock.value])


def _pairs(reply):
    items = reply.value
    return list(items) if reply.kind == "map" else list(zip(items[::2], items[1::2]))


def _userFields(reply):
    fields = []
    for key, value in _pairs(reply):
        if key.value == b"commands":
            value = value.value.split(b" ")[0]
        elif key.value == b"flags":
            flags = tuple(flag for flag in value.value if flag.value != b"sanitize-payload")
            value = Reply(value.kind, flags)
        elif key.value == b"selectors":
            value = [(one.kind, _userFields(one)) for one in value.value]
        fields.append((key, value))
    return fields


def acluser(ours, stock):
    """ACL GETUSER, with the same exceptions."""
    if ours.kind != stock.kind or ours.kind not in ("array", "map"):
        return ours == stock
    return _userFields(ours) == _userFields(stock)


def _entry(reply):
    """Names of the fields that 7.0 has as well, and the values that are stable."""
    fields = [(key.value, value) for key, value in _pairs(reply) if key.value not in _LOG_SINCE_72]
    return [(name, value.kind if name in _LOG_UNSTABLE else value) for name, value in fields]


def acllog(ours, stock):
    """ACL LOG but for times and descriptions of clients."""
    if ours.kind != stock.kind or ours.kind != "array":
        return ours == stock
    same_kinds = [entry.kind for entry in ours.value] == [entry.kind for entry in stock.value]
    return same_kinds and list(map(_entry, ours.value)) == list(map(_entry, stock.value))


BY_NAME = {"denied": denied, "acllist": acllist, "acluser": acluser, "acllog": acllog}
# The comparators that replace them when the stock server is compared with itself.
STRICTER = {"denied": "equal", "acllist": "equal", "acluser": "equal"}
