"""How the interpreter was built: pebble has nothing to tell in CPython's terms."""


def get_config_vars():
    return {}
# SPDX-License-Identifier: MIT
