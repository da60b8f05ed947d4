"""Content Credentials (C2PA): signed provenance of every generated file.

`python -m training.engine.credentials.provenance FILE` prints them, as text or with `--json`.
Exit code 0: valid; 1: none, or the file was changed since; 2: no such file.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from c2pa import Builder, C2paError, C2paSignerInfo, C2paSigningAlg, Reader, Signer

from curation.files import write_bytes
from training.engine.checkpoints.checkpoint import Checkpoint
from training.engine.credentials.certificates import (
    GENERATOR,
    Credentials,
    is_development,
    make_development_credentials,
)
from training.engine.errors import ConversionRefused, NotMarked
from training.engine.run.events import say

CERTIFICATE, KEY = "certificate.pem", "key.pem"
CREDENTIALS_VARIABLE = "WINNOW_C2PA_DIR"
CREDENTIALS_HELP = (
    f"folder with {CERTIFICATE} and {KEY} to sign with (ES256), as also {CREDENTIALS_VARIABLE} "
    "names; without it, a self-signed development certificate is kept beside the checkpoints"
)
SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
VERSION = "0.1.0"
DOUBTS = {
    "signingCredential.untrusted": "signed with an untrusted certificate",
    "signingCredential.expired": "signed with an expired certificate",
    "signingCredential.revoked": "signed with a revoked certificate",
    "assertion.dataHash.mismatch": "the picture was changed since it was signed",
    "assertion.bmffHash.mismatch": "the video was changed since it was signed",
    "assertion.hashedURI.mismatch": "the credentials were changed since they were signed",
    "claimSignature.mismatch": "the signature does not match these credentials: they were "
    "changed since, or signed with another key",
    "claimSignature.missing": "there is no signature",
    "assertion.missing": "a signed assertion is missing",
}
"""Explanations of c2pa's most common validation codes."""


def open_credentials(folder: Path) -> Credentials:
    """The credentials in `folder`; when there are none, self-signed ones, kept there.

    Raises ConversionRefused when the folder can neither be read nor written.
    """
    certificate, key = folder / CERTIFICATE, folder / KEY
    try:
        if not (certificate.is_file() and key.is_file()):
            folder.mkdir(parents=True, exist_ok=True)
            made = make_development_credentials()
            write_bytes(key, made.key)
            key.chmod(0o600)
            write_bytes(certificate, made.certificate)
        credentials = Credentials(certificate=certificate.read_bytes(), key=key.read_bytes())
    except OSError as error:
        raise ConversionRefused(
            f"The credentials in {folder} cannot be read or made ({error.strerror}); "
            "use another folder with --credentials."
        ) from error
    if is_development(credentials):
        say(
            f"signing with a self-signed development certificate ({certificate}); programs that "
            "check Content Credentials will report it as untrusted"
        )
    return credentials


def credentials_for(checkpoint: Checkpoint, given: Path | None) -> Credentials:
    """What to sign with: a given folder, else the one of the environment, else self-signed.

    Raises ConversionRefused.
    """
    named = os.environ.get(CREDENTIALS_VARIABLE)
    if given is None and named:
        given = Path(named)
    if given is None:
        return open_credentials(own_credentials(checkpoint))
    return open_given_credentials(given)


def open_given_credentials(folder: Path) -> Credentials:
    """The credentials in a named folder, which must hold them.

    Raises ConversionRefused when it does not: a misspelt name must not sign as somebody else.
    """
    missing = [name for name in (CERTIFICATE, KEY) if not (folder / name).is_file()]
    if missing:
        raise ConversionRefused(
            f"There is no {' and no '.join(missing)} in {folder}. Correct --credentials (or "
            f"{CREDENTIALS_VARIABLE}), or omit it to sign with a self-signed development "
            "certificate."
        )
    return open_credentials(folder)


def own_credentials(checkpoint: Checkpoint) -> Path:
    """Folder of self-signed credentials: in the run folder, else beside the checkpoint."""
    return (checkpoint.run_dir or checkpoint.path.parent) / "credentials"


def describe_model(checkpoint: Checkpoint) -> dict[str, Any]:
    """Facts about the run and the model for a file's credentials."""
    # The folder's name is for people; the id is unique.
    run = {
        "run": checkpoint.run_dir.name if checkpoint.run_dir else None,
        "run_id": checkpoint.about.get("run_id"),
    }
    return {
        **{name: value for name, value in run.items() if value is not None},
        "model": checkpoint.about["model"],
        "step": checkpoint.step,
        "checkpoint_sha256": _sha256(checkpoint.path),
        "release_a_manifest_sha256": checkpoint.config.a.manifest_sha256,
        "release_b_manifest_sha256": checkpoint.config.b.manifest_sha256,
    }


