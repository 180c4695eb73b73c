"""Setuptools as the build backend of `pip install .`, from the system's packages where pip hides them.

pip builds in an environment of its own and would fetch setuptools into it. Nothing is fetched here: what Debian has is
enough, so that the package installs without network. Limit: python3-setuptools and python3-wheel must be installed, in
the environment or for the system.
"""

import site
import sys

try:
    import setuptools  # noqa: F401
except ImportError:
    sys.path += site.getsitepackages([sys.prefix, sys.base_prefix])

from setuptools.build_meta import *  # noqa: E402, F403


def get_requires_for_build_wheel(config_settings=None):
    return []


def get_requires_for_build_editable(config_settings=None):
    return []


def get_requires_for_build_sdist(config_settings=None):
    return []
