from django.urls import path

from hitotsu.faces.office.views import adoption, audit, compare, desk, importing, parts, review, steps

app_name = "office"
urlpatterns = [
    path("", desk.desk, name="desk"),
    path("audit/", audit.audit, name="audit"),
    path("plans/import/", importing.import_page, name="import"),
    path("imports/<int:import_id>/", importing.import_state, name="import_state"),
    path("imports/<int:import_id>/cancel/", importing.cancel, name="import_cancel"),
    path("drafts/<int:draft_id>/", review.review, name="review"),
    path("drafts/<int:draft_id>/accept-remaining/", steps.accept_remaining, name="accept_remaining"),
    path("drafts/<int:draft_id>/undo/", steps.undo, name="undo"),
    path("drafts/<int:draft_id>/items/<int:item_id>/accept/", steps.accept, name="accept"),
    path("drafts/<int:draft_id>/items/<int:item_id>/correct/", steps.correct, name="correct"),
    path("drafts/<int:draft_id>/items/<int:item_id>/drop/", steps.drop, name="drop"),
    path("drafts/<int:draft_id>/items/<int:item_id>/merge/", steps.merge, name="merge"),
    path("drafts/<int:draft_id>/items/<int:item_id>/split/", steps.split, name="split"),
    path("drafts/<int:draft_id>/items/<int:item_id>/continues/", compare.continues, name="continues"),
    path("drafts/<int:draft_id>/front/", parts.front, name="front"),
    path("drafts/<int:draft_id>/parts/<slug:kind>/", parts.parts, name="parts"),
    path("drafts/<int:draft_id>/parts/<slug:kind>/<int:index>/", parts.set_aside, name="set_aside"),
    path("drafts/<int:draft_id>/compare/", compare.compare, name="compare"),
    path("drafts/<int:draft_id>/adopt/", adoption.adopt, name="adopt"),
    path("drafts/<int:draft_id>/discard/", adoption.discard, name="discard"),
]
