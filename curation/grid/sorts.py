"""What a subject's pictures can be sorted by. One more is one more line here and its words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Sort:
    """One order. Equal ones are by number; those without a value come last, whichever way round."""

    key: str
    """Also the column of Measures, if `column` names no other."""
    column: str = ""
    """An expression over the tables of the listing."""
    is_hint: bool = True
    """Whether it is something that the machine saw: what a viewer may not see yet sorts last."""
    of_pairs: bool = False
    """Whether it asks which pictures are nearly the same."""

    @property
    def expression(self) -> str:
        return self.column or f"m.{self.key}"


NUMBER = Sort(key="number", is_hint=False)

SORTS = {
    sort.key: sort
    for sort in (
        NUMBER,
        Sort(key="sharpness"),
        Sort(key="yaw"),
        Sort(key="pitch"),
        Sort(key="face_size"),
        Sort(key="brightness"),
        Sort(key="num_faces"),
        Sort(key="likeness"),
        Sort(key="suspicion"),
        Sort(key="duplicates", column="d.earliest", of_pairs=True),
    )
}
"""By key, in the order in which a person is offered them."""

FACTS = [sort.key for sort in SORTS.values() if sort.is_hint and not sort.column]
"""What is told of each picture besides."""
