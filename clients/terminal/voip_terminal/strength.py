"""How hard a password is to guess, roughly: for the sign under a new password.

It counts characters and their kinds; it keeps nothing and knows no dictionary, so it says "long
enough", never "safe".
"""

import math
from dataclasses import dataclass

from voip.core.names import MIN_PASSWORD

_KINDS = ((str.islower, 26), (str.isupper, 26), (str.isdigit, 10))
_OTHERS = 33


@dataclass(frozen=True, slots=True)
class Strength:
    """``bars`` of four, and the word beside them."""

    bars: int
    word: str


def strength(password: str) -> Strength:
    """Judge a password by its length and kinds of characters; a repeated one counts half."""
    if len(password) < MIN_PASSWORD:
        return Strength(1, f"too short, {MIN_PASSWORD} characters or more")
    pool = sum(size for kind, size in _KINDS if any(kind(char) for char in password))
    if any(not char.isalnum() for char in password):
        pool += _OTHERS
    counted = len(set(password)) + (len(password) - len(set(password))) / 2
    bits = counted * math.log2(max(pool, 10))
    if bits < 40:
        return Strength(1, "weak: make it longer")
    if bits < 60:
        return Strength(2, "fair: longer is better")
    if bits < 80:
        return Strength(3, "good")
    return Strength(4, "strong")
