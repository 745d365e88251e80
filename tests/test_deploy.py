"""What deploy/ describes: that it is well formed, that its parts agree, and that the image carries what the lock names.

What it does when it runs is in tests/test_replicas.py."""

import base64
import hashlib
import json
import re
import tomllib
from importlib import metadata
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import streamlit
from kubernetes_validate.utils import validate
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from ruamel.yaml import YAML

from tests.apptest import ROOT

DEPLOY = ROOT / "deploy"
KUBERNETES = "1.37"
NGINX = (DEPLOY / "nginx.conf").read_text()
LOCK = (ROOT / "requirements.lock").read_text()


def documents(name: str) -> list[dict[str, Any]]:
    return list(YAML(typ="safe").load_all((DEPLOY / name).read_text()))


def objects(kind: str) -> dict[str, dict[str, Any]]:
    """The objects of one kind in kubernetes.yaml, by name."""
    return {one["metadata"]["name"]: one for one in documents("kubernetes.yaml") if one["kind"] == kind}


def pods() -> list[dict[str, Any]]:
    return [one["spec"]["template"]["spec"] for one in objects("Deployment").values()]


def containers() -> list[dict[str, Any]]:
    return [container for pod in pods() for container in pod["containers"]]


# Schemas.


def compose_faults(content: dict[str, Any]) -> list[str]:
    text = (files("check_jsonschema") / "builtin_schemas/vendor/compose-spec.json").read_text()
    schema = json.loads(text)
    return [error.message for error in jsonschema.validators.validator_for(schema)(schema).iter_errors(content)]


def test_compose_is_what_the_compose_specification_allows() -> None:
    (content,) = documents("compose.yaml")
    assert compose_faults(content) == []
    content["services"]["front"]["restrat"] = "always"
    assert compose_faults(content), "the schema sees a misspelt field"


def test_every_object_is_what_kubernetes_allows() -> None:
    found = documents("kubernetes.yaml")
    for one in found:
        validate(one, KUBERNETES, strict=True)
    (wrong,) = objects("HorizontalPodAutoscaler").values()
    wrong["spec"]["maxReplica"] = 3
    with pytest.raises(Exception, match="maxReplica"):
        validate(wrong, KUBERNETES, strict=True)
    kinds = {one["kind"] for one in found}
    assert kinds >= {"Deployment", "Service", "Ingress", "HorizontalPodAutoscaler", "PodDisruptionBudget"}


# That the parts agree.


def test_names_that_point_at_something_point_at_something() -> None:
    labels = {name: one["spec"]["template"]["metadata"]["labels"] for name, one in objects("Deployment").items()}
    for kind in ("Service", "PodDisruptionBudget", "NetworkPolicy"):
        for one in objects(kind).values():
            spec = one["spec"]
            wanted = spec.get("podSelector", spec.get("selector"))
            assert wanted.get("matchLabels", wanted) in labels.values()
    (scaler,) = objects("HorizontalPodAutoscaler").values()
    target = scaler["spec"]["scaleTargetRef"]["name"]
    assert target in objects("Deployment") and "replicas" not in objects("Deployment")[target]["spec"]
    (ingress,) = objects("Ingress").values()
    (backend,) = (path["backend"]["service"] for path in ingress["spec"]["rules"][0]["http"]["paths"])
    assert backend["port"]["name"] in {port["name"] for port in objects("Service")[backend["name"]]["spec"]["ports"]}
    (kustomization,) = documents("kustomization.yaml")
    named = {*kustomization["resources"]}
    for made in kustomization["configMapGenerator"]:
        named |= {*made["files"]}
    assert all((DEPLOY / name).exists() for name in named)
    volumes = [volume["configMap"] for pod in pods() for volume in pod["volumes"] if "configMap" in volume]
    for volume in volumes:
        (made,) = (made for made in kustomization["configMapGenerator"] if made["name"] == volume["name"])
        assert {item["key"] for item in volume["items"]} <= {*made["files"]}
    assert {image["name"] for image in kustomization["images"]} <= {container["image"] for container in containers()}


def test_the_template_is_filled_in_wherever_it_is_used() -> None:
    wanted = {*re.findall(r"\$\{(\w+)\}", (DEPLOY / "replicas.conf.template").read_text())}
    (compose,) = documents("compose.yaml")
    front = compose["services"]["front"]
    (cluster,) = (one for one in containers() if "nginx" in one["image"])
    given = {one["name"]: one.get("value") for one in cluster["env"]}
    for environment, mounted in (
        (front["environment"], [volume.split(":")[1] for volume in front["volumes"]]),
        (
            given,
            [
                f"/etc/nginx/templates/{item['path']}"
                for pod in pods()
                for v in pod["volumes"]
                if "configMap" in v
                for item in v["configMap"]["items"]
            ],
        ),
    ):
        told = environment["NGINX_ENVSUBST_FILTER"].replace("$$", "$")
        assert {name for name in wanted if re.search(told, name)} == wanted
        assert not any(re.search(told, name) for name in re.findall(r"\$(\w+)", NGINX)), "nginx's own variables stay"
        assert wanted - {"NGINX_LOCAL_RESOLVERS"} <= {*environment}
        assert environment["NGINX_ENTRYPOINT_LOCAL_RESOLVERS"] == "1"
        assert {Path(path).name for path in mounted} == {"nginx.conf.template", "replicas.conf.template"}
    assert f"/{front['environment']['NGINX_ENVSUBST_OUTPUT_DIR'].strip('/')}/nginx.conf" in front["command"]
    assert front["image"] == cluster["image"] and front["command"] == cluster["args"]


