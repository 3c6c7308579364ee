"""Measurements: each is a ratio against a limit that is measured in the same run."""
