"""People who sign in."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac

from commons.domain.actor import Assurance


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, username: str, password: str | None = None, **fields: object) -> "Person":
        person = self.model(username=self.model.normalize_username(username), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, username: str, password: str | None = None, **fields: object) -> "Person":
        return self.create_user(username, password, **{"is_staff": True, "is_superuser": True, **fields})


class Person(AbstractBaseUser, PermissionsMixin):
    """A person with a login. What the person may do follows from memberships, not from this row."""

    username = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=64)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=20, blank=True)
    phone_confirmed_at = models.DateTimeField(null=True, blank=True)
    email_confirmed_at = models.DateTimeField(null=True, blank=True)
    """When a code proved the address; only a proved one opens anything."""
    assurance = models.PositiveSmallIntegerField(
        default=Assurance.PHONE, choices=[(a.value, a.name) for a in Assurance]
    )
    language = models.CharField(max_length=10, default="zh-hans")
    password_was_told = models.BooleanField(default=False)
    """Somebody else made the password and knows it: nothing can be done with it but to choose another one."""
    session_epoch = models.PositiveIntegerField(default=0)
    """Raised to end every session of the person at once."""
    socket_epoch = models.PositiveIntegerField(default=0)
    """Raised whenever a session of the person ends: a socket that was opened under a lower one is over."""
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = PersonManager()

    class Meta:
        app_label = "commons"
        ordering = ("id",)
        verbose_name_plural = "people"
        constraints = [
            models.UniqueConstraint(
                fields=["phone"], condition=models.Q(phone_confirmed_at__isnull=False), name="person_one_per_phone"
            ),
            models.UniqueConstraint(
                fields=["email"], condition=models.Q(email_confirmed_at__isnull=False), name="person_one_per_email"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Binds every session to the epoch: raising it ends them all at their next request, without a query more."""
        salt = "commons.people.session"
        return salted_hmac(salt, f"{self.password}|{self.session_epoch}", secret=secret, algorithm="sha256").hexdigest()
