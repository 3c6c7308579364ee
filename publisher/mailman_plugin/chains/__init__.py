"""Mailman loads the chains of the modules in here."""
