"""Mailman loads the list styles of the modules in here."""
