from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

urlpatterns = [
    path("office/", include("hitotsu.faces.office.urls")),
    path("accounts/", include("allauth.urls")),
    *i18n_patterns(path("", include("hitotsu.faces.portal.urls")), prefix_default_language=False),
]
handler404 = "hitotsu.faces.portal.views.not_found"
handler500 = "hitotsu.faces.portal.views.server_error"
