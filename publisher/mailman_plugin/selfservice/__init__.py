"""What subscribers do by mail, without any human: join, leave, change, ask.

- `reading`: what a mail says, whatever its charset and form.
- `automatic`, `subjects`: which mails no person wrote; nothing is done for them.
- `commands`: from words to a command. One mail, one command.
- `received`, `origin`: who connected to our MTA, and what counts as one source.
- `limits`: how many requests are answered at once.
- `turns`, `pacing`: the others are put off, and networks take turns.
- `backlog`: a long queue of mails is read by the same turns.
- `waiting`: requests that wait for a confirmation, and changes that can be undone.
- `membership`: which lists are ours, and moving a subscription.
- `answers`, `sending`: the mails that go out, from templates that the program gives to
  Mailman.
- `asking`, `confirming`: what a command does, and what its confirmation does.

None of these are commands of Mailman's own: its runner for mail commands is replaced by
`publisher.mailman_plugin.runners.command`, which deals with our lists and leaves all
other lists of the server as they are.

Rules that hold for all of it:

- An answer goes to the address that it is about, and to no other; what is sent to
  anybody else is the same whether or not some address is subscribed.
- Nothing that came in is quoted: no subject, no text, no name.
- A mail that no person wrote changes nothing and is not answered.
"""
