"""Questions pinned to pictures, at the desk: to ask, to take back, to see what was answered."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from curation.batches.access import access_leased_batch
from curation.questions.ask_question import ask_question
from curation.questions.models import MOST_LETTERS
from curation.questions.selectors import PinnedQuestion, questions_on_desk
from curation.questions.withdraw_question import withdraw_question
from frontend.api.errors import REFUSALS
from frontend.api.person_view import PersonView
from frontend.api.picture_field import PictureField


class PinnedQuestionOut(serializers.Serializer[Any]):
    """A question about a picture on your desk: one of yours, or one that was answered."""

    id = serializers.IntegerField(source="question.pk")
    item_id = serializers.IntegerField()
    text = serializers.CharField(source="question.text")
    answer = serializers.CharField(
        source="question.answer", allow_blank=True, help_text="Blank until an organiser answered."
    )
    mine = serializers.BooleanField(source="is_mine")


class QuestionsOut(serializers.Serializer[Any]):
    questions = PinnedQuestionOut(many=True, help_text="The oldest first.")


class QuestionIn(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=MOST_LETTERS)
    picture = PictureField(default="", help_text="The picture that was on the screen.")


class QuestionsView(PersonView):
    @extend_schema(operation_id="questions", responses={200: QuestionsOut, **REFUSALS})
    def get(self, request: Request, batch_id: int) -> Response:
        """What was asked of the pictures of a batch you hold, as far as you may see it."""
        batch, _lease = access_leased_batch(self.person, batch_id)
        questions = questions_on_desk(batch, self.person)
        return Response(QuestionsOut({"questions": questions}).data)


class QuestionView(PersonView):
    @extend_schema(
        operation_id="ask_question",
        request=QuestionIn,
        responses={200: PinnedQuestionOut, **REFUSALS},
    )
    def put(self, request: Request, item_id: int) -> Response:
        """Ask the organiser about an item, or change what you asked. Safe to send again."""
        given = QuestionIn().run_validation(request.data)
        question = ask_question(
            item_id=item_id, text=given["text"], person=self.person, picture=given["picture"]
        )
        pinned = PinnedQuestion(item_id=item_id, question=question, is_mine=True)
        return Response(PinnedQuestionOut(pinned).data)

    @extend_schema(operation_id="withdraw_question", responses={204: None, **REFUSALS})
    def delete(self, request: Request, item_id: int) -> Response:
        """Take your question about an item back, unless it is answered. Safe to send again."""
        withdraw_question(item_id=item_id, person=self.person)
        return Response(status=204)
