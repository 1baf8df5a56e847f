"""Demo data of the factory: 180 days of two plants, with incidents whose root cause is known."""

from tobit_kernel.server.factory.demo.incidents import INCIDENTS as INCIDENTS
from tobit_kernel.server.factory.demo.incidents import Incident as Incident
from tobit_kernel.server.factory.demo.seed import seed as seed
