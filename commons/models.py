"""Django looks here for the tables of the package; each subject keeps its own."""

from commons.approvals.models import Approval
from commons.calendar.models import CalendarDay, CalendarYear, ProvisionalLimit
from commons.evidence.models import (
    EvidenceCheckpoint,
    EvidenceEntry,
    EvidenceGathered,
    EvidenceLeaf,
    EvidenceNode,
    EvidenceSecret,
    EvidenceStream,
    EvidenceTree,
    PlatformKey,
)
from commons.identity.models import RegisteredIdentity, Representation
from commons.imports.models import ImportedRow, ImportRun, RefusedRow
from commons.inbox.models import InboxMessage, InboxReading
from commons.intake.models import IntakeCase, IntakeReturn
from commons.licences.models import LicenceRecord
from commons.outbox.models import OutboxMessage
from commons.parameters.models import LegalityRule, ParameterValue
from commons.people.models import ApiKey, Membership, Organisation, OrganisationSuspension, Person, PersonSession
from commons.registration.models import AddressCheck, Invitation
from commons.rest.models import AnsweredRequest
from commons.search.models import SearchText
from commons.vault.models import Document, VaultContent

__all__ = [
    "AddressCheck",
    "AnsweredRequest",
    "ApiKey",
    "Approval",
    "CalendarDay",
    "CalendarYear",
    "Document",
    "EvidenceCheckpoint",
    "EvidenceEntry",
    "EvidenceGathered",
    "EvidenceLeaf",
    "EvidenceNode",
    "EvidenceSecret",
    "EvidenceStream",
    "EvidenceTree",
    "ImportRun",
    "ImportedRow",
    "InboxMessage",
    "InboxReading",
    "IntakeCase",
    "IntakeReturn",
    "Invitation",
    "LegalityRule",
    "LicenceRecord",
    "Membership",
    "Organisation",
    "OrganisationSuspension",
    "OutboxMessage",
    "ParameterValue",
    "Person",
    "PersonSession",
    "PlatformKey",
    "ProvisionalLimit",
    "RefusedRow",
    "RegisteredIdentity",
    "Representation",
    "SearchText",
    "VaultContent",
]
