"""What subscribers do by mail alone, now through a real Postfix: the same tests."""

from __future__ import annotations

import pytest

from tests.mailman_plugin.selfservice.test_self_service import (
    test_a_reader_changes_the_language,
    test_a_reader_learns_what_he_is_subscribed_to,
    test_a_subscription_moves_to_another_address_with_its_options,
    test_all_lists_move_on_request,
    test_an_answer_in_japanese_is_readable_for_every_mail_program,
    test_help_names_each_command,
    test_the_old_address_can_undo_a_change,
    test_who_leaves_from_another_address_confirms_at_the_subscribed_one,
)

__all__ = [
    "test_a_reader_changes_the_language",
    "test_a_reader_learns_what_he_is_subscribed_to",
    "test_a_subscription_moves_to_another_address_with_its_options",
    "test_all_lists_move_on_request",
    "test_an_answer_in_japanese_is_readable_for_every_mail_program",
    "test_help_names_each_command",
    "test_the_old_address_can_undo_a_change",
    "test_who_leaves_from_another_address_confirms_at_the_subscribed_one",
]

pytestmark = [
    pytest.mark.mailman,
    pytest.mark.gpg,
    pytest.mark.postfix,
    pytest.mark.postgres,
    pytest.mark.enable_socket,
]
