"""Makes `admin.site` the tighter one of `portal.admin_site`."""

from django.contrib.admin.apps import AdminConfig


class CentreAdminConfig(AdminConfig):
    default_site = "portal.admin_site.CentreAdminSite"
