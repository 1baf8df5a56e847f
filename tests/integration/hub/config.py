"""The example of deploy/, with what a test needs in place of PAM, the Node proxy and fixed ports."""

import json
import os
from pathlib import Path

from jupyterhub.proxy import Proxy

told = json.loads(Path(os.environ["TOBIT_TEST_HUB"]).read_text("utf-8"))
c = get_config()  # noqa: F821 - JupyterHub gives it
load_subconfig(told["example"])  # noqa: F821


class Routes(Proxy):
    """A list of routes: the test speaks to the Hub and to the servers themselves."""

    kept: dict = {}
    should_start = False

    async def add_route(self, routespec, target, data):
        self.kept[routespec] = {"routespec": routespec, "target": target, "data": data}
        (state / "routes.json").write_text(json.dumps({route: kept["target"] for route, kept in self.kept.items()}))

    async def delete_route(self, routespec):
        self.kept.pop(routespec, None)

    async def get_all_routes(self):
        return dict(self.kept)


state = Path(told["state"])
c.JupyterHub.proxy_class = Routes
c.JupyterHub.bind_url = f"http://127.0.0.1:{told['ports'][0]}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{told['ports'][1]}"
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.manage_groups = False
c.JupyterHub.load_groups = {"analysts": {"users": told["analysts"]}}
c.Authenticator.allowed_users = set(told["people"])
c.Authenticator.allow_all = False
c.LocalProcessSpawner.interrupt_timeout = 0
c.Spawner.cmd = told["server"]
c.Spawner.environment = {**c.Spawner.environment, "TOBIT_GATEWAY_URL": told["gate"], **told["environment"]}
c.JupyterHub.services += [{"name": "test", "api_token": told["token"]}]
_SCOPES = ["admin:users", "admin:servers", "admin:server_state", "tokens", "list:users"]
c.JupyterHub.load_roles += [{"name": "test", "scopes": _SCOPES, "services": ["test"]}]
