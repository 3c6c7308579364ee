"""Which mail is due to which list, and what is known of those that were sent."""
