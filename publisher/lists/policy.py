"""What every announcement list has in common: each setting, its value and why.

A signed post has to pass unchanged and at once, nobody else's post may, no human is
ever asked, and subscribers help themselves. The reasons are those of docs/lists.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from publisher.lists import names
from publisher.model import days


@dataclass(frozen=True, slots=True)
class Rule:
    """The value that a setting has on every list, and why."""

    value: object
    why: str


UNCHANGED: Mapping[str, Rule] = {
    "subject_prefix": Rule("", "the subject stays the team's; filters use List-Id"),
    names.template("list:member:regular:header"): Rule(
        names.EMPTY_TEMPLATE, "no unsigned text stands before the signed one"
    ),
    names.template("list:member:regular:footer"): Rule(
        names.EMPTY_TEMPLATE, "no unsigned text stands behind the signed one"
    ),
    "filter_content": Rule(False, "filters rewrite parts of messages"),
    "collapse_alternatives": Rule(False, "it drops parts, once filtering is on"),
    "convert_html_to_plaintext": Rule(False, "it rewrites parts, once filtering is on"),
    "filter_action": Rule("discard", "what is filtered is sent to nobody"),
    "digests_enabled": Rule(False, "a digest breaks every signature"),
    "digest_send_periodic": Rule(False, "no digests"),
    "personalize": Rule("none", "one message for all, and fast"),
    "anonymous_list": Rule(False, "it replaces From and Message-ID"),
    "dmarc_mitigate_action": Rule(
        "no_mitigation", "it replaces From or wraps the post"
    ),
    "dmarc_mitigate_unconditionally": Rule(False, "as above"),
    "dmarc_addresses": Rule((), "as above"),
    "reply_goes_to_list": Rule("no_munging", "answers go to the team, not to the list"),
    "reply_to_address": Rule("", "as above"),
    "first_strip_reply_to": Rule(False, "a Reply-To of the team's own stays"),
    "posting_pipeline": Rule(
        "default-posting-pipeline", "the handlers whose effect on posts is tested"
    ),
    "gateway_to_news": Rule(False, "no copies elsewhere"),
    "archive_policy": Rule("never", "the site is the archive"),
    names.DECORATION: Rule(
        "", "what Mailman would add all the same, whatever the cause"
    ),
}
"""A signed post arrives as it was signed."""

NO_DELAY: Mapping[str, Rule] = {
    "emergency": Rule(False, "it holds every post"),
    "administrivia": Rule(False, "it holds a post that looks like a mail command"),
    "max_message_size": Rule(0, "no limit; a longer post would be held"),
    "max_num_recipients": Rule(0, "no limit; a post with more would be held"),
    "require_explicit_destination": Rule(False, "it holds a post that is not To: list"),
    names.HEADER_MATCHES: Rule((), "they hold, discard or accept by a header's word"),
    "newsgroup_moderation": Rule("none", "it holds posts of moderated newsgroups"),
    names.RUNNERS: Rule((), "what these programs would do is never done"),
}
"""A signed post is not held."""

NOBODY_ELSE: Mapping[str, Rule] = {
    "default_member_action": Rule("discard", "members cannot post"),
    "default_nonmember_action": Rule(
        "discard", "nobody else can post, nobody is asked"
    ),
    names.OPEN_MEMBERS: Rule(0, "an action of one's own goes before the defaults"),
    "accept_these_nonmembers": Rule((), "a From is no proof"),
    "hold_these_nonmembers": Rule((), "holding asks a human"),
    "reject_these_nonmembers": Rule((), "a rejection goes to whom a forged From names"),
    "discard_these_nonmembers": Rule((), "all are discarded"),
    "moderator_password": Rule(None, "with it, an Approved: header passes any post"),
    "acceptable_aliases": Rule((), "the list has one address"),
    "gateway_to_mail": Rule(False, "nothing comes in from news"),
    "linked_newsgroup": Rule("", "as above"),
    names.MODERATORS: Rule((), "there is nothing to moderate"),
}
"""No other post passes."""

NOBODY_ASKED: Mapping[str, Rule] = {
    "subscription_policy": Rule("confirm", "the address itself confirms, nobody else"),
    "unsubscription_policy": Rule("confirm", "nobody can be unsubscribed by others"),
    "admin_immed_notify": Rule(False, "there are no requests to decide about"),
    "admin_notify_mchanges": Rule(False, "owners are not told who joins and leaves"),
    "respond_to_post_requests": Rule(False, "no answer goes to a forged From"),
    "autorespond_owner": Rule("none", "no answer goes to a forged From"),
    "autorespond_postings": Rule("none", "as above"),
    "autorespond_requests": Rule("none", "as above"),
    "process_bounces": Rule(True, "dead addresses leave by themselves"),
    "bounce_score_threshold": Rule(
        3, "three days with a bounce: the stock five hardly come on a quiet list"
    ),
    "bounce_info_stale_after": Rule(
        "90d", "a list that posts seldom still finds its dead addresses"
    ),
    "bounce_you_are_disabled_warnings": Rule(
        1, "a server may be wrong about an address; the warning says how to come back"
    ),
    "bounce_you_are_disabled_warnings_interval": Rule(
        f"{days.WARNED}d", "a week to come back, then the address is removed"
    ),
    "bounce_notify_owner_on_bounce_increment": Rule(False, "owners need not act"),
    "bounce_notify_owner_on_disable": Rule(False, "owners need not act"),
    "bounce_notify_owner_on_removal": Rule(False, "owners need not act"),
    "forward_unrecognized_bounces_to": Rule("discard", "they are mostly spam"),
}
"""Subscribing, leaving and bouncing need no human."""

SELF_SERVICE: Mapping[str, Rule] = {
    "advertised": Rule(True, "the list can be found"),
    "member_roster_visibility": Rule(
        "moderators", "no subscriber sees another; the strictest that there is"
    ),
    "send_welcome_message": Rule(True, "it says how to leave"),
    "send_goodbye_message": Rule(True, "it says that leaving worked"),
    "include_rfc2369_headers": Rule(True, "List-Id to filter on, List-Unsubscribe"),
    "allow_list_posts": Rule(False, "`List-Post: NO` (RFC 2369, section 3.4)"),
    names.CHARSET: Rule(
        "utf-8", "a title that another charset, say EUC-JP, cannot hold stops the post"
    ),
    names.COMPONENTS: Rule(
        (), "readers change, leave and count as dead by what these are set to"
    ),
    names.OTHER_TEMPLATES: Rule(
        (), "they say what nobody checked, and one that is gone stops Mailman's mail"
    ),
}
"""Subscribers find the list, filter it and leave it."""

RULES: Mapping[str, Rule] = {
    **UNCHANGED,
    **NO_DELAY,
    **NOBODY_ELSE,
    **NOBODY_ASKED,
    **SELF_SERVICE,
}
"""All of them, in the order in which differences are shown."""

NEWER = frozenset({"dmarc_addresses"})
"""What Mailman 3.3.8 does not have, and so cannot be set otherwise there."""

RUNNERS = (
    "bounces", "command", "in", "lmtp", "out", "pipeline", "retry", "task", "virgin"
)  # fmt: skip
"""The programs of Mailman's without which posts or commands by mail stay undone."""
LEFT_ALONE: Mapping[str, str] = {
    "archive_rendering_mode": "nothing is archived",
    "autoresponse_grace_period": "nothing is answered automatically",
    "autoresponse_owner_text": "as above",
    "autoresponse_postings_text": "as above",
    "autoresponse_request_text": "as above",
    "digest_size_threshold": "there are no digests",
    "digest_volume_frequency": "as above",
    "dmarc_moderation_notice": "no mitigation happens",
    "dmarc_wrapped_message_text": "as above",
    "filter_extensions": "nothing is filtered",
    "filter_types": "as above",
    "pass_extensions": "as above",
    "pass_types": "as above",
    "max_days_to_hold": "nothing is held",
    "nntp_prefix_subject_too": "there is no newsgroup",
}
"""What Mailman lets one set and what does not matter here, and why."""

PLUGIN_ONLY = frozenset({names.COMPONENTS, names.DECORATION, names.OTHER_TEMPLATES})
"""The rules about what only the plugin can tell, or do better."""

BY_HAND: Mapping[str, str] = {
    names.CHARSET: (
        "set `charset: utf-8` in [language.{language}] of mailman.cfg, restart Mailman"
    ),
    names.DECORATION: (
        "take the file of that text out of the template folder of Mailman's host"
    ),
    names.FINGERPRINTS: (
        "name the same keys in the plugin's configuration on Mailman's host"
    ),
    names.PLUGIN: (
        "install this version into Mailman's environment (docs/operating.md), restart "
        "Mailman"
    ),
    names.COMPONENTS: (
        "set these in mailman.cfg as docs/mail-server.md has them, restart Mailman"
    ),
    names.RUNNERS: (
        "set `start: yes` in the section [runner.NAME] of mailman.cfg, restart Mailman"
    ),
}
"""What REST cannot set, and what to do about it; `{language}` is Mailman's code."""
