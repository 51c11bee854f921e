"""A mail server for one test: Debian's aiosmtpd, which says a line of JSON of each attempt and each mail.

mail_server.py PORT CERTIFICATE KEY [--no-tls] [--later N]
  --no-tls   offers neither STARTTLS nor a login
  --later N  answers the first N recipients with 451
Logs in `gateway` with the password of the environment, $MAIL_PASSWORD, and nobody else.
"""
import argparse
import json
import os
import ssl
import sys

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

options = argparse.ArgumentParser()
options.add_argument("port", type=int)
options.add_argument("certificate")
options.add_argument("key")
options.add_argument("--no-tls", action="store_true")
options.add_argument("--later", type=int, default=0)
options = options.parse_args()


def say(**what):
    print(json.dumps(what), flush=True)


class Handler:
    later = options.later

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if self.later > 0:
            self.later -= 1
            say(kind="later")
            return "451 4.3.0 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        say(
            kind="mail",
            sender=envelope.mail_from,
            to=envelope.rcpt_tos,
            tls=session.ssl is not None,
            authenticated=bool(session.authenticated),
            client=session.host_name,
            data=envelope.content.decode("ascii"),
        )
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    good = isinstance(data, LoginPassword) and data.login == b"gateway" and data.password == os.environ["MAIL_PASSWORD"].encode()
    return AuthResult(success=good, handled=True)


settings = {}
if not options.no_tls:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.certificate, options.key)
    settings = dict(tls_context=context, require_starttls=True, authenticator=authenticate, auth_required=True)

Controller(Handler(), hostname="127.0.0.1", port=options.port, **settings).start()
say(kind="ready")
sys.stdin.read()
