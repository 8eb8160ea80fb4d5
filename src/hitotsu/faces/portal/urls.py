from django.urls import path

from hitotsu.faces.portal import area_views, downloads, plan_views, views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("about/", views.about, name="about"),
    path("healthz", views.healthz, name="healthz"),
    path("plans/", plan_views.plans, name="plans"),
    path("plans/<slug:slug>/", plan_views.plan, name="plan"),
    path("plans/<slug:slug>/editions/<int:ordinal>/", plan_views.edition, name="edition"),
    path("plans/<slug:slug>/initiatives/<int:key>/", plan_views.initiative, name="initiative"),
    path("plans/<slug:slug>/terms/", plan_views.terms, name="terms"),
    path("plans/<slug:slug>/figures/", plan_views.figures, name="figures"),
    path("plans/<slug:slug>/tables/", plan_views.tables, name="tables"),
    path("plans/<slug:slug>/organisation/", plan_views.organisation, name="organisation"),
    path("plans/<slug:slug>/changes/", plan_views.changes, name="changes"),
    path("plans/<slug:slug>/<str:what>.<str:kind>", downloads.plan_file, name="plan_file"),
    path("areas/", area_views.areas, name="areas"),
    path("areas/<str:key>.csv", downloads.area_file, name="area_file"),
    path("areas/<str:key>/", area_views.area, name="area"),
]
