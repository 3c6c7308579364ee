"""What runs inside Mailman (core 3.3.8 or newer): it lets only signed texts be posted.

- `styles`: `publisher-announce`, for new lists: every setting of docs/lists.md.
- `rules`: `publisher-signed` decides, by `gate`, whether a message may be posted.
- `chains`: `publisher-announce` posts what the rule lets pass, and discards the rest;
  nothing is ever held, and nobody is asked.
- `pipelines`, `handlers`: a post is handed on as it is, to all who want it.
- `delivery`: sends posts out, each with its reader's own way to leave (`leaving`).
- `ledger`, `deliveries`: what was posted and to how many, in Mailman's own database.
- `runners`: mail is taken in within limits (`lmtp`), and commands are read.
- `selfservice`: subscribers join, leave, change and ask by mail.
- `resource`: what REST tells about all that, under `plugins/publisher`.

In mailman.cfg:

    [plugin.publisher]
    class: publisher.mailman_plugin.plugin.Publisher
    component_package: publisher.mailman_plugin
    enabled: yes
    configuration: /etc/mailman3/publisher.cfg

    [mta]
    outgoing: publisher.mailman_plugin.delivery.deliver

    [runner.command]
    class: publisher.mailman_plugin.runners.command.Commands

    [runner.lmtp]
    class: publisher.mailman_plugin.runners.lmtp.Intake

and in the file named there:

    [publisher]
    keys: /etc/mailman3/publisher-keys
    fingerprints: 0123456789ABCDEF0123456789ABCDEF01234567
    limit_address: 3/day
    limit_source: 100/hour
    limit_list: 60/minute
"""
