"""The world: gpg, Mailman, files, SQLite. Only the wiring knows what is in here."""
