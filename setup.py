"""Builds the Python package with CMake, and packs what lands in the build folder's python/capplan.

    pip install .

CAPPLAN_BUILD_DIR names a build folder to take as it is, such as build/release; without it one is configured anew.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

TREE = pathlib.Path(__file__).resolve().parent
VERSION = re.search(r"project\(capplan VERSION (\S+)", (TREE / "CMakeLists.txt").read_text()).group(1)


class CMake(build_ext):
    def build_extension(self, ext):
        given = os.environ.get("CAPPLAN_BUILD_DIR")
        folder = pathlib.Path(given or self.build_temp).resolve()
        if not given:
            subprocess.run(["cmake", "-S", TREE, "-B", folder, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release",
                            "-DCAPPLAN_TESTS=OFF", "-DCAPPLAN_PYTHON=ON", f"-DPython3_EXECUTABLE={sys.executable}"],
                           check=True)
        subprocess.run(["cmake", "--build", folder, "--target", "capplan_python"], check=True)
        target = pathlib.Path(self.get_ext_fullpath(ext.name))
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(folder / "python" / "capplan" / target.name, target)


setup(version=VERSION, ext_modules=[Extension("capplan._core", [])], cmdclass={"build_ext": CMake})
