"""What a setting is: one annotated field that gives default, limits, words, flag and JSON schema.

    eye_weight: Annotated[
        float,
        Field(ge=1, le=1000),
        Setting(
            title=Bilingual("Eye loss weight", "眼睛权重"),
            help=Bilingual("Multiplies the loss of eye pixels.", "眼睛处像素的损失乘以几倍。"),
            flag="--eye-weight",
        ),
    ] = 3.0

pydantic checks the value; whatever lists settings (errors, flags, forms) asks `settings_of`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, ClassVar, Literal, Self, Union, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import (
    BaseModel,
    ConfigDict,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, PydanticUndefined

from training.engine.errors import BadInput
from training.engine.phrasing import Bilingual, as_json

CHECKED = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)
ITEM = "*"
"""Stands in a setting's key for any item of a list and any name of an object."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """What people read about a setting, besides its limits and its default."""

    title: Bilingual
    help: Bilingual
    flag: str = ""
    """On command lines; blank: none."""
    metavar: str = ""
    expects: str = ""
    """What an error says the value must be, where type and limits do not say it well."""

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """The words, as JSON Schema has them; it knows no second language, so that is ours."""
        in_chinese = {"title": self.title.zh, "description": self.help.zh}
        words = {"title": self.title.en, "description": self.help.en, "x-zh": in_chinese}
        return {**handler(core_schema), **words}


WITHOUT_WORDS = Setting(title=Bilingual("", ""), help=Bilingual("", ""))


class Settings(BaseModel, frozen=True):
    """Settings that belong together; wrong ones cannot be built."""

    model_config = CHECKED

    def to_dict(self) -> dict[str, Any]:
        """The settings as JSON holds them, so that from_dict gives the same value again."""
        return self.model_dump(mode="json")

    def changed(self, **values: Any) -> Self:
        """The same settings but for `values`, checked as anew."""
        return type(self)(**{**dict(self), **values})


class RootSettings(Settings, frozen=True):
    """Settings that stand alone: all that is wrong with them is refused at once, in sentences."""

    refusal: ClassVar[type[BadInput]]

    @classmethod
    def from_dict(
        cls,
        given: dict[str, Any],
        *,
        source: str = "the settings",
        called: Mapping[str, str] | None = None,
    ) -> Self:
        """The settings in `given`, as JSON holds them; what is missing is as usual.

        Raises `refusal`, naming every unknown, missing or wrong setting at once. It says where
        they are from, and calls those in `called` by the names there.
        """
        return cls.model_validate(given, context={"source": source, "called": called or {}})

    @model_validator(mode="wrap")
    @classmethod
    def _refuse(
        cls, given: Any, check: ModelWrapValidatorHandler[Self], about: ValidationInfo
    ) -> Self:
        try:
            return check(given)
        except ValidationError as error:
            given_as = about.context or {"source": "the settings", "called": {}}
            problems = _problems(cls, error, given_as["called"])
            sentence = f"Correct {given_as['source']}: {'; '.join(problems)}."
            raise cls.refusal(sentence, problems=problems) from None


@dataclass(frozen=True, slots=True)
class SettingField:
    """A setting as errors, flags and forms see it."""

    key: str
    """Its name after those of what it lies in, as in `erosion_by_yaw.*.far`."""
    annotation: Any
    """Its type, where None says no more than that it may be left out."""
    metadata: tuple[Any, ...]
    default: Any
    """None when there is none."""
    setting: Setting
    """Its words; those of an item of a list are blank."""

    @property
    def least(self) -> Any:
        return next((each.ge for each in self.metadata if isinstance(each, Ge)), None)

    @property
    def most(self) -> Any:
        return next((each.le for each in self.metadata if isinstance(each, Le)), None)

    @property
    def span(self) -> str:
        """From where to where it may be, when it is a number."""
        if self.least is None:
            return ""
        digits = "d" if self.annotation is int else "g"
        return f"{self.least:{digits}} to {self.most:{digits}}"

    @property
    def choices(self) -> tuple[str | bool, ...]:
        """All that it may be, when that can be listed."""
        return _choices(self.annotation)

    @property
    def expected(self) -> str:
        """What it must be, as an error says it."""
        if self.setting.expects:
            return self.setting.expects
        if self.choices:
            return f"one of {', '.join(as_json(choice) for choice in self.choices)}"
        if self.span:
            return f"{'a whole number' if self.annotation is int else 'a number'} from {self.span}"
        if _is_group(self.annotation):
            return f"an object with {', '.join(self.annotation.model_fields)}"
        kinds = {str: "a name", tuple: "a list"}
        return kinds.get(get_origin(self.annotation) or self.annotation, "an object")

    def complaint(self, value: Any) -> str | None:
        """What an error says of `value` after the setting's name; None when it is right."""
        annotated: Any = Annotated
        adapter: TypeAdapter[Any] = TypeAdapter(
            annotated[(self.annotation, *self.metadata)], config=CHECKED
        )
        try:
            adapter.validate_python(value)
        except ValidationError:
            return f"must be {self.expected}, not {as_json(value)}"
        return None


