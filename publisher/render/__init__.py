"""What the public sees, made from signed advisories: pages, feeds and mails."""
