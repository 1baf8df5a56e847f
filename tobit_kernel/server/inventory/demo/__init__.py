"""Demo data of the operations model, with incidents whose root cause is known."""

from tobit_kernel.server.inventory.demo.incidents import INCIDENTS as INCIDENTS
from tobit_kernel.server.inventory.demo.incidents import Incident as Incident
from tobit_kernel.server.inventory.demo.seed import made_with as made_with
from tobit_kernel.server.inventory.demo.seed import seed as seed
