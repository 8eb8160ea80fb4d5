from allauth.account.views import LoginView, LogoutView, PasswordChangeView, ReauthenticateView
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

urlpatterns = [
    path("office/", include("hitotsu.faces.office.urls")),
    # Staff log in here; accounts are made by administrators, so nothing else of allauth's account pages is open.
    path("accounts/login/", LoginView.as_view(), name="account_login"),
    path("accounts/logout/", LogoutView.as_view(), name="account_logout"),
    path("accounts/password/change/", PasswordChangeView.as_view(), name="account_change_password"),
    path("accounts/reauthenticate/", ReauthenticateView.as_view(), name="account_reauthenticate"),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    *i18n_patterns(path("", include("hitotsu.faces.portal.urls")), prefix_default_language=False),
]
handler404 = "hitotsu.faces.portal.views.not_found"
handler500 = "hitotsu.faces.portal.views.server_error"
