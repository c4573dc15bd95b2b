"""A tiny Fashion-MNIST, and mirrors on loopback that serve it, well or badly."""

import gzip
import hashlib
import struct
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np

from physlib.archives import STEMS


def idx(array):
    """`array` in the IDX format of LeCun, Cortes and Burges."""
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def packed():
    """Its four files by name, packed as they are published: 20 images, and 200 to test on."""
    generator = np.random.default_rng(0)
    files = {}
    for stem in STEMS:
        n = 20 if stem.startswith("train") else 200
        shape = (n, 28, 28) if "images" in stem else (n,)
        values = generator.integers(256 if "images" in stem else 10, size=shape).astype(np.uint8)
        files[f"{stem}.gz"] = gzip.compress(idx(values))
    return files


def sums(files):
    """The files with their MD5 sums, as torchvision lists them."""
    return [(name, hashlib.md5(content).hexdigest()) for name, content in files.items()]


def put(folder, files):
    """Lay `files` out under `folder` as torchvision does."""
    raw = folder / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    for name, content in files.items():
        (raw / name).write_bytes(content)
    return raw


def assert_is(files, data):
    images = gzip.decompress(files["train-images-idx3-ubyte.gz"])[16:]
    assert data.train_images.numpy().tobytes() == images
    labels = gzip.decompress(files["t10k-labels-idx1-ubyte.gz"])[8:]
    assert data.test_labels.tolist() == list(labels)


@contextmanager
def serving(respond):
    """The address of a server that answers each request by `respond(handler, name)`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            if self.headers["Method"] == "HEAD":  # torchvision looks for redirections so
                send(self, b"")
            else:
                respond(self, self.path.rpartition("/")[2])

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{httpd.server_port}/"
        httpd.shutdown()


def send(handler, content, of=None):
    """Answer with `content`, announced as `of` bytes if that is given."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(content) if of is None else of))
    handler.end_headers()
    handler.wfile.write(content)
    handler.wfile.flush()
