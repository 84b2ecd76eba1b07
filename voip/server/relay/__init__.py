"""The relay: forwards sealed speech between legs and can hear none of it."""
