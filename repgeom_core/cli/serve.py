"""Open the dashboard in the browser, on one bundle, on a folder of bundles, or on the workspace.

examples:
  repgeom serve
  repgeom serve .repgeom/bundles/demo
  repgeom serve /data/bundles --host 0.0.0.0 --port 8080
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
from pathlib import Path
from typing import Any

import repgeom_core
from repgeom_core.errors import BundleError, ConfigError, RepGeomError
from repgeom_core.progress import Progress
from repgeom_core.sentences import reason

LOCAL = {"127.0.0.1": "localhost", "0.0.0.0": "localhost"}  # noqa: S104 - how a browser here names them


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("bundle", nargs="?", type=Path, metavar="BUNDLE_OR_DIR", help="default: the workspace's bundles")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on; 0.0.0.0 lets other machines in (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8501, help="(default: 8501)")


def run(args: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    app = Path(repgeom_core.__file__).parents[1] / "app.py"
    if not app.is_file():
        raise RepGeomError(f"The dashboard's app.py is not beside repgeom_core (looked for {app}); run repgeom from a checkout of RepGeom.")
    environment = {**os.environ}
    if args.bundle is not None:
        environment["REPGEOM_BUNDLE"] = str(_bundle_or_folder(args.bundle))
    _require_free_port(args.host, args.port)
    print(f"RepGeom: http://{LOCAL.get(args.host, args.host)}:{args.port}  (Ctrl-C stops it)", flush=True)
    settings = {
        "server.address": args.host,
        "server.port": args.port,
        "server.headless": "true",  # no browser is opened, no e-mail address is asked for
        "server.fileWatcherType": "none",  # for those who change the code: streamlit run app.py
        "browser.gatherUsageStats": "false",
        # The address stands above already; who reads two asks which one it is.
        "logger.hideWelcomeMessage": "true",
        "logger.level": "warning",
    }
    options = [part for name, value in settings.items() for part in (f"--{name}", str(value))]
    # The server takes this process's place, so that signals and the exit code are its own.
    os.execve(sys.executable, [sys.executable, "-m", "streamlit", "run", str(app), *options], environment)  # noqa: S606


def _bundle_or_folder(path: Path) -> Path:
    if not path.is_dir():
        raise BundleError(f"There is no folder {path}: expected a bundle, or a folder of bundles.")
    if not (path / "manifest.json").is_file() and not any(path.glob("*/manifest.json")):
        raise BundleError(f"{path} is neither a bundle nor a folder of bundles (no manifest.json there, nor one level down).")
    return path.resolve()


def _require_free_port(host: str, port: int) -> None:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
    except (OSError, OverflowError) as error:
        raise ConfigError(f"Cannot listen on {host}:{port} ({reason(error)}); choose another with --host or --port.") from None
