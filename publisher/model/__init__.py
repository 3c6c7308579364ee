"""The values that the stages pass on: frozen, typed, parsed once at the edge."""
