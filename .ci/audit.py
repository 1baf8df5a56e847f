"""Known vulnerabilities of the packages in a lock: fails on one, and says so when it could not look.

pip-audit itself reports success when its database knows none of the packages, which is what an
answer from a mirror without one looks like; so the packages that it did look up are counted here.
"""

import json
import subprocess
import sys
from pathlib import Path


def main(lock: str) -> int:
    program = Path(sys.executable).with_name("pip-audit")
    flags = "--format json --progress-spinner off --timeout 10 --disable-pip --require-hashes --requirement".split()
    try:
        done = subprocess.run([program, *flags, lock], capture_output=True, text=True, timeout=180)
        found = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError, subprocess.TimeoutExpired):
        print("pip-audit: NOT AUDITED, its database could not be reached from here.")
        return 0
    looked_up = [package for package in found if "skip_reason" not in package]
    for package in looked_up:
        for hole in package["vulns"]:
            mended = ", ".join(hole["fix_versions"]) or "no version yet"
            print(f"{package['name']} {package['version']}: {hole['id']}, mended in {mended}")
    print(f"pip-audit: {len(looked_up)} of {len(found)} packages of {lock} were looked up.")
    if not looked_up:
        print("pip-audit: NOT AUDITED, its database knows none of them from here.")
    return 1 if any(package["vulns"] for package in looked_up) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
