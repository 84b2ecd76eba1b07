"""Recovery codes: how they look, and what they give."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from voip.core.ids import Username
from voip.core.recovery import (
    DRAWN_SIZE,
    INVITE,
    RESET,
    TOKEN_SIZE,
    derive_recovery,
    derive_token,
    hash_token,
    make_code,
    make_token,
    read_code,
    read_token,
    token_hash_of,
)

ANN = Username("ann")
# What RFC 5869 gives for "0123-4567-89AB-CDEF-GHJK" and ann, computed with hmac alone.
TOKEN = "321b83e0b6415521c1e3b09b513688b6ac6a264fe9ee707f0618447c91714b06"
SEALING_KEY = "1b872c47002d7deb54676dc9a42b0cde7dd6a49cc7824e332ab722e0668bb095"
# The same for the token "R-0123-4567-89AB-CDEF-GHJK".
RESET_TOKEN = "fc08c9dd95f8e088980c4351385bbe7adf0c26ca42a2958b82018fd85b633a93"
prefixes = st.sampled_from([INVITE, RESET])
drawn = st.binary(min_size=DRAWN_SIZE, max_size=DRAWN_SIZE)


class CodeTests(SynchronousTestCase):
    """From random bytes to what a person writes down, and back."""

    @given(drawn)
    def test_a_code_is_five_groups_of_four_without_look_alikes(self, random: bytes) -> None:
        """It can be read aloud and typed from paper."""
        self.assertRegex(make_code(random), r"\A[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){4}\Z")

    @given(drawn, drawn)
    def test_a_hundred_bits_count(self, one: bytes, other: bytes) -> None:
        """Two codes are the same only when the same 100 bits were drawn."""
        keep = 2**100 - 1
        bits = [int.from_bytes(each, "big") & keep for each in (one, other)]
        self.assertEqual(make_code(one) == make_code(other), bits[0] == bits[1])

    @given(drawn, st.sampled_from(["{}", " {} ", "\t{}\n"]), st.booleans(), st.booleans())
    def test_a_code_is_read_however_it_is_typed(
        self, random: bytes, around: str, is_lower: bool, is_spaced: bool
    ) -> None:
        """Small letters, blanks for dashes, and O, I and L for what they look like."""
        code = make_code(random)
        typed = code.replace("0", "O").replace("1", "l")
        typed = typed.lower() if is_lower else typed
        typed = typed.replace("-", " ") if is_spaced else typed
        self.assertEqual(read_code(around.format(typed)), code)

    @given(st.text(max_size=40))
    def test_anything_else_is_no_code(self, typed: str) -> None:
        """Whatever is typed is a whole code or none."""
        code = read_code(typed)
        if code is not None:
            self.assertEqual(read_code(code), code)
            self.assertEqual(len(code), 24)

    def test_what_is_too_short_or_has_other_letters_is_no_code(self) -> None:
        """A mistake of typing is told before any server is asked."""
        code = make_code(bytes(range(DRAWN_SIZE)))
        for wrong in ("", code[:-1], code + "0", code[:-1] + "U", code[:-1] + "ß"):
            self.assertIsNone(read_code(wrong), wrong)


class SecretTests(SynchronousTestCase):
    """What a code gives."""

    @given(drawn)
    def test_token_and_key_are_two_secrets(self, random: bytes) -> None:
        """A server that sees the token has not seen the key, nor has it the code."""
        secrets = derive_recovery(make_code(random), ANN)
        self.assertEqual((len(secrets.token), len(secrets.sealing_key)), (32, 32))
        self.assertNotEqual(secrets.token, secrets.sealing_key)
        self.assertNotIn(hash_token(secrets.token), (secrets.token, secrets.sealing_key))
        self.assertNotIn("token", repr(secrets))

    @given(drawn)
    def test_a_code_is_for_one_account(self, random: bytes) -> None:
        """Under another name it gives something else."""
        code = make_code(random)
        self.assertEqual(derive_recovery(code, ANN), derive_recovery(code, ANN))
        self.assertNotEqual(derive_recovery(code, ANN), derive_recovery(code, Username("bob")))

    def test_what_a_code_gives_stays_the_same(self) -> None:
        """Codes on paper outlive versions of the program."""
        secrets = derive_recovery("0123-4567-89AB-CDEF-GHJK", ANN)
        self.assertEqual(secrets.token.hex(), TOKEN)
        self.assertEqual(secrets.sealing_key.hex(), SEALING_KEY)


class OperatorTokenTests(SynchronousTestCase):
    """Invites and reset tokens."""

    @given(prefixes, drawn, st.sampled_from(["{}", " {} ", "\t{}\n"]), st.booleans())
    def test_a_token_is_read_however_it_is_typed(
        self, prefix: str, random: bytes, around: str, is_lower: bool
    ) -> None:
        """As a recovery code is, with the letter before it that tells what it is for."""
        token = make_token(prefix, random)
        self.assertRegex(token, r"\A[IR](-[0-9A-HJKMNP-TV-Z]{4}){5}\Z")
        typed = token.replace("0", "O").replace("1", "l").replace("-", " ")
        typed = typed.lower() if is_lower else typed
        self.assertEqual(read_token(prefix, around.format(typed)), token)

    @given(prefixes, st.text(max_size=40))
    def test_anything_else_is_no_token(self, prefix: str, typed: str) -> None:
        """Whatever is typed is a whole token or none."""
        token = read_token(prefix, typed)
        if token is not None:
            self.assertEqual(read_token(prefix, token), token)
            self.assertEqual(len(token), 26)

    @given(drawn)
    def test_no_kind_is_taken_for_another(self, random: bytes) -> None:
        """A recovery code, an invite and a reset token are told apart by how they look."""
        code = make_code(random)
        invite, reset = make_token(INVITE, random), make_token(RESET, random)
        self.assertEqual([read_code(each) for each in (code, invite, reset)], [code, None, None])
        for kind, own in ((INVITE, invite), (RESET, reset)):
            read = [read_token(kind, each) for each in (code, invite, reset)]
            self.assertEqual([each for each in read if each is not None], [own])

    @given(drawn)
    def test_a_reset_token_is_for_one_account(self, random: bytes) -> None:
        """What is kept of it fits what is shown of it, under no other name."""
        token = make_token(RESET, random)
        shown = derive_token(token, ANN)
        self.assertEqual((len(shown), token_hash_of(token, ANN)), (TOKEN_SIZE, hash_token(shown)))
        others = {derive_token(token), derive_token(token, Username("bob")), shown}
        self.assertEqual(len(others), 3)

    def test_what_a_token_gives_stays_the_same(self) -> None:
        """Tokens that are out outlive versions of the program."""
        token = derive_token("R-0123-4567-89AB-CDEF-GHJK", ANN)
        self.assertEqual(token.hex(), RESET_TOKEN)
