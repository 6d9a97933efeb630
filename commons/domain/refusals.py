"""Refusals: broken rules as typed errors.

    Refusal                     a rule was broken; nothing was changed
    ├── NotPermitted            the actor lacks the power                                403
    ├── NotFound                no such thing, or none that the actor may know of        404
    ├── Malformed               the input cannot be read as what it should be            400
    ├── NotAllowedNow           the state machine has no such step from here             409
    ├── IdempotencyConflict     the same request id came with another body               409
    └── (each rule's own class, beside the rule)                                         409

A refusal is no server error. It carries a stable code, typed fields and an English message id; the text for the
reader is made at the edge, in one place (`portal.rendering`), for pages, REST and sockets alike.
"""

from typing import Any, ClassVar

from commons.domain.text import gettext_noop

FieldValue = str | int | bool | None


def _made_again(kind: type["Refusal"], fields: dict[str, FieldValue]) -> "Refusal":
    return kind(**fields)


class Refusal(Exception):
    """A broken rule. Subclasses set `code`, `message` (an English message id with %(field)s places) and `status`."""

    code: ClassVar[str] = "REFUSED"
    message: ClassVar[str] = gettext_noop("This is not possible.")
    status: ClassVar[int] = 409
    retryable: ClassVar[bool] = False

    registry: ClassVar[dict[str, type["Refusal"]]] = {}

    fields: dict[str, FieldValue]

    def __init__(self, **fields: FieldValue) -> None:
        self.fields = fields
        super().__init__(self.code, fields)

    def __reduce__(self) -> tuple[Any, ...]:
        """A refusal crosses from one process to another whole."""
        return _made_again, (type(self), self.fields)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "code" in cls.__dict__:
            known = Refusal.registry.setdefault(cls.code, cls)
            same_class = known.__module__ == cls.__module__ and known.__qualname__ == cls.__qualname__
            assert same_class, f"{cls.code} is the code of two refusals: {known} and {cls}"

    def __str__(self) -> str:
        return f"{self.code}: {self.message % self.fields}" if self.fields else f"{self.code}: {self.message}"


class NotPermitted(Refusal):
    """The actor lacks the role, the organisation or the assurance level."""

    code = "NOT_PERMITTED"
    message = gettext_noop("You do not have the right to do this. Ask your organisation's administrator for the role.")
    status = 403


class AssuranceTooLow(NotPermitted):
    """The actor has the role but signed in too weakly (docs/people.md: L1 phone … L4 certificate)."""

    code = "ASSURANCE_TOO_LOW"
    message = gettext_noop("This step needs sign-in level L%(needed)s; you are signed in at L%(actual)s.")


class NotFound(Refusal):
    code = "NOT_FOUND"
    message = gettext_noop("There is nothing here, or nothing that you may see.")
    status = 404


class Malformed(Refusal):
    """The input cannot be read. `field` names the place, `reason` what is wrong with it."""

    code = "MALFORMED"
    message = gettext_noop("“%(field)s” cannot be read: %(reason)s.")
    status = 400


class NotAllowedNow(Refusal):
    """The state machine has no row for this command in the present state."""

    code = "NOT_ALLOWED_NOW"
    message = gettext_noop(
        "This step cannot be taken now: it comes later, or is over. Reload the page to see what comes next."
    )


class IdempotencyConflict(Refusal):
    code = "IDEMPOTENCY_CONFLICT"
    message = gettext_noop("This request number was already used for a different request. Start again.")
