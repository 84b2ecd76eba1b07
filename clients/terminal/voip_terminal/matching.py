"""How well a text matches what somebody typed: its beginning, a word of it, or letters in order.

Accents and capital letters need not be typed. It knows texts and nothing they stand for.
"""

import unicodedata
from collections.abc import Iterable

Rank = tuple[int, int]
"""The smaller, the better."""


def plain(text: str) -> str:
    """A text as it is compared: small letters without accents, one space between words."""
    parts = unicodedata.normalize("NFKD", text).casefold()
    return " ".join("".join(c for c in parts if not unicodedata.combining(c)).split())


def rank(wanted: str, texts: Iterable[str]) -> Rank | None:
    """How well the best of these texts matches ``wanted``, which is ``plain``; None: none does.

    0: it begins so; 1: one of its words does; 3: the letters come in this order, the better the
    closer together.
    """
    ranks = [_rank_in(wanted, plain(text)) for text in texts]
    return min((each for each in ranks if each is not None), default=None)


def has_word(wanted: str, text: str) -> bool:
    """Does a word of the text begin so?"""
    return f" {wanted}" in f" {plain(text)}"


def _rank_in(wanted: str, text: str) -> Rank | None:
    if text.startswith(wanted):
        return 0, 0
    if has_word(wanted, text):
        return 1, 0
    first = at = text.find(wanted[0])
    for letter in wanted[1:].replace(" ", ""):
        at = text.find(letter, at + 1) if at >= 0 else at
    return (3, at - first) if at >= 0 else None
