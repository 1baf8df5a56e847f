"""An OpenID Connect provider that says what a test wants, over real HTTP."""

from __future__ import annotations

import json
import secrets
import threading
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT, SECRET = "tobit", "the client's secret"


class OpenId:
    """``claims`` are added to (or, when None, left out of) the token of the next sign-in."""

    def __init__(self, address: str) -> None:
        self.issuer = address
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
        self.claims: dict[str, Any] = {}
        self.asked: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}

    def authorize(self, address: str) -> tuple[str, str]:
        """``(code, state)``: what the browser brings back from ``address`` after a person signed in there."""
        given = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert given["response_type"] == "code" and given["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(8)
        self._codes[code] = given
        return code, given["state"]

    def token(self, **more: Any) -> str:
        """A signed token with the usual claims and ``more``."""
        now = int(time.time())
        claims = {"iss": self.issuer, "sub": "4711", "aud": CLIENT, "iat": now, "exp": now + 300, **more}
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, {k: v for k, v in claims.items() if v is not None},
                          self.key)  # fmt: skip

    def answer(self, path: str, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """What the provider says."""
        self.asked.append(path)
        if path == "/.well-known/openid-configuration":
            ends = {name: f"{self.issuer}/{name}" for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
            return 200, {"issuer": self.issuer, "end_session_endpoint": f"{self.issuer}/end", **ends}
        if path == "/jwks_uri":
            return 200, KeySet([self.key]).as_dict(private=False)
        basic = b64decode(authorization.removeprefix("Basic ")).decode() if authorization else ""
        begun = self._codes.pop(form.get("code", ""), None)
        challenge = urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        if basic != f"{CLIENT}:{SECRET}" or begun is None or begun["code_challenge"] != challenge:
            return 400, {"error": "invalid_grant"}
        person = {"preferred_username": "kim", "name": "김철수", "email": "kim@plant.kr", "email_verified": True}
        claims = {**person, "groups": ["engineers"], "sid": "s-1", "nonce": begun["nonce"], **self.claims}
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": self.token(**claims)}


@contextmanager
def provider() -> Iterator[OpenId]:
    """A running provider."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            self._answer({name: values[0] for name, values in parse_qs(body).items()})

        def _answer(self, form: dict[str, str]) -> None:
            status, content = known.answer(self.path, form, self.headers.get("authorization", ""))
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(content).encode())

        def log_message(self, *_: object) -> None:
            """Nothing on the console."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        known = OpenId(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield known
        server.shutdown()
        thread.join()
