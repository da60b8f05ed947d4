"""Use case of a worker: one mail about new work, sent once, or twice when a worker is killed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from smtplib import (
    SMTPException,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from django.core.mail import EmailMessage, get_connection
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from curation.jobs import JobState, work_on
from curation.notices.models import ADDRESS_REFUSED, Notice, NoticeWish
from curation.notices.news import News, news_for, num_unfinished
from curation.notices.stop_links import stop_token
from curation.site_address import site_address
from curation.troubles import MailAway

MOST_BEGUN = 2
"""A mail that was handed over twice, and both times nobody heard what came of it, is not again."""


def send_notice(*, notice_id: int) -> None:
    """Send the mail if its news still stand. While the mail server is away it waits."""
    work_on(Notice, notice_id, _send)


def _send(notice: Notice) -> None:
    wish = NoticeWish.objects.select_related("person").filter(person=notice.person_id).first()
    now, until = timezone.now(), notice.telling_until
    news = wish and news_for(
        wish.person,
        notice.project,
        after=max(notice.told_until, wish.wished_at),
        until=until,
        now=now,
    )
    if wish and news and notice.is_reminder:
        news = replace(news, num_held=num_unfinished(wish.person, notice.project))
    if not wish or not news or not news.is_any or notice.num_begun >= MOST_BEGUN:
        sent_at = now if notice.num_begun else notice.sent_at
        notice.finish(
            JobState.DONE, told_until=until, num_begun=0, sent_at=sent_at, is_reminder=False
        )
        return
    try:
        _hand_over(notice, mail_about(news, notice, wish))
    except SMTPRecipientsRefused as refusal:
        if all(code >= 500 for code, _said in refusal.recipients.values()):
            notice.finish(JobState.FAILED, ADDRESS_REFUSED)
            return
        raise MailAway from refusal
    except (SMTPException, OSError) as problem:
        raise MailAway from problem
    notice.finish(
        JobState.DONE, told_until=until, num_begun=0, sent_at=timezone.now(), is_reminder=False
    )


def _hand_over(notice: Notice, mail: EmailMessage) -> None:
    """Give the mail to the server, and count it as begun unless it surely was not taken."""
    server = get_connection()
    try:
        server.open()
        # Written down before: whoever takes over after a kill sends it once more, and no third
        # time. So it is when the line breaks: the server may have the mail, and said so in vain.
        notice.renew(num_begun=notice.num_begun + 1)
        server.send_messages([mail])
    except (SMTPResponseException, SMTPRecipientsRefused, SMTPNotSupportedError):
        if notice.num_begun:  # it said no; also to our name and password, before we began
            notice.renew(num_begun=notice.num_begun - 1)
        raise
    finally:
        with suppress(SMTPException, OSError):
            server.close()


def mail_about(news: News, notice: Notice, wish: NoticeWish) -> EmailMessage:
    """The mail, in the person's language: how much is new in which project, and no other name."""
    site = site_address()
    stop = site + reverse("stop_notices", kwargs={"token": stop_token(wish.person_id)})
    with override(wish.person.language or wish.language):
        lines = []
        if news.num_held:
            lines.append(
                ngettext(
                    "A reminder: you hold %(count)d batch with pictures that wait for you.",
                    "A reminder: you hold %(count)d batches with pictures that wait for you.",
                    news.num_held,
                )
                % {"count": news.num_held}
            )
        if news.num_batches:
            lines.append(
                ngettext(
                    "%(count)d batch is waiting for you.",
                    "%(count)d batches are waiting for you.",
                    news.num_batches,
                )
                % {"count": news.num_batches}
            )
        if news.num_subjects:
            lines.append(_("There are pictures that you may take, some at a time."))
        if news.num_held:
            subject = _("Pictures wait for you in %(project)s")
        else:
            subject = _("New pictures to judge in %(project)s")
        subject %= {"project": notice.project.name}
        body = "\n".join(
            [
                *lines,
                "",
                _("Go on: %(address)s") % {"address": f"{site}/"},
                "",
                _("No further mails: %(address)s") % {"address": stop},
                "",
            ]
        )
    return EmailMessage(
        subject=" ".join(subject.split()),
        body=body,
        to=[wish.person.email],
        headers={
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )
