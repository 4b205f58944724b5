"""A web server for the tests of lngraph fetch: python3 httpd.py FOLDER LOG writes its port to LOG, then a line for each request: PATH RANGE.

The first part of the path says how it behaves: good (knows ranges), norange (ignores them), cut (promises all and sends half of it), slow (sends a
little and waits), wrong (another content), endless (never stops), trickle (a byte now and then), ftp and moved (redirect to FTP, and to
good); anything else is not found, and broken answers 500."""
import http.server
import os
import sys
import time

FOLDER, LOG = sys.argv[1:]


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *arguments):
        pass

    def do_GET(self):
        _, how, name = self.path.split("/", 2)
        wanted = self.headers.get("Range")
        with open(LOG, "a") as log:
            print(self.path, wanted or "-", file=log)
        path = os.path.join(FOLDER, name)
        if how == "broken":
            return self.send_error(500)
        if how in ("ftp", "moved"):
            self.send_response(302)
            self.send_header("Location", "ftp://127.0.0.1:1/" + name if how == "ftp" else "/good/" + name)
            self.send_header("Content-Length", "0")
            return self.end_headers()
        if how in ("endless", "trickle"):
            self.send_response(200)
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b"x" * (65536 if how == "endless" else 1))
                    time.sleep(0 if how == "endless" else 0.2)
            except OSError:  # the other end has had enough
                return
        if how not in ("good", "norange", "cut", "slow", "wrong") or not os.path.exists(path):
            return self.send_error(404)
        with open(path, "rb") as file:
            content = file.read()
        if how == "wrong":
            content = content[:-1] + bytes([content[-1] ^ 1])
        first = int(wanted[6:].split("-")[0]) if wanted and how != "norange" else 0
        if first >= len(content):
            return self.send_error(416)
        rest = content[first:]
        self.send_response(206 if first else 200)
        if first:
            self.send_header("Content-Range", f"bytes {first}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        if how == "cut":
            rest = rest[: (len(rest) + 1) // 2] if len(rest) > 100 else rest
        if how == "slow":
            self.wfile.write(rest[:9000])
            self.wfile.flush()
            time.sleep(60)
        self.wfile.write(rest)


with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
    server.daemon_threads = True
    with open(LOG, "w") as log:
        print(server.server_port, file=log)
    server.serve_forever()
