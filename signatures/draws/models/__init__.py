"""Draws and those who hold their secrets. Secrets and the names of a salted roster are sealed at rest."""

from django.conf import settings
from django.db import models

from signatures.draws.domain.states import DrawState, HolderRole


class Draw(models.Model):
    """One draw from its plan to its end. What it announced and revealed stands in the log, stream `draw:<id>`."""

    id = models.UUIDField(primary_key=True)
    subject = models.CharField(max_length=80)
    """What it is drawn for, as evidence streams are named: `procurement:12`."""
    title = models.CharField(max_length=200)
    k = models.PositiveIntegerField()
    salted = models.BooleanField(default=False)
    roster = models.JSONField()
    """As published: entries, or their salted hashes, in the order of the draw."""
    exclusions = models.JSONField()
    sealed_roster = models.BinaryField(null=True)
    """Of a salted roster: entry and salt behind each hash."""
    beacon_source = models.CharField(max_length=80, blank=True)
    beacon_round = models.CharField(max_length=80, blank=True)
    beacon_known_from = models.DateTimeField(null=True)
    beacon_value = models.BinaryField(null=True)
    known_from = models.DateTimeField()
    """Before this instant nobody can know anything that the result depends on."""
    reveal_from = models.DateTimeField()
    reveal_until = models.DateTimeField()
    state = models.CharField(max_length=16, default=DrawState.GATHERING.value)
    prepared_at = models.DateTimeField()
    announced_at = models.DateTimeField(null=True)
    anchored_at = models.DateTimeField(null=True)
    """When a signed checkpoint first covered the announcement."""
    ended_at = models.DateTimeField(null=True)
    seed = models.CharField(max_length=64, blank=True)
    selected = models.JSONField(default=list)
    violations = models.JSONField(default=list)
    disclosed_at = models.DateTimeField(null=True)
    redraw_of = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="redrawn_as")
    attempt = models.PositiveSmallIntegerField(default=1)
    reason = models.TextField(blank=True)
    approval = models.ForeignKey("commons.Approval", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        app_label = "signatures"
        ordering = ("-prepared_at",)
        indexes = [
            models.Index(fields=["subject"], name="draw_by_subject"),
            models.Index(fields=["state", "reveal_until"], name="draw_by_state_and_end"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in DrawState]), name="draw_state_is_known"
            ),
            models.CheckConstraint(condition=models.Q(k__gte=1), name="draw_takes_at_least_one"),
            models.CheckConstraint(
                condition=models.Q(reveal_from__lt=models.F("reveal_until")), name="draw_reveals_for_a_while"
            ),
            models.CheckConstraint(
                condition=models.Q(known_from__lte=models.F("reveal_from")), name="draw_reveals_when_known"
            ),
            models.CheckConstraint(
                condition=models.Q(redraw_of__isnull=True, attempt=1)
                | models.Q(redraw_of__isnull=False, attempt__gt=1, approval__isnull=False) & ~models.Q(reason=""),
                name="redraw_has_reason_and_approval",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=DrawState.DRAWN.value) | ~models.Q(seed=""), name="draw_drawn_has_its_seed"
            ),
        ]

    @property
    def stream(self) -> str:
        return f"draw:{self.pk}"


class DrawHolder(models.Model):
    """A custodian or a party: whose random bytes enter the seed. The platform itself has no person."""

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="holders")
    place = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=16)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("commons.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    commitment = models.CharField(max_length=64, blank=True)
    committed_at = models.DateTimeField(null=True)
    sealed_secret = models.BinaryField(null=True)
    """What the holder left in safekeeping; the platform reveals it at the announced moment."""
    secret = models.CharField(max_length=64, blank=True)
    """In hexadecimal, from the moment it is revealed."""
    revealed_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "signatures"
        ordering = ("place",)
        constraints = [
            models.UniqueConstraint(fields=["draw", "place"], name="draw_holder_per_place"),
            models.UniqueConstraint(
                fields=["draw", "person"], condition=models.Q(person__isnull=False), name="draw_holder_once"
            ),
            models.UniqueConstraint(
                fields=["draw", "commitment"], condition=~models.Q(commitment=""), name="draw_commitment_once"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in HolderRole]), name="draw_holder_role_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(secret="") | ~models.Q(commitment=""), name="draw_reveal_after_commitment"
            ),
        ]

    @property
    def ref(self) -> str:
        """As evidence names actors."""
        return f"person:{self.person_id}@{self.organisation_id or '-'}" if self.person_id else "system:platform"
