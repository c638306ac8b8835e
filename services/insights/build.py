"""Makes the virtual environment of insights: `python3 services/insights/build.py [--dev]`.

It is at `.local/build/insights` of the repository, with `--dev` at `.local/build/insights-dev`, and has exactly the
packages of the lock file. Nothing is done when it has them already.
"""

import hashlib
import os
import shutil
import sys

OLDEST_PYTHON = (3, 11)
HERE = os.path.dirname(os.path.abspath(__file__))
BUILDS = os.path.join(os.path.dirname(os.path.dirname(HERE)), ".local", "build")


def main(arguments):
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(str(part) for part in sys.version_info[:3])
        return "insights needs Python 3.11 or newer; python3 is {} ({})".format(found, sys.executable)
    if arguments not in ([], ["--dev"]):
        return "usage: python3 services/insights/build.py [--dev]"
    name, lock_file = (
        ("insights-dev", "requirements-dev.txt") if arguments else ("insights", "requirements.txt")
    )
    folder = os.path.join(BUILDS, name)
    requirements = os.path.join(HERE, lock_file)
    stamp = stamp_of(requirements)
    if is_current(folder, stamp):
        return None
    os.makedirs(BUILDS, exist_ok=True)
    with open(folder + ".lock", "w") as lock:
        wait_for(lock)
        # Somebody else may have made it in the meantime.
        return None if is_current(folder, stamp) else build(folder, requirements, stamp)


def stamp_of(requirements):
    """What an environment depends on: the lock file, the Python that it is made of, and where the service is."""
    with open(requirements, "rb") as file:
        lock = hashlib.sha256(file.read()).hexdigest()
    return "\n".join([lock, sys.version, os.path.realpath(sys.executable), HERE, ""])


def is_current(folder, stamp):
    try:
        with open(os.path.join(folder, "stamp"), encoding="utf-8") as file:
            return file.read() == stamp
    except OSError:
        return False


def wait_for(lock):
    """The lock goes with the process, however that ends."""
    import fcntl

    fcntl.flock(lock, fcntl.LOCK_EX)


def build(folder, requirements, stamp):
    """Replaces what is there. The stamp comes last: without it, the next build begins anew."""
    import subprocess

    try:
        import ensurepip  # noqa: F401
        import venv
    except ImportError as error:
        return "python3 ({}) has no {}: install it, on Debian with `apt install python3-venv`".format(
            sys.executable, error.name
        )
    shutil.rmtree(folder, ignore_errors=True)
    try:
        venv.create(folder, with_pip=True)
    except subprocess.CalledProcessError as error:
        return "no virtual environment can be made at {}: {}".format(folder, error)
    python = os.path.join(folder, "bin", "python")
    pip = [python, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    installed = subprocess.run(
        [*pip, "install", "--require-hashes", "--requirement", requirements], check=False
    )
    if installed.returncode != 0:
        return "pip could not install {} (exit code {})".format(requirements, installed.returncode)
    with open(os.path.join(site_packages(python), "insights.pth"), "w", encoding="utf-8") as file:
        file.write(HERE + "\n")
    half = os.path.join(folder, "stamp.new")
    with open(half, "w", encoding="utf-8") as file:
        file.write(stamp)
    os.replace(half, os.path.join(folder, "stamp"))
    return None


def site_packages(python):
    import subprocess

    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    return subprocess.run([python, "-c", code], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
