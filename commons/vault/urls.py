from django.urls import path

from commons.vault.views import documents

app_name = "vault"
urlpatterns = [path("documents/<int:document_id>/", documents.download, name="download")]
