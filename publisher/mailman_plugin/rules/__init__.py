"""Mailman loads the rules of the modules in here."""
