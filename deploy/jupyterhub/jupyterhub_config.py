"""JupyterHub on one machine: everybody's server runs under their own account, the gate beside it.

What matters here is tested with a real Hub in tests/integration/test_jupyterhub.py. Read docs/how-to/jupyterhub.md.
"""

import grp
import os
import pwd
import sys
from pathlib import Path

c = get_config()  # noqa: F821 - JupyterHub gives it

#: The gate's socket for other accounts; https://tobit.example.com:8600 where it is another machine's.
GATE = "unix:///run/tobit/gate.sock"
#: Readable by root alone: the Hub's database and cookie secret name every session. systemd names the folder.
STATE = Path(os.environ.get("STATE_DIRECTORY", "/var/lib/jupyterhub"))
#: Root's; below it a folder for each person. A socket's path has 107 bytes, which a home may exceed.
RUN = Path(os.environ.get("RUNTIME_DIRECTORY", "/run/jupyterhub"))

# -- who ---------------------------------------------------------------------------------------------

# The accounts of this machine; their groups become groups of the Hub, and by TOBIT_HUB_ROLES roles at the gate.
c.JupyterHub.authenticator_class = "pam"
c.Authenticator.allow_all = True
c.Authenticator.manage_groups = True


def with_system_groups(authenticator, handler, person):
    """Adds the account's groups to what the authenticator found."""
    if person is not None:
        gid = pwd.getpwnam(person["name"]).pw_gid
        person["groups"] = [grp.getgrgid(each).gr_name for each in os.getgrouplist(person["name"], gid)]
    return person


c.Authenticator.post_auth_hook = with_system_groups

# -- one account per server --------------------------------------------------------------------------

# The Hub runs as root and gives each server its person's uid. This is what keeps people apart; a spawner
# that runs all servers under one uid (SimpleLocalProcessSpawner) does not.
c.JupyterHub.spawner_class = "localprocess"
c.Spawner.cmd = [str(Path(sys.prefix) / "bin" / "jupyterhub-singleuser")]
c.Spawner.default_url = "/lab"
# What a server writes is its person's alone.
c.LocalProcessSpawner.popen_kwargs = {"umask": 0o077}
# By TCP every account of the machine could listen to a kernel's output: its key signs, it does not encrypt.
c.Spawner.args = ["--KernelManager.transport=ipc"]
c.Spawner.environment = {
    "TOBIT_GATEWAY_URL": GATE,
    "JUPYTER_RUNTIME_DIR": lambda spawner: str(RUN / spawner.user.name),
}


def with_private_folders(spawner):
    """Closes the person's home to others (useradd may leave it open), and makes the folder of their kernels."""
    person = pwd.getpwnam(spawner.user.name)
    Path(person.pw_dir).chmod(0o700)
    folder = RUN / spawner.user.name
    folder.mkdir(mode=0o700, exist_ok=True)
    os.chown(folder, person.pw_uid, person.pw_gid)


c.Spawner.pre_spawn_hook = with_private_folders

# -- the gate ----------------------------------------------------------------------------------------

# Kernels show the Hub's token of their server to the gate, which asks the Hub whose it is. The scope says
# that a token is meant for the gate: one that a person gave to another service of the Hub does not have it.
c.JupyterHub.services = [{"name": "tobit", "display": False}]
_AT_GATE = "access:services!service=tobit"
c.JupyterHub.load_roles = [
    {"name": "user", "scopes": ["self", _AT_GATE]},
    {"name": "server", "scopes": ["users:activity!user", "access:servers!server", _AT_GATE]},
]

# -- the Hub itself ----------------------------------------------------------------------------------

c.JupyterHub.bind_url = "http://127.0.0.1:8000"  # behind a reverse proxy that speaks TLS
c.JupyterHub.hub_bind_url = "http://127.0.0.1:8081"
c.JupyterHub.db_url = f"sqlite:///{STATE}/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = str(STATE / "cookie_secret")
c.ConfigurableHTTPProxy.pid_file = str(STATE / "proxy.pid")
