"""The front door."""

from django.views.generic import TemplateView


class HomeView(TemplateView):
    """What runs now, and one entry per role."""

    template_name = "portal/home.html"
