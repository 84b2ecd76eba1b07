"""Real programs as child processes, for tests, benches and `make run`."""
