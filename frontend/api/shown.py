"""What the pages for one picture, for many and for rulings show alike."""

from __future__ import annotations

from typing import Any

from django.utils.text import capfirst
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from curation.manual.models import ManualReason
from curation.manual.reasons import Reason
from curation.subjects.models import LookAlike, Portrait
from frontend.pictures.addresses import PictureAddresses

REASONS = [reason.value for reason in Reason]


def pictures_of(serializer: serializers.BaseSerializer[Any]) -> PictureAddresses:
    """How the desk that is being put together says where its pictures are."""
    addresses: PictureAddresses = serializer.context["pictures"]
    return addresses


class FaceOut(serializers.Serializer[Any]):
    """Where a face is: parts of the picture's width and height, 0 to 1 from its top left."""

    left = serializers.FloatField()
    top = serializers.FloatField()
    right = serializers.FloatField()
    bottom = serializers.FloatField()


class PortraitOut(serializers.Serializer[Any]):
    url = serializers.SerializerMethodField()
    picture = serializers.SerializerMethodField(help_text="Names these very bytes.")
    caption = serializers.CharField(allow_blank=True)
    face = FaceOut(allow_null=True, help_text="The largest, once it is known.")

    def get_url(self, portrait: Portrait | LookAlike) -> str:
        return pictures_of(self).face(portrait.sha256)

    def get_picture(self, portrait: Portrait | LookAlike) -> str:
        return portrait.sha256[:16]


class LookAlikePictureOut(PortraitOut):
    caption = serializers.CharField(source="name")


class LookAlikeOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    how_to_tell = serializers.CharField()
    portraits = serializers.SerializerMethodField(help_text="One picture, or none.")

    @extend_schema_field(PortraitOut(many=True))
    def get_portraits(self, look_alike: LookAlike) -> Any:
        pictures = [look_alike] if look_alike.sha256 else []
        return LookAlikePictureOut(pictures, many=True, context=self.context).data


class ManualReasonOut(serializers.Serializer[Any]):
    """A reason to reject a picture, in the language of whoever asks."""

    code = serializers.ChoiceField(choices=REASONS)
    number = serializers.IntegerField(source="position", help_text="The key that casts it.")
    title = serializers.SerializerMethodField()
    summary = serializers.CharField(help_text="When to choose it, in one sentence.")
    definition = serializers.CharField(help_text="What counts.")
    exclusion = serializers.CharField(help_text="What does not count.")

    def get_title(self, reason: ManualReason) -> str:
        return capfirst(reason.title)