def sign(unsigned: Path, signed: Path, *, credentials: Credentials, facts: dict[str, Any]) -> None:
    """Write `signed`: the picture or video in `unsigned` with Content Credentials inside.

    Raises NotMarked, leaving no `signed`, when that cannot be done.
    """
    manifest = {
        "claim_generator_info": [{"name": GENERATOR, "version": VERSION}],
        "title": f"generated{signed.suffix}",
        "assertions": [
            {
                "label": "c2pa.actions",
                "data": {"actions": [{"action": "c2pa.created", "digitalSourceType": SOURCE_TYPE}]},
            },
            {"label": "org.winnow.conversion", "data": facts},
        ],
        "ingredients": ingredients_of(facts),
    }
    information = C2paSignerInfo(
        C2paSigningAlg.ES256, credentials.certificate, credentials.key, None
    )
    try:
        with Signer.from_info(information) as signer, Builder(manifest) as builder:
            builder.sign_file(unsigned, signed, signer)
        if not read_credentials(signed):
            raise NotMarked(f"{signed} shows no Content Credentials after signing.")
    except (C2paError, OSError) as error:
        signed.unlink(missing_ok=True)
        raise NotMarked(
            f"The output could not be given Content Credentials, so it was not written: {error}"
        ) from error


def ingredients_of(facts: dict[str, Any]) -> list[dict[str, str]]:
    """What the file was made from, each by its SHA-256: both releases and the model's weights."""
    kinds = {
        "release_a_manifest_sha256": ("release of person A", "application/x-ndjson"),
        "release_b_manifest_sha256": ("release of person B", "application/x-ndjson"),
        "checkpoint_sha256": ("weights of the model", "application/octet-stream"),
    }
    return [
        {
            "title": title,
            "format": media_type,
            "relationship": "inputTo",
            "instance_id": f"sha256:{facts[name]}",
        }
        for name, (title, media_type) in kinds.items()
        if facts.get(name)
    ]


def read_credentials(path: Path) -> dict[str, Any] | None:
    """The Content Credentials in a file, as c2pa's reader gives them, or None without any."""
    try:
        with Reader(path) as reader:
            store: dict[str, Any] = json.loads(reader.json())
    except C2paError:
        return None
    return store


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def in_words(path: Path, store: dict[str, Any]) -> list[str]:
    """A file's credentials as text lines; invalid ones with the reasons."""
    manifest = store.get("manifests", {}).get(store.get("active_manifest"), {})
    by = ", ".join(each["name"] for each in manifest.get("claim_generator_info", []))
    lines = [f"{path}: Content Credentials by {by}, {store['validation_state'].lower()}"]
    lines += [in_word(each) for each in store.get("validation_status", [])]
    if holds(store):
        return [*lines, *claims_of(manifest)]
    claims = [f"  unproven: {claim}" for claim in claims_of(manifest)]
    if not claims:
        return [*lines, "nothing about its origin can be read"]
    return [*lines, "none of these claims is proven:", *claims]


def in_word(doubt: dict[str, str]) -> str:
    """The explanation of a validation code."""
    meaning = DOUBTS.get(doubt["code"])
    return meaning or f"{doubt['code']}: {doubt.get('explanation', 'no explanation')}"


def holds(store: dict[str, Any]) -> bool:
    """Whether the signature is valid for the file."""
    return store["validation_state"] in {"Valid", "Trusted"}


def claims_of(manifest: dict[str, Any]) -> list[str]:
    """A manifest's claims about its file, a line each."""
    lines = []
    for assertion in manifest.get("assertions", []):
        if assertion["label"].startswith("c2pa.actions"):
            kinds = {action.get("digitalSourceType", "") for action in assertion["data"]["actions"]}
            lines += [f"made as: {kind.rsplit('/', 1)[-1]}" for kind in sorted(kinds)]
        elif assertion["label"].startswith("org.winnow."):
            lines += [f"{name}: {value}" for name, value in assertion["data"].items()]
    for ingredient in manifest.get("ingredients", []):
        lines.append(f"made from the {ingredient.get('title')}, {ingredient.get('instance_id')}")
    return lines


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="training.engine.credentials.provenance", description=__doc__
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", action="store_true", help="the full manifest store as JSON")
    given = parser.parse_args(arguments)
    if not given.file.is_file():
        say(f"There is no file {given.file}.")
        return 2
    store = read_credentials(given.file)
    if store is None:
        say(f"{given.file} carries no Content Credentials.")
        return 1
    answer = json.dumps(store, indent=1) if given.json else "\n".join(in_words(given.file, store))
    sys.stdout.write(answer + "\n")
    return 0 if holds(store) else 1


if __name__ == "__main__":
    sys.exit(main())