@cache
def settings_of(model: type[BaseModel]) -> Mapping[str, SettingField]:
    """Every setting of a model by its key, and after each those that lie in it."""
    return {
        each.key: each
        for name, field in model.model_fields.items()
        for each in _walk(name, field.annotation, field.metadata, field)
    }


def _walk(
    key: str, annotation: Any, metadata: list[Any], field: FieldInfo | None = None
) -> Iterator[SettingField]:
    kind = _without_none(annotation)
    default = PydanticUndefined
    if field is not None:
        default = field.get_default(call_default_factory=True, validated_data={})
    yield SettingField(
        key=key,
        annotation=kind,
        metadata=tuple(metadata),
        default=None if default is PydanticUndefined else default,
        setting=next((each for each in metadata if isinstance(each, Setting)), WITHOUT_WORDS),
    )
    if _is_group(kind):
        for name, inner in kind.model_fields.items():
            yield from _walk(f"{key}.{name}", inner.annotation, inner.metadata, inner)
    elif get_origin(kind) in {tuple, dict}:
        item = get_args(kind)[0 if get_origin(kind) is tuple else 1]
        item, *more = get_args(item) if get_origin(item) is Annotated else (item,)
        limits = [limit for each in more if isinstance(each, FieldInfo) for limit in each.metadata]
        yield from _walk(f"{key}.{ITEM}", item, limits)


def _is_group(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _parts(annotation: Any) -> tuple[Any, ...]:
    """The members of a union; any other type by itself."""
    is_union = get_origin(annotation) in {Union, UnionType}
    return get_args(annotation) if is_union else (annotation,)


def _without_none(annotation: Any) -> Any:
    others = [part for part in _parts(annotation) if part is not NoneType]
    return others[0] if len(others) == 1 else annotation


def _choices(annotation: Any) -> tuple[str | bool, ...]:
    listed: list[str | bool] = []
    for part in _parts(annotation):
        if part is bool:
            listed += (True, False)
        elif get_origin(part) is Literal:
            listed += get_args(part)
        else:
            return ()
    return tuple(listed)


def _problems(
    model: type[BaseModel], error: ValidationError, called: Mapping[str, str]
) -> list[str]:
    """All that pydantic found wrong, a sentence each: first what is unknown, then what is missing,
    then what is wrong.
    """
    unknown: list[str] = []
    missing: list[str] = []
    wrong: list[str] = []
    for each in error.errors(include_url=False):
        name = ".".join(str(part) for part in each["loc"])
        match each["type"]:
            case "extra_forbidden":
                unknown.append(f"unknown setting: {called.get(name, name)}")
            case "missing":
                missing.append(f"missing setting: {called.get(name, name)}")
            case "value_error":
                wrong.append(f"{called.get(name, name)} {each['ctx']['error']}")
            case _:
                wrong.append(_wrong_value(settings_of(model), each["loc"], each["input"], called))
    # A value that may be of two kinds is wrong for each of them.
    return [*sorted(unknown), *missing, *dict.fromkeys(wrong)]


def _wrong_value(
    known: Mapping[str, SettingField],
    place: tuple[int | str, ...],
    value: Any,
    called: Mapping[str, str],
) -> str:
    """The sentence on a value that is not what its setting wants."""
    if place[-1:] == ("[key]",):
        *path, key, _ = place
        names = get_args(get_args(known[".".join(map(str, path))].annotation)[0])
        name = ".".join(map(str, path))
        return f"{called.get(name, name)}: there is no {key!r}; choose from {', '.join(names)}"
    field: SettingField | None = None
    key, name = "", ""
    for part in place:
        inner = next((k for k in (f"{key}{part}", f"{key}{ITEM}") if k in known), None)
        if inner is None:
            break
        field, key, name = known[inner], f"{inner}.", f"{name}.{part}".lstrip(".")
    if field is None:
        return "they must be one JSON object"
    return f"{called.get(name, name)} must be {field.expected}, not {as_json(value)}"
