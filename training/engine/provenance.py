"""Content Credentials (C2PA): every generated file says, signed, that and how it was made.

`python -m training.engine.provenance FILE` reads them back, in words or with `--json`; it ends
with 0 when there are any, 1 when there are none or the file was changed since, 2 without a file.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from c2pa import Builder, C2paError, C2paSignerInfo, C2paSigningAlg, Reader, Signer
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from training.engine.checkpoint import Checkpoint
from training.engine.durable import write_bytes
from training.engine.errors import ConversionRefused, NotMarked
from training.engine.events import say

CERTIFICATE, KEY = "certificate.pem", "key.pem"
SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
GENERATOR, VERSION = "Winnow", "0.1.0"
DEVELOPMENT = "Winnow development certificate"
LIFETIME = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class Credentials:
    """A certificate chain and its key, both PEM; ES256."""

    certificate: bytes
    key: bytes


def open_credentials(folder: Path) -> Credentials:
    """The credentials in `folder`; when there are none, self-made ones, kept there for next time.

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
            say(
                f"signing with a self-made development certificate ({certificate}); programs that "
                "check Content Credentials will call it untrusted"
            )
        return Credentials(certificate=certificate.read_bytes(), key=key.read_bytes())
    except OSError as error:
        raise ConversionRefused(
            f"The credentials in {folder} cannot be read or made ({error.strerror}); "
            "name another folder with --credentials."
        ) from error


def describe_conversion(checkpoint: Checkpoint, *, into: str) -> dict[str, Any]:
    """What a file's credentials tell of the model that made it."""
    return {
        "model": checkpoint.about["model"],
        "step": checkpoint.step,
        "checkpoint_sha256": _sha256(checkpoint.path),
        "release_a_manifest_sha256": checkpoint.config.a.manifest_sha256,
        "release_b_manifest_sha256": checkpoint.config.b.manifest_sha256,
        "face_put_in": into,
    }


def sign(unsigned: Path, signed: Path, *, credentials: Credentials, told: dict[str, Any]) -> None:
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
            {"label": "org.winnow.conversion", "data": told},
        ],
        "ingredients": ingredients_of(told),
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


def ingredients_of(told: dict[str, Any]) -> list[dict[str, str]]:
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
            "instance_id": f"sha256:{told[name]}",
        }
        for name, (title, media_type) in kinds.items()
        if told.get(name)
    ]


def read_credentials(path: Path) -> dict[str, Any] | None:
    """The Content Credentials in a file, as c2pa's reader tells them, or None without any."""
    try:
        with Reader(path) as reader:
            store: dict[str, Any] = json.loads(reader.json())
    except C2paError:
        return None
    return store


def make_development_credentials() -> Credentials:
    """A new key with a certificate from an authority of its own, good for ten years."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name, name = _name(f"{DEVELOPMENT} authority"), _name(DEVELOPMENT)
    root = (
        _certificate(root_name, root_name, root_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
    leaf = (
        _certificate(name, root_name, key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False
        )
        .add_extension(issuer, critical=False)
        .sign(root_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    return Credentials(
        certificate=leaf.public_bytes(pem) + root.public_bytes(pem),
        key=key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )


def _certificate(
    subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, GENERATOR),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def in_words(path: Path, store: dict[str, Any]) -> list[str]:
    """What a file's credentials say, a line each."""
    manifest = store["manifests"][store["active_manifest"]]
    by = ", ".join(each["name"] for each in manifest.get("claim_generator_info", []))
    doubts = {each["code"] for each in store.get("validation_status", [])}
    lines = [f"{path}: Content Credentials by {by}, {store['validation_state'].lower()}"]
    if "signingCredential.untrusted" in doubts:
        lines.append("signed with a certificate that nobody vouches for")
    for assertion in manifest["assertions"]:
        if assertion["label"].startswith("c2pa.actions"):
            kinds = {action.get("digitalSourceType", "") for action in assertion["data"]["actions"]}
            lines += [f"made as: {kind.rsplit('/', 1)[-1]}" for kind in sorted(kinds)]
        elif assertion["label"].startswith("org.winnow."):
            lines += [f"{name}: {value}" for name, value in assertion["data"].items()]
    for ingredient in manifest.get("ingredients", []):
        lines.append(f"made from the {ingredient['title']}, {ingredient['instance_id']}")
    return lines


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="training.engine.provenance", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", action="store_true", help="all of it, as c2pa's reader tells it")
    given = parser.parse_args(arguments)
    if not given.file.is_file():
        say(f"There is no file {given.file}.")
        return 2
    store = read_credentials(given.file)
    if store is None:
        say(f"{given.file} carries no Content Credentials.")
        return 1
    told = json.dumps(store, indent=1) if given.json else "\n".join(in_words(given.file, store))
    sys.stdout.write(told + "\n")
    return 0 if store["validation_state"] in {"Valid", "Trusted"} else 1


if __name__ == "__main__":
    sys.exit(main())