def test_nothing_runs_with_more_rights_than_it_needs() -> None:
    (compose,) = documents("compose.yaml")
    for service in compose["services"].values():
        assert (
            service["read_only"] is True and service["cap_drop"] == ["ALL"] and service["restart"] == "unless-stopped"
        )
        assert "no-new-privileges:true" in service["security_opt"]
        assert {"cpus", "memory", "pids"} <= {*service["deploy"]["resources"]["limits"]}
    for pod in pods():
        assert pod["securityContext"]["runAsNonRoot"] and not pod["automountServiceAccountToken"]
    for one in containers():
        held = one["securityContext"]
        assert (
            held["readOnlyRootFilesystem"]
            and not held["allowPrivilegeEscalation"]
            and held["capabilities"] == {"drop": ["ALL"]}
        )
        assert {"cpu", "memory"} == {*one["resources"]["limits"]} == {*one["resources"]["requests"]}
        assert {"readinessProbe", "livenessProbe", "lifecycle"} <= {*one}


def test_a_replica_is_ready_once_its_page_has_run() -> None:
    (dashboard,) = (one for one in containers() if "nginx" not in one["image"])
    path = "/_stcore/script-health-check"
    assert dashboard["startupProbe"]["httpGet"]["path"] == path
    assert {"name": "STREAMLIT_SERVER_SCRIPT_HEALTH_CHECK_ENABLED", "value": "true"} in dashboard["env"]
    recipe = (ROOT / "Containerfile").read_text()
    assert path in recipe and "STREAMLIT_SERVER_SCRIPT_HEALTH_CHECK_ENABLED=true" in recipe
    # And goes out of the list of replicas before it goes.
    assert dashboard["lifecycle"]["preStop"]["sleep"]["seconds"] > 2 * int(
        re.findall(r"valid=(\d+)s", (DEPLOY / "replicas.conf.template").read_text())[0]
    )


def test_the_one_script_in_streamlits_page_is_the_one_that_nginx_allows() -> None:
    page = (Path(streamlit.__file__).parent / "static/index.html").read_text()
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert len(scripts) == 1
    hashed = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert f"'sha256-{hashed}'" in NGINX


def test_nginx_takes_a_file_that_the_page_takes() -> None:
    limit = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())["server"]["maxUploadSize"]
    assert f"client_max_body_size {limit + 1}m;" in NGINX


# The image.


def test_the_image_holds_what_the_app_needs_and_starts_it_as_the_readme_does() -> None:
    recipe = (ROOT / "Containerfile").read_text()
    copied = [name for line in re.findall(r"^COPY (.*)$", recipe, re.MULTILINE) for name in line.split()[:-1]]
    assert all((ROOT / name).exists() for name in copied)
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]["find"]["include"]
    assert {name.rstrip("*") for name in packages} <= set(copied)
    command = json.loads(recipe.rsplit("CMD ", 1)[1])
    assert " ".join(command[:3]) == "streamlit run dashboard/app.py"
    (user,) = {pod["securityContext"]["runAsUser"] for pod in pods()} - {101}
    assert f"USER {user}" in recipe and f"--uid {user}" in recipe
    assert "--require-hashes" in recipe and "requirements.lock" in copied
    assert (ROOT / "requirements.txt").read_text().splitlines()[-1] == "-e ."


def locked() -> dict[str, str]:
    return {
        canonicalize_name(name): version for name, version in re.findall(r"^([\w.-]+)==([^\s;]+)", LOCK, re.MULTILINE)
    }


def test_the_lock_holds_the_pins_and_all_that_they_need_each_with_its_hashes() -> None:
    versions = locked()
    for line in (ROOT / "requirements.txt").read_text().splitlines()[:-1]:
        pin = Requirement(line)
        assert versions[canonicalize_name(pin.name)] in pin.specifier
    for entry in re.split(r"\n(?=\w)", re.sub(r"^\s*#.*\n", "", LOCK, flags=re.MULTILINE)):
        assert "--hash=sha256:" in entry and "==" in entry, entry[:80]
    environment = {**default_environment(), "sys_platform": "linux", "platform_system": "Linux", "extra": ""}
    for name, version in versions.items():
        # What a package needs is known where the version that is locked is installed.
        if metadata.version(name) == version:
            for need in map(Requirement, metadata.requires(name) or ()):
                if need.marker is None or need.marker.evaluate(environment):
                    assert versions[canonicalize_name(need.name)] in need.specifier, f"{name} needs {need}"


def test_the_licences_are_those_of_what_is_locked() -> None:
    rows = re.findall(r"^\| (\S+) +\| (\S+) +\| (.+?) +\|", (DEPLOY / "LICENCES.md").read_text(), re.MULTILINE)
    listed = {canonicalize_name(name): version for name, version, _ in rows if version[0].isdigit()}
    assert listed == locked()
    assert all(licence not in ("", "UNKNOWN") for _, _, licence in rows)
