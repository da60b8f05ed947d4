"""Every address of the site: pages under /, commands and reads under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from frontend.api import cases as cases_api
from frontend.api import desk as desk_api
from frontend.api import grid as grid_api
from frontend.api import grid_acts
from frontend.api import near as near_api
from frontend.api import questions as questions_api
from frontend.api import runs as runs_api
from frontend.api import told as told_api
from frontend.api import uploads as uploads_api
from frontend.api import work as work_api
from frontend.pages import (
    batch_acts,
    batch_buttons,
    batches,
    consents,
    coverage,
    decisions,
    derived,
    desk,
    duplicates,
    gold,
    hints,
    home,
    image,
    images,
    invitation,
    labels,
    language,
    log,
    manual,
    manual_editing,
    me,
    members,
    notices,
    pack,
    people,
    pictures,
    practice,
    project_settings,
    projects,
    quality,
    questions,
    releases,
    reset_password,
    runs,
    service_worker,
    sources,
    subject_room,
    subject_settings,
    subjects,
    votes,
    weights,
    work,
)

_BATCH = [
    path("", batches.batch, name="batch"),
    path("desk/", desk.desk, name="desk"),
    path("practice/", practice.practice, name="practice"),
    path("pack/", pack.pack, name="pack"),
    path("pack/pack.zip", pack.pack_zip, name="pack_zip"),
    path("pack/winnow-pack.json", pack.pack_slip, name="pack_slip"),
    path("pack/cast/", pack.cast, name="cast_pack"),
    path("decisions/", decisions.batch_decisions, name="batch_decisions"),
    path("assign/", batch_buttons.assign, name="assign_batch"),
    path("revoke/", batch_buttons.revoke, name="revoke_batch"),
    path("return/", batch_buttons.return_own_batch, name="return_batch"),
    path("return-part/", batch_buttons.return_part_of_own, name="return_part"),
    path("close/", batch_buttons.close, name="close_batch"),
    path("reopen/", batch_buttons.reopen, name="reopen_batch"),
]

_SETTINGS = [
    path("", subject_settings.subject_settings, name="subject_settings"),
    path("portraits/", subject_settings.portraits, name="add_portraits"),
    path(
        "portraits/<int:portrait_id>/remove/",
        subject_settings.portrait_removal,
        name="remove_portrait",
    ),
    path("look-alikes/", subject_settings.look_alikes, name="add_look_alike"),
    path(
        "look-alikes/proposed/name/",
        subject_settings.name_proposed_look_alike,
        name="name_proposed",
    ),
    path(
        "look-alikes/proposed/dismiss/",
        subject_settings.dismiss_proposed_look_alike,
        name="dismiss_proposed",
    ),
    path(
        "look-alikes/<int:look_alike_id>/remove/",
        subject_settings.look_alike_removal,
        name="remove_look_alike",
    ),
]

_DUPLICATES = [
    path("", duplicates.duplicates, name="duplicates"),
    path("settle/", duplicates.settle, name="settle_duplicates"),
    path("distinct/", duplicates.distinct, name="mark_distinct"),
    path("undo/", duplicates.undo, name="undo_duplicates"),
    path("compare/", duplicates.compare_again, name="compare_again"),
]

_SUBJECT: list[URLPattern | URLResolver] = [
    path("", subject_room.subject_room, name="subject"),
    path("settings/", include(_SETTINGS)),
    path("consents/", consents.consents, name="consents"),
    path("consents/<int:consent_id>/withdraw/", consents.withdrawal, name="withdraw_consent"),
    path("consents/<int:consent_id>/evidence/", consents.evidence, name="evidence"),
    path("derived/", derived.derived, name="derived"),
    path("sources/", sources.sources, name="sources"),
    path("sources/bucket/", sources.import_bucket, name="import_bucket"),
    path("sources/web/", sources.import_web, name="import_web"),
    path("labels/", labels.labels, name="labels"),
    path("labels/settle/", labels.settle_by, name="settle_by_labels"),
    path("imports/<int:import_run_id>/", sources.import_run, name="import_run"),
    path("imports/<int:import_run_id>/answer/", sources.answer, name="answer_import"),
    path("imports/<int:import_run_id>/cancel/", sources.import_cancel, name="cancel_import"),
    path("imports/<int:import_run_id>/try-again/", sources.import_again, name="try_import_again"),
    path("images/", images.images, name="images"),
    path("images/try-again/", images.analyses_again, name="try_analyses_again"),
    path("images/go/", image.go_to, name="go_to_image"),
    path("images/<int:number>/", image.image, name="image"),
    path("images/<int:number>/mark-gold/", gold.mark, name="mark_gold"),
    path("images/<int:number>/unmark-gold/", gold.unmark, name="unmark_gold"),
    path("duplicates/", include(_DUPLICATES)),
    path("hints/", hints.hints, name="hints"),
    path("hints/try-again/", hints.make_again, name="make_hints_again"),
    path("batches/", batches.batches, name="batches"),
    path("hand-out/", work.hand_out, name="hand_out"),
    path("batches/people/", batches.batch_people, name="batch_people"),
    path("batches/acts/", batch_acts.batch_acts, name="batch_acts"),
    path("batches/people/acts/", batch_acts.people_acts, name="people_acts"),
    path("batches/cut/", batch_buttons.cut, name="cut_batches"),
    path("batches/<int:number>/", include(_BATCH)),
    path("contested/", decisions.contested, name="contested"),
    path("contested/<int:number>/", decisions.contested_image, name="contested_image"),
    path("contested/<int:number>/withdraw/", decisions.withdraw, name="withdraw_ruling"),
    path("questions/", questions.questions, name="questions"),
    path("questions/<int:question_id>/", questions.question, name="question"),
    path("votes.csv", votes.votes_file, name="votes_table"),
    path("coverage/", coverage.coverage, name="coverage"),
    path("weights/", weights.weights, name="weights"),
    path("weights/again/", weights.weigh_again, name="weigh_again"),
    path("quality/", quality.quality, name="quality"),
    path("quality.csv", quality.quality_file, name="quality_table"),
    path("quality/<int:person_id>/", quality.votes_of_person, name="votes_of_person"),
    path("releases/", releases.releases_page, name="releases"),
    path("releases/summary/", releases.summary, name="summary"),
    path("releases/new/", releases.build_release, name="build_release"),
    path("releases/new/confirm/", releases.confirm_release, name="confirm_release"),
    path("releases/<int:number>/", releases.release_page, name="release"),
    path("releases/<int:number>/manifest.jsonl", releases.manifest_file, name="release_manifest"),
    path("releases/<int:number>/release.zip", releases.zip_file, name="release_zip"),
    path("releases/<int:number>/originals.zip", releases.originals_file, name="release_originals"),
]

_MANUAL = [
    path("", manual.project_manual, name="project_manual"),
    path("edit/", manual_editing.edit_manual, name="edit_manual"),
    path("edit/<str:of>/", manual_editing.edit_manual_reason, name="edit_manual_reason"),
    path("edit/<str:of>/examples/", manual_editing.add_manual_example, name="add_manual_example"),
    path(
        "edit/<str:of>/examples/<int:example_id>/remove/",
        manual_editing.remove_manual_example,
        name="remove_manual_example",
    ),
    path("old-text/", manual_editing.old_text, name="old_text"),
    path("versions/", manual_editing.manual_versions, name="manual_versions"),
    path("versions/<int:version>/", manual.manual_version, name="manual_version"),
]

_PROJECT: list[URLPattern | URLResolver] = [
    path("", projects.project, name="project"),
    path("settings/", project_settings.project_settings, name="project_settings"),
    path("manual/", include(_MANUAL)),
    path("members/", members.members, name="members"),
    path("members/invite/", members.invite_member, name="invite_member"),
    path("members/<int:membership_id>/role/", members.member_role, name="member_role"),
    path("members/<int:membership_id>/remove/", members.member_removal, name="member_removal"),
    path(
        "invitations/<int:invitation_id>/take-back/",
        members.take_back,
        name="take_back_invitation",
    ),
    path("log/", log.log, name="log"),
    path("log/export/", log.export_log, name="export_log"),
    path("log/sign-ins/", log.sign_ins, name="sign_ins"),
    path("subjects/new/", subjects.new_subject, name="new_subject"),
    path("subjects/<slug:subject_slug>/", include(_SUBJECT)),
    path("runs/", runs.runs_page, name="runs"),
    path("runs/new/", runs.new_run_page, name="new_run"),
    path("runs/<int:number>/", runs.run_page, name="run"),
    path("runs/<int:number>/preview.webp", runs.preview_file, name="run_preview"),
]

_PEOPLE = [
    path("", people.people, name="people"),
    path("log/", log.site_log, name="site_log"),
    path("log/export/", log.export_site_log, name="export_site_log"),
    path("sign-ins/", log.site_sign_ins, name="site_sign_ins"),
    path("<int:person_id>/reset-link/", people.reset_link, name="make_reset_link"),
    path("<int:person_id>/deactivate/", people.deactivation, name="deactivate"),
    path("<int:person_id>/reactivate/", people.reactivation, name="reactivate"),
]

_GRID_API: list[URLPattern | URLResolver] = [
    path("", grid_api.GridWindowView.as_view(), name="api_grid"),
    path("places", grid_api.GridPlacesView.as_view(), name="api_grid_places"),
    path("position", grid_api.GridPositionView.as_view(), name="api_grid_position"),
    path("cut", grid_acts.GridCutView.as_view(), name="api_grid_cut"),
    path("distinct", grid_acts.GridDistinctView.as_view(), name="api_grid_distinct"),
    path("mark-gold", grid_acts.GridMarkGoldView.as_view(), name="api_grid_mark_gold"),
    path("unmark-gold", grid_acts.GridUnmarkGoldView.as_view(), name="api_grid_unmark_gold"),
    path("reject", grid_acts.GridRejectView.as_view(), name="api_grid_reject"),
]

_API: list[URLPattern | URLResolver] = [
    path("batches/<int:batch_id>/desk", desk_api.DeskView.as_view(), name="api_desk"),
    path("batches/<int:batch_id>/lease", desk_api.LeaseView.as_view(), name="api_lease"),
    path("batches/<int:batch_id>/near", near_api.NearView.as_view(), name="api_near"),
    path("batches/<int:batch_id>/distinct", near_api.DistinctView.as_view(), name="api_distinct"),
    path(
        "batches/<int:batch_id>/questions",
        questions_api.QuestionsView.as_view(),
        name="api_questions",
    ),
    path("batches/<int:batch_id>/standing", desk_api.StandingView.as_view(), name="api_standing"),
    path("work", work_api.WorkView.as_view(), name="api_take_work"),
    path("batches/<int:batch_id>/weight", desk_api.WeightView.as_view(), name="api_weight"),
    path("items/<int:item_id>/vote", desk_api.VoteView.as_view(), name="api_vote"),
    path("items/<int:item_id>/question", questions_api.QuestionView.as_view(), name="api_question"),
    path("items/<int:item_id>/told", told_api.ToldView.as_view(), name="api_told"),
    path("projects/<slug:project_slug>/subjects/<slug:subject_slug>/images/", include(_GRID_API)),
    path(
        "projects/<slug:project_slug>/subjects/<slug:subject_slug>/cases",
        cases_api.CasesView.as_view(),
        name="api_cases",
    ),
    path("images/<int:image_id>/ruling", cases_api.RulingView.as_view(), name="api_ruling"),
    path(
        "subjects/<int:subject_id>/uploads",
        uploads_api.UploadsView.as_view(),
        name="api_open_upload",
    ),
    path("uploads/<str:token>", uploads_api.UploadView.as_view(), name="api_upload"),
    path(
        "uploads/<str:token>/files",
        uploads_api.UploadFilesView.as_view(),
        name="api_upload_files",
    ),
    path(
        "uploads/<str:token>/files/<int:file_id>",
        uploads_api.UploadFileView.as_view(),
        name="api_upload_file",
    ),
    path("runs/<int:run_id>", runs_api.RunView.as_view(), name="api_run"),
    path("runs/<int:run_id>/losses", runs_api.LossesView.as_view(), name="api_run_losses"),
    path("runs/<int:run_id>/stop", runs_api.StopView.as_view(), name="api_run_stop"),
    path("runs/<int:run_id>/resume", runs_api.ResumeView.as_view(), name="api_run_resume"),
    path("runs/<int:run_id>/save", runs_api.SaveView.as_view(), name="api_run_save"),
    path("runs/<int:run_id>/preview", runs_api.PreviewView.as_view(), name="api_run_preview"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include(_API)),  # first: votes are what is asked for most
    path("", home.home, name="home"),
    path("accounts/notices/", notices.notices, name="notices"),
    path("accounts/", include("frontend.account_urls")),
    path("language/", language.language, name="language"),
    path("invitations/<str:token>/", invitation.invitation, name="invitation"),
    path("manual/", manual.manual, name="manual"),
    path("me/", me.me, name="me"),
    path("notices/stop/<str:token>/", notices.stop, name="stop_notices"),
    path("people/", include(_PEOPLE)),
    path("pictures/<str:token>/<str:file>", pictures.picture, name="picture"),
    path("work/", work.work, name="take_work"),
    path("reset/<str:token>/", reset_password.reset, name="reset_password"),
    path("sw.js", service_worker.service_worker, name="service_worker"),
    path("projects/new/", projects.new_project, name="new_project"),
    path("projects/<slug:project_slug>/", include(_PROJECT)),
]
