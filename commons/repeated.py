"""Questions and rows that come by so often that spelling their SQL costs more than what it asks for.

Django compiles a query set anew each time, one to two milliseconds for a wide table. A `Repeated` question compiles it
once per kind of database and from then on only puts other values into its places, and PostgreSQL plans it once a
connection; the values read are converted as Django converts them. `insert` and `update` do the same for rows.
Everything else stays with the ORM.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable, get_related_populators

from commons.postgresql import repeat

_Row = TypeVar("_Row")
_Model = TypeVar("_Model", bound=Model)

Value = int | str | date

_FIRST = -7_770_000_000_000
"""Stands for the first value while a question is spelled; no key of a row is negative."""


class _Spelled(NamedTuple):
    """A question in one dialect: SQL, constants with the place of each value among them, and how rows are read."""

    sql: str
    constants: tuple[Any, ...]
    places: tuple[tuple[int, int], ...]
    """(index among the parameters, number of the value)."""
    converters: tuple[tuple[int, tuple[Any, ...], Any], ...]
    read: Callable[[Sequence[Any]], Any]


class Repeated(Generic[_Row]):
    """`spell` makes the query set from as many numbers, texts or days as are handed to `rows`.

    The values stand for themselves: none may be computed with, and a list of values is one value each.
    """

    def __init__(self, spell: Callable[..., "QuerySet[Any, _Row]"]) -> None:
        self._spell = spell
        self._spelled: dict[tuple[str, tuple[type, ...]], _Spelled] = {}

    def rows(self, *values: Value) -> list[_Row]:
        """What the query set of those values gives; one statement."""
        known = (connection.vendor, tuple(map(type, values)))
        spelled = self._spelled.get(known)
        if spelled is None:
            spelled = self._spelled[known] = _compile(self._spell, values)
        parameters = list(spelled.constants)
        for place, number in spelled.places:
            parameters[place] = _adapted(values[number])
        return [spelled.read(_converted(row, spelled)) for row in repeat(spelled.sql, parameters).rows]

    def first(self, *values: Value) -> _Row | None:
        """The first of them, or none."""
        found = self.rows(*values)
        return found[0] if found else None


def insert(row: _Model, *, once: str = "") -> _Model:
    """Store a new row, whose key is then known; one statement, without signals.

    `once`: a unique column. A row with its value stays as it is, and its key is given.
    """
    sql, fields = _insertion(type(row), once)
    values = [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields]
    row.pk = repeat(sql, values).rows[0][0]
    row._state.adding, row._state.db = False, "default"
    return row


def update(model: type[Model], values: Mapping[str, Any], **where: int | str) -> int:
    """Change the rows in which the columns of `where` hold those values; how many. One statement."""
    changes = [(field, field.get_db_prep_save(_key(value), connection)) for field, value in _columns(model, values)]
    held = _columns(model, where)
    sets = ", ".join(f'"{field.column}" = %s' for field, _ in changes)
    holds = " AND ".join(f'"{field.column}" = %s' for field, _ in held)
    sql = f'UPDATE "{model._meta.db_table}" SET {sets} WHERE {holds}'  # noqa: S608
    return repeat(sql, [*(value for _, value in changes), *(value for _, value in held)]).rowcount


def update_each(model: type[Model], column: str, values: Mapping[int, Any], **same: Any) -> None:
    """Give each row (by its key) a value of its own in one column, and the same in the others. One statement."""
    if not values:
        return
    ((field, _),), others = _columns(model, {column: None}), _columns(model, same)
    new, key = f'v."{field.column}"', f'"{model._meta.pk.column}"'
    if connection.vendor == "postgresql":  # where every value is NULL their type is not known otherwise
        new = f"CAST({new} AS {field.db_type(connection)})"
    sets = ", ".join([f'"{field.column}" = {new}', *(f'"{other.column}" = %s' for other, _ in others)])
    places = ", ".join(["(%s, %s)"] * len(values))
    sql = (
        f'WITH v("number", "{field.column}") AS (VALUES {places}) '  # noqa: S608
        f'UPDATE "{model._meta.db_table}" SET {sets} FROM v WHERE "{model._meta.db_table}".{key} = v."number"'
    )
    said = [one for pk, value in values.items() for one in (pk, field.get_db_prep_save(value, connection))]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*said, *(other.get_db_prep_save(value, connection) for other, value in others)])


def _columns(model: type[Model], values: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    known = model._meta
    return [(known.pk if name == "pk" else known.get_field(name), value) for name, value in values.items()]


def _key(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else value


_insertions: dict[tuple[type[Model], str], tuple[str, list[Any]]] = {}


def _insertion(model: type[Model], once: str) -> tuple[str, list[Any]]:
    if (model, once) not in _insertions:
        fields = [field for field in model._meta.concrete_fields if not field.primary_key]
        names = ", ".join(f'"{field.column}"' for field in fields)
        places, key = ", ".join(["%s"] * len(fields)), model._meta.pk.column
        known = f'ON CONFLICT ("{once}") DO UPDATE SET "{once}" = EXCLUDED."{once}" ' if once else ""
        sql = f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({places}) {known}RETURNING "{key}"'  # noqa: S608
        _insertions[model, once] = sql, fields
    return _insertions[model, once]


def _compile(spell: Callable[..., "QuerySet[Any, Any]"], values: Sequence[Value]) -> _Spelled:
    stand_ins = [_stand_in(type(value), number) for number, value in enumerate(values)]
    holes, found = [_adapted(one) for one in stand_ins], spell(*stand_ins)
    compiler = found.query.get_compiler("default")
    sql, parameters = compiler.as_sql()
    places = tuple((place, holes.index(value)) for place, value in enumerate(parameters) if value in holes)
    assert {number for _, number in places} == set(range(len(holes))), "every value has its place in the SQL"
    columns = [column[0] for column in compiler.select[: compiler.col_count]]
    converters = tuple((place, tuple(how), what) for place, (how, what) in compiler.get_converters(columns).items())
    return _Spelled(
        sql, tuple(parameters), places, converters, _reader(compiler, whole=found._iterable_class is ModelIterable)
    )


def _stand_in(kind: type[Any], number: int) -> Value:
    if issubclass(kind, int):
        return _FIRST - number
    return date.fromordinal(1 + number) if issubclass(kind, date) else f"\ue000{number}"


def _adapted(value: Value) -> Any:
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value


def _reader(compiler: Any, *, whole: bool) -> Callable[[Sequence[Any]], Any]:
    if not whole:
        return tuple
    about = compiler.klass_info
    selected, model = compiler.select, about["model"]
    first, last = about["select_fields"][0], about["select_fields"][-1] + 1
    names = [column[0].target.attname for column in selected[first:last]]
    related = get_related_populators(about, selected, "default")  # type: ignore[call-arg]  # stub of a later Django
    annotated = tuple(compiler.annotation_col_map.items())

    def read(row: Sequence[Any]) -> Any:
        found = model.from_db("default", names, row[first:last])
        for one in related:
            one.populate(row, found)
        for name, place in annotated:
            setattr(found, name, row[place])
        return found

    return read


def _converted(row: Sequence[Any], spelled: _Spelled) -> list[Any]:
    values = list(row)
    for place, how, what in spelled.converters:
        value = values[place]
        for one in how:
            value = one(value, what, connection)
        values[place] = value
    return values
