"""Four words that two people read to each other to know that nobody stands between them.

It knows the English BIP-39 list (2048 words that are hard to confuse) and takes the first 44 bits
of a hash of the call. Someone in the middle must have committed to a key before seeing the other's,
so there is one guess in 2^44 and no second one.
"""

from functools import cache

from mnemonic import Mnemonic

WORDS = 4
_BITS = 11  # of 2048 words


@cache
def _word_list() -> tuple[str, ...]:
    return tuple(Mnemonic("english").wordlist)


def words_of(transcript: bytes) -> tuple[str, ...]:
    """The words of a call's transcript hash, at least six bytes; the same on both sides."""
    number = int.from_bytes(transcript[:6], "big") >> (48 - WORDS * _BITS)
    places = (number >> (_BITS * place) for place in reversed(range(WORDS)))
    return tuple(_word_list()[place % (1 << _BITS)] for place in places)
