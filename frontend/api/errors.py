"""How refusals reach programs: every error of the API has one shape."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

from curation.errors import NotFound
from frontend.failures import RETRY_SECONDS, refusal_of


class ErrorOut(serializers.Serializer[Any]):
    """The one shape of every error of the API."""

    code = serializers.CharField()
    message = serializers.CharField()
    context = serializers.DictField()  # type: ignore[assignment]  # DRF's own attribute name


REFUSALS = {400: ErrorOut, 401: ErrorOut, 403: ErrorOut, 404: ErrorOut, 409: ErrorOut}
"""What an act at the desk may be answered with, for the schema."""


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Every refusal leaves the API as {"code", "message", "context"}."""
    if isinstance(exc, ObjectDoesNotExist):
        exc = NotFound()
    refusal = refusal_of(exc)
    if refusal is not None:
        answer = _error(refusal.code, str(refusal.message), refusal.context, refusal.status)
        if refusal.status == 503:
            answer["Retry-After"] = str(RETRY_SECONDS)
        return answer
    response = drf_exception_handler(exc, context)
    if response is None:
        return None
    match exc:
        case exceptions.NotAuthenticated():
            return _error("not_signed_in", str(exc.detail), {}, 401)
        case exceptions.ValidationError():
            body = _error("invalid_input", "The request is not valid.", {"fields": exc.detail}, 400)
        case exceptions.APIException():
            body = _error(str(exc.default_code), str(exc.detail), {}, exc.status_code)
        case _:
            body = _error("not_found", "Not found.", {}, response.status_code)
    for name, value in response.headers.items():
        body.headers[name] = value
    return body


def _error(code: str, message: str, context: dict[str, Any], status: int) -> Response:
    return Response({"code": code, "message": message, "context": context}, status=status)
