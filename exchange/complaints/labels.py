"""Words of complaints, for pages."""

from django.utils.translation import gettext_lazy as _

from exchange.complaints.domain.complaints import ComplaintState, DocumentKind

STATES = {
    ComplaintState.RAISED.value: ("waiting", _("waits for acceptance")),
    ComplaintState.ACCEPTED.value: ("waiting", _("accepted, waits for the decision")),
    ComplaintState.REJECTED.value: ("stop", _("not taken up")),
    ComplaintState.UPHELD.value: ("done", _("upheld")),
    ComplaintState.DISMISSED.value: ("", _("dismissed")),
    ComplaintState.WITHDRAWN.value: ("", _("withdrawn")),
}

DOCUMENTS = {
    DocumentKind.ACCEPTANCE: _("Acceptance"),
    DocumentKind.REJECTION: _("Rejection"),
    DocumentKind.SUSPENSION: _("Suspension"),
    DocumentKind.RESUMPTION: _("Resumption"),
    DocumentKind.DECISION: _("Decision"),
}
