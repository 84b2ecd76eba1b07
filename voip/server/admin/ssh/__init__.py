"""The admin shell's SSH door: keys only, modern algorithms only, sessions and nothing else.

Importing it imports Conch, and Conch imports the reactor: only ``host_key`` and
``authorized_keys`` may be imported before twistd has chosen one.
"""
