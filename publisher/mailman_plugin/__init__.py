"""What runs inside Mailman (core 3.3.8 or newer): it lets only signed texts be posted.

- `styles`: `publisher-announce`, for new lists: every setting of docs/lists.md.
- `rules`: `publisher-signed` decides, by `gate`, whether a message may be posted.
- `chains`: `publisher-announce` posts what the rule lets pass, and discards the rest;
  nothing is ever held, and nobody is asked.
- `ledger`: what was posted, in Mailman's own database.
- `resource`: what REST tells about all that, under `plugins/publisher`.

In mailman.cfg:

    [plugin.publisher]
    class: publisher.mailman_plugin.plugin.Publisher
    component_package: publisher.mailman_plugin
    enabled: yes
    configuration: /etc/mailman3/publisher.cfg

and in the file named there:

    [publisher]
    keys: /etc/mailman3/publisher-keys
    fingerprints: 0123456789ABCDEF0123456789ABCDEF01234567
"""
