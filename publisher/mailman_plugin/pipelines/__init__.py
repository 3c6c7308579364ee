"""Mailman loads pipelines from here."""
