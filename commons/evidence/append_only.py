"""Tables that only grow: triggers refuse UPDATE, DELETE and TRUNCATE, on PostgreSQL and SQLite alike.

A model says so with `@append_only`. The triggers are installed after every migrate, for SQLite drops them silently when
it rebuilds a table, and a system check reports any that is missing. On SQLite INSERT OR REPLACE would pass a DELETE
trigger unseen, so a BEFORE INSERT trigger guards every unique key.
"""

from collections.abc import Iterator
from typing import Any, TypeVar

from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

_Model = TypeVar("_Model", bound=type[models.Model])

_GUARDED: list[type[models.Model]] = []
_HEADS: list[type[models.Model]] = []


def append_only(model: _Model) -> _Model:
    """The rows of `model` can be inserted and read, nothing else."""
    _GUARDED.append(model)
    return model


def forward_only(model: _Model) -> _Model:
    """The rows of `model` (primary key, `seq`) can be moved forward, never back, and never be deleted."""
    _HEADS.append(model)
    return model


def guarded_models() -> list[type[models.Model]]:
    """Every model whose table the database itself protects."""
    return [*_GUARDED, *_HEADS]


def install(using: str = "default") -> None:
    """Put the triggers of every existing guarded table in place; harmless to repeat."""
    connection = connections[using]
    with connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
        for statement in statements(connection, existing):
            # No parameters: a percent sign in a statement is a percent sign.
            cursor.execute(statement, None)


def statements(connection: BaseDatabaseWrapper, existing: set[str]) -> Iterator[str]:
    """The SQL that installs the triggers of the tables in `existing`."""
    make = _postgresql if connection.vendor == "postgresql" else _sqlite
    if connection.vendor == "postgresql":
        yield _POSTGRESQL_FUNCTION
    for model in _GUARDED:
        if model._meta.db_table in existing:
            yield from make(model, heads=False)
    for model in _HEADS:
        if model._meta.db_table in existing:
            yield from make(model, heads=True)


_PRESENT_SQLITE = "SELECT type, name FROM sqlite_master WHERE type IN ('table', 'trigger')"
_PRESENT_POSTGRESQL = (
    "SELECT 'table', relname::text FROM pg_class WHERE relkind IN ('r', 'p') AND pg_table_is_visible(oid) "
    "UNION ALL SELECT 'trigger', tgname::text FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
)


def missing(using: str = "default") -> list[str]:
    """The triggers that should be there and are not (or are switched off), by name."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(_PRESENT_POSTGRESQL if connection.vendor == "postgresql" else _PRESENT_SQLITE)
        found = cursor.fetchall()
    existing, present = ({name for type_, name in found if type_ == kind} for kind in ("table", "trigger"))
    expected = [
        name
        for model in guarded_models()
        if model._meta.db_table in existing
        for name in trigger_names(connection.vendor, model)
    ]
    return [name for name in expected if name not in present]


def trigger_names(vendor: str, model: type[models.Model]) -> list[str]:
    """The names of the triggers that guard `model`."""
    table = model._meta.db_table
    kinds = ["change", "truncate"] if vendor == "postgresql" else ["update", "delete"]
    if model in _HEADS and vendor == "postgresql":
        kinds.append("delete")
    if model not in _HEADS and vendor != "postgresql":
        kinds += [f"replace_{number}" for number in range(len(unique_keys(model)))]
    return [f"{table}_no_{kind}" for kind in kinds]


def unique_keys(model: type[models.Model]) -> list[list[str]]:
    """The columns of every unconditional unique key of `model`, the primary key first."""
    meta = model._meta
    keys = [[str(field.column)] for field in meta.concrete_fields if field.unique]
    for constraint in meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and constraint.fields and constraint.condition is None:
            keys.append([_column(model, name) for name in constraint.fields])
    return keys


def _column(model: type[models.Model], name: str) -> str:
    field: models.Field[Any, Any] = model._meta.get_field(name)  # type: ignore[assignment]  # constraints name columns
    return str(field.column)


_POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION luochui_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% only grows: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def _postgresql(model: type[models.Model], *, heads: bool) -> Iterator[str]:
    table, key = model._meta.db_table, model._meta.pk.column
    refuse = "EXECUTE FUNCTION luochui_append_only()"
    change, when = "UPDATE OR DELETE", ""
    if heads:
        change, when = "UPDATE", f'WHEN (NEW.seq <= OLD.seq OR NEW."{key}" IS DISTINCT FROM OLD."{key}") '
        yield f'CREATE OR REPLACE TRIGGER {table}_no_delete BEFORE DELETE ON "{table}" FOR EACH ROW {refuse}'
    yield f'CREATE OR REPLACE TRIGGER {table}_no_change BEFORE {change} ON "{table}" FOR EACH ROW {when}{refuse}'
    yield f'CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT {refuse}'
    yield f'ALTER TABLE "{table}" ENABLE TRIGGER USER'


def _sqlite(model: type[models.Model], *, heads: bool) -> Iterator[str]:
    table, key = model._meta.db_table, model._meta.pk.column
    when = f'WHEN NEW.seq <= OLD.seq OR NEW."{key}" IS NOT OLD."{key}" ' if heads else ""
    for verb, condition in (("update", when), ("delete", "")):
        yield _sqlite_trigger(table, verb, verb.upper(), condition, "")
    # A head may be upserted, which looks like an insert here; deleting by REPLACE meets the trigger above.
    for number, columns in enumerate([] if heads else unique_keys(model)):
        same = " AND ".join(f'"{column}" = NEW."{column}"' for column in columns)
        where = f' WHERE EXISTS (SELECT 1 FROM "{table}" WHERE {same})'  # noqa: S608  # table and column names
        yield _sqlite_trigger(table, f"replace_{number}", "INSERT", "", where)


def _sqlite_trigger(table: str, name: str, verb: str, condition: str, where: str) -> str:
    return (
        f'CREATE TRIGGER IF NOT EXISTS {table}_no_{name} BEFORE {verb} ON "{table}" FOR EACH ROW {condition}'
        f"BEGIN SELECT RAISE(ABORT, '{table} only grows: {verb} is refused'){where}; END"
    )
