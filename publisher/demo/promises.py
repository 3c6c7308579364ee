"""What the demo promises, in the order in which it shows it."""

LISTS = "The declared lists are created and set"
JOIN = "Readers join by mail alone"
REACH = "Every advisory reaches every subscriber of its list"
SAME = "What arrived is what was signed and what the site serves"
UPDATE = "A second revision sends the update and nothing else"
THREAD = "The update is threaded under the first mail"
UPDATE_SAME = "The update is what was signed, too"
LEAVE = "A reader leaves by mail alone and hears nothing more"
SCRIPT = "A stranger checks all of it with the site's script and gpg"
WITHHELD = "Nothing under embargo and nothing but TLP:CLEAR went out"
ONCE = "Publishing again sends nothing"
CANARY = "Every mail is seen in the team's own mailbox, as signed"

ALL = (
    LISTS,
    JOIN,
    REACH,
    SAME,
    UPDATE,
    THREAD,
    UPDATE_SAME,
    LEAVE,
    SCRIPT,
    WITHHELD,
    ONCE,
    CANARY,
)
