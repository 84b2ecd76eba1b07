"""The voice engine, its parts and its process."""
