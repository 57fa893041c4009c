"""Writes doubles as 7.2 does: the only allowed difference to 7.0 in replies of sorted-set commands."""

import math

# Integers up to here are written as integers.
PLAIN_MAX = 2**62


def text72(value):
    """The shortest text that reads back to the same double, in the form 7.2 gives it."""
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    if value == 0:
        return "-0" if math.copysign(1, value) < 0 else "0"
    if abs(value) <= PLAIN_MAX and value == int(value):
        return str(int(value))
    sign = "-" if value < 0 else ""
    mantissa, exponent = _shortest(abs(value))
    return sign + _form(mantissa, exponent)


def _shortest(value):
    """Digits without zeros at the end, and the power of ten they are multiplied with."""
    text = repr(value)
    mantissa, _, power = text.partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    kept = digits.rstrip("0")
    exponent = int(power or 0) - len(fraction) + len(digits) - len(kept)
    return kept, exponent


def _form(digits, exponent):
    magnitude = exponent + len(digits) - 1
    if exponent >= 0 and magnitude < len(digits) + 7:
        return digits + "0" * exponent
    if exponent < 0 and (exponent > -7 or abs(magnitude) < 4):
        point = len(digits) + exponent
        if point <= 0:
            return "0." + "0" * -point + digits
        return digits[:point] + "." + digits[point:]
    fraction = "." + digits[1:] if len(digits) > 1 else ""
    return f"{digits[0]}{fraction}e{'-' if magnitude < 0 else '+'}{abs(magnitude)}"
