"""Background work of this stage; each task is one line that calls a use case."""

from __future__ import annotations

from django_tasks import task

from curation.notices.send_notice import send_notice


@task()
def send_notice_task(notice_id: int) -> None:
    send_notice(notice_id=notice_id)
