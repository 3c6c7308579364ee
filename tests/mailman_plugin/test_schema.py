"""The tables of the plugin, in databases of all ages."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from publisher.errors import SettingsError
from publisher.mailman_plugin import ledger, schema
from publisher.mailman_plugin.gate import State
from publisher.mailman_plugin.ledger import Ledger
from publisher.mailman_plugin.selfservice import waiting
from publisher.mailman_plugin.selfservice.waiting import Kind, Request
from tests.mailman_plugin import hosts

KEY = hosts.edition_key(hosts.ADVISORY, "ja", 2)
LIST = hosts.JA.list_id


def add_a_column(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE publisher_post ADD COLUMN more INTEGER"))


def fail(connection: Connection) -> None:
    connection.execute(text("CREATE TABLE publisher_half (x INTEGER)"))
    connection.execute(text("CREATE nonsense"))


def version(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT version FROM publisher_schema"))
        return [row.version for row in rows]


def columns(engine: Engine) -> set[str]:
    return {each["name"] for each in inspect(engine).get_columns("publisher_post")}


def test_a_new_database_goes_through_all_steps(database: Engine) -> None:
    schema.prepare(database)

    schema.check(database)
    assert version(database) == [len(schema.STEPS)]


def test_nothing_is_done_twice(database: Engine) -> None:
    steps = (*schema.STEPS, add_a_column)
    schema.prepare(database, steps)

    schema.prepare(database, steps)

    assert version(database) == [len(steps)]


def test_a_database_without_a_version_keeps_what_is_in_it(database: Engine) -> None:
    ledger.METADATA.create_all(database)
    row = (LIST, str(KEY.id), "ja", 2, "<m@cert.example>", "claimed", "2026")
    values = ", ".join(f"'{each}'" for each in row)
    with database.begin() as connection:
        connection.execute(text(f"INSERT INTO publisher_post VALUES ({values})"))

    schema.prepare(database)

    with Session(database) as session:
        [post] = Ledger(session, LIST).posts(KEY.id, KEY.language)
    assert (post.state, post.sha256) == (State.CLAIMED, "")
    assert version(database) == [len(schema.STEPS)]


def test_an_older_database_goes_through_the_steps_that_are_missing(
    database: Engine,
) -> None:
    schema.prepare(database)
    with Session(database) as session:
        Ledger(session, LIST).claim(KEY, "<m@cert.example>")

    schema.prepare(database, (*schema.STEPS, add_a_column))

    assert "more" in columns(database)
    with Session(database) as session:
        assert len(Ledger(session, LIST).posts(KEY.id, KEY.language)) == 1


def test_what_waited_for_an_answer_in_version_6_can_be_answered_in_this_one(
    database: Engine,
) -> None:
    now = datetime(2026, 11, 26, tzinfo=UTC)
    asked = [
        Request(Kind.CHANGE, LIST, f"new{number}@b.example", "old@b.example", True)
        for number in range(3)
    ]
    schema.prepare(database, schema.STEPS[:6])
    add = text("INSERT INTO publisher_request VALUES (:l, :k, :e, :t, :d, 1, :u)")
    with database.begin() as connection:
        for each in asked:
            own = {"l": LIST, "k": str(each.kind), "e": each.email, "d": each.details}
            until = int(now.timestamp()) + 60
            connection.execute(add, {**own, "t": each.email, "u": until})

    schema.prepare(database)

    with Session(database) as session:
        found = [waiting.find(session, LIST, each.email, now) for each in asked]
        other = waiting.find(session, "x", asked[0].email, now)
    assert (found, other) == (asked, None)


def test_a_step_that_fails_leaves_all_as_it_was(database: Engine) -> None:
    schema.prepare(database)

    with pytest.raises(Exception, match="nonsense"):
        schema.prepare(database, (*schema.STEPS, add_a_column, fail))

    assert version(database) == [len(schema.STEPS)]
    assert "more" not in columns(database)
    assert not inspect(database).has_table("publisher_half")


def test_a_newer_database_is_refused_and_left_alone(database: Engine) -> None:
    newer = (*schema.STEPS, add_a_column)
    schema.prepare(database, newer)
    expected = f"of version {len(newer)}, and this program knows {len(schema.STEPS)}"

    for look in (schema.prepare, schema.check):
        with pytest.raises(SettingsError, match=expected):
            look(database)

    assert version(database) == [len(newer)]


def test_a_database_that_nobody_prepared_is_no_good(database: Engine) -> None:
    with pytest.raises(SettingsError, match=r"cannot be read.*restart Mailman"):
        schema.check(database)


def test_a_database_that_is_behind_is_no_good(database: Engine) -> None:
    schema.prepare(database)

    with pytest.raises(SettingsError, match="older version: restart Mailman"):
        schema.check(database, (*schema.STEPS, add_a_column))


def test_a_kind_of_database_that_was_never_tried_is_refused(database: Engine) -> None:
    database.dialect.name = "mysql"

    with pytest.raises(SettingsError, match="use PostgreSQL or SQLite"):
        schema.prepare(database)


def test_a_database_in_which_nothing_can_be_made_is_an_error(database: Engine) -> None:
    @event.listens_for(database, "before_cursor_execute")
    def refuse(*arguments: object) -> None:
        if "CREATE TABLE" in str(arguments[2]):
            raise ProgrammingError("CREATE TABLE", {}, Exception("no"))

    with pytest.raises(ProgrammingError):
        schema.prepare(database)


def start(url: str, go: Callable[[], object]) -> None:
    engine = create_engine(url, poolclass=NullPool)
    go()
    schema.prepare(engine, (*schema.STEPS, add_a_column))


def test_processes_that_start_at_the_same_time_go_through_the_steps_once(
    database: Engine, database_url: str
) -> None:
    context = multiprocessing.get_context("fork")
    go = context.Barrier(8).wait
    processes = [
        context.Process(target=start, args=(database_url, go)) for _ in range(8)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)

    assert [process.exitcode for process in processes] == [0] * 8
    assert version(database) == [len(schema.STEPS) + 1]


def ddl(steps: Sequence[schema.Step], engine: Engine) -> str:
    """Return what the last step asks of the database."""
    asked: list[str] = []
    for number, step in enumerate(steps, 1):
        if number == len(steps):
            event.listen(
                engine,
                "before_cursor_execute",
                lambda *told: asked.append(str(told[2]).strip()),
            )
        with engine.begin() as connection:
            step(connection)
    return "".join(f"{line};\n\n" for line in asked if not line.startswith("PRAGMA"))


@pytest.mark.parametrize("number", range(1, len(schema.STEPS) + 1))
def test_a_step_is_never_changed(
    number: int, golden: Callable[[str, str], None]
) -> None:
    asked = ddl(schema.STEPS[:number], create_engine("sqlite://"))

    golden(f"schema/step-{number}.sql", asked)
