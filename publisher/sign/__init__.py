"""Signatures: what a signed text is, whether it counts, what it covers. No IO."""
