"""Answers on $PORT with the version of Python, the time zone, and what a C extension says."""

import json
import os
import platform
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import native


class Hello(BaseHTTPRequestHandler):
    def do_GET(self):
        answer = {
            "language": "python",
            "version": platform.python_version(),
            "timezone": time.strftime("%z"),
            "native": native.answer(),
        }
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


# Process 1 gets no default handlers: without this, SIGTERM would do nothing.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
HTTPServer(("", int(os.environ.get("PORT", "8080"))), Hello).serve_forever()
