"""Runners of Mailman's that are replaced by ours, in mailman.cfg."""
