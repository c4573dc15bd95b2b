"""`make links` goes through every link to another host. Here it only lists them: no network."""

import json
import re
import subprocess
import sys

import yaml
from site_pages import BUILT, PAGES, ROOT


def test_links_to_other_hosts_are_listed_and_a_target_of_its_own_checks_them(site, tmp_path):
    config = yaml.safe_load((ROOT / "_config.yml").read_text())
    config["sphinx"]["config"]["linkcheck_ignore"] = [".*"]  # list, and ask nobody
    extensions = config["sphinx"]["local_extensions"]  # paths, from where the file lies
    extensions |= {name: str(ROOT / path) for name, path in extensions.items()}
    (tmp_path / "_config.yml").write_text(yaml.safe_dump(config))
    [recipe] = re.findall(r"jupyter-book (.* linkcheck) \.", (ROOT / "Makefile").read_text())
    main = "from jupyter_book.cli.main import main; main()"
    book = [sys.executable, "-c", main, *recipe.split(), str(ROOT)]
    apart = ["--config", str(tmp_path / "_config.yml"), "--path-output", str(tmp_path)]
    subprocess.run(book + apart, check=True, capture_output=True)
    lines = (tmp_path / "_build" / "linkcheck" / "output.json").read_text().splitlines()
    listed = {line["uri"] for line in map(json.loads, lines)}
    article = r'class="reference external" href="(https?://[^"#]*)'
    linked = {u for page in PAGES for u in re.findall(article, (BUILT / page).read_text())}
    assert linked
    assert linked <= listed
