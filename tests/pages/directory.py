"""A council's directory for the tests: a small OpenID Connect provider on this machine, and the way there and back."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import LazySettings
from django.test import Client

CLIENT_ID, CLIENT_SECRET = "ledger", "the-secret-between-ledger-and-directory"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Directory:
    """The provider: what it says of whoever signs in there, and what it was asked."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.claims: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {}
        self.challenges: list[str] = []

    def answer(self, path: str) -> dict[str, Any]:
        """What the provider's addresses answer."""
        if path.endswith("openid-configuration"):
            return {
                "issuer": self.address,
                "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token",
                "userinfo_endpoint": f"{self.address}/userinfo",
                "jwks_uri": f"{self.address}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            }
        if path == "/token":
            now = int(time.time())
            said = {"iss": self.address, "aud": CLIENT_ID, "iat": now, "exp": now + 60, "sub": "42", **self.claims}
            return {"access_token": "a", "token_type": "Bearer", "id_token": jwt.encode(said, KEY, algorithm="RS256")}
        return {"sub": "42", **self.claims, **self.userinfo}


@contextmanager
def serving(settings: LazySettings) -> Iterator[Directory]:
    """The provider, serving on loopback, and named in the settings."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(found.answer(urlsplit(self.path).path)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            posted = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            assert (posted["client_id"], posted["client_secret"]) == ([CLIENT_ID], [CLIENT_SECRET])
            found.challenges += posted["code_verifier"]
            self.do_GET()

        def log_message(self, *_args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    found = Directory(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    settings.OIDC_ISSUER, settings.OIDC_NAME = found.address, "Plymouth’s directory"
    app = {
        "provider_id": "directory",
        "name": "Directory",
        "client_id": CLIENT_ID,
        "secret": CLIENT_SECRET,
        "settings": {"server_url": found.address},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def come_back(client: Client, directory: Directory, *, next_address: str = "", **claims: Any) -> Any:
    """The whole way there and back, for somebody of whom the directory says this."""
    directory.claims = claims
    there = client.get("/sign-in/directory/", {"next": next_address} if next_address else {})
    asked = parse_qs(urlsplit(there["Location"]).query)
    assert there["Location"].startswith(f"{directory.address}/authorize?")
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://testserver/sign-in/directory/answer/"]
    return client.get("/sign-in/directory/answer/", {"state": asked["state"][0], "code": "c"})
