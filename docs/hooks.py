"""What mkdocs does beyond its configuration: adds the reference, and checks what it built."""

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files

from docs.offline import outside_resources
from docs.reference import ROOT, pages

ICON = ROOT / "dashboards" / "icon.svg"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """The pages that are made from the code, and the dashboard's icon."""
    for path, text in pages().items():
        files.append(File.generated(config, path, content=text))
    files.append(File.generated(config, "assets/icon.svg", abs_src_path=str(ICON)))
    return files


def on_post_build(config: MkDocsConfig) -> None:
    """Refuse a site that a browser could not show without a network."""
    found = outside_resources(Path(config.site_dir))
    if found:
        raise PluginError("the site loads from outside: " + "; ".join(found))
