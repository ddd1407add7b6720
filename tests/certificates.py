# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Keys and certificates for tests, made by openssl.

    authority = Identity(folder, "authority")
    server = Identity(folder, "server", authority, hosts="DNS:www.example.com,DNS:*.example.com")
    server.certificate, server.key                files
    ocsp_response(server, authority, path)        what the authority says of it: good
"""
import shutil
import subprocess

from larder_process import DEADLINE_S


def openssl(*arguments, **options):
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True,
                          timeout=DEADLINE_S, check=False, **options)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


class Identity:
    """A key and a certificate, in files."""

    def __init__(self, folder, name, issuer=None, hosts=""):
        self.name = name
        self.key, self.certificate = folder / f"{name}.key", folder / f"{name}.crt"
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", self.key)
        subject = ["-subj", f"/CN={name}", "-key", self.key]
        if hosts:
            subject += ["-addext", f"subjectAltName={hosts}"]
        if issuer is None:
            openssl("req", "-x509", "-new", "-days", 1, *subject, "-out", self.certificate)
        else:
            request = openssl("req", "-new", *subject)
            openssl("x509", "-req", "-days", 1, "-copy_extensions", "copyall",
                    "-CA", issuer.certificate, "-CAkey", issuer.key,
                    "-CAcreateserial", "-out", self.certificate, input=request)
        for path in (self.key, self.certificate):
            path.chmod(0o644)

    def become(self, other):
        shutil.copy(other.key, self.key)
        shutil.copy(other.certificate, self.certificate)


def ocsp_response(subject, issuer, path, status="V"):
    """Writes what the issuer answers about that certificate: V is good, R is revoked."""
    folder = subject.certificate.parent
    question, index = folder / "question.der", folder / "index.txt"
    openssl("ocsp", "-issuer", issuer.certificate, "-cert", subject.certificate,
            "-reqout", question)
    serial = openssl("x509", "-in", subject.certificate, "-noout", "-serial").decode()
    revoked = "250101000000Z" if status == "R" else ""
    index.write_text(f"{status}\t491231235959Z\t{revoked}\t{serial.strip().partition('=')[2]}"
                     f"\tunknown\t/CN={subject.name}\n")
    openssl("ocsp", "-index", index, "-rsigner", issuer.certificate, "-rkey", issuer.key,
            "-CA", issuer.certificate, "-reqin", question, "-respout", path, "-ndays", 1)
    path.chmod(0o644)
