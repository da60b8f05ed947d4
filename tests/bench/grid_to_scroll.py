"""Fills the site that the environment names with pictures to scroll through; run as a program.

    DATA_DIR=… python -m tests.bench.grid_to_scroll NUM_IMAGES PASSWORD

The images have no bytes but thumbnails: a few of the demo's, over and over. Prints the address of
their page; `scale-admin` opens it with the password.
"""

from __future__ import annotations

import os
import sys
from itertools import cycle
from pathlib import Path

import django

DEMO = Path(__file__).resolve().parents[2] / "demo" / "cleaning"
NUM_DISTINCT = 24


def main(num_images: int, password: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415, after setup

    from curation import store  # noqa: PLC0415
    from curation.images.derived import SIZES, Derived  # noqa: PLC0415
    from curation.images.models import Image  # noqa: PLC0415
    from curation.projects.models import User  # noqa: PLC0415
    from curation.vision.thumbnails import copies_of  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    call_command("make_scale_data", images=num_images, stdout=sys.stderr)
    admin = User.objects.get(username="scale-admin")
    admin.set_password(password)
    admin.save()
    pictures = sorted(DEMO.glob("weibo/*.jpg"))[:NUM_DISTINCT]
    thumbs = [copies_of(path.read_bytes(), [SIZES[Derived.THUMB]])[0] for path in pictures]
    digests = Image.objects.order_by("number").values_list("sha256", flat=True)
    for digest, thumb in zip(digests, cycle(thumbs), strict=False):
        store.put_derived(digest, Derived.THUMB.value, thumb)
    print(f"/projects/scale/subjects/{Image.objects.all()[0].subject.slug}/images/")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
