# An uncaught error: the chain of causes and contexts, each with its traceback.
class ConfigError(Exception):
    """What a program raises for its users."""


def parse(line):
    key, value = line.split("=")
    return key.strip(), int(value)


def load(lines):
    table = {}
    for line in lines:
        try:
            key, value = parse(line)
        except ValueError as error:
            raise ConfigError(f"bad line {line!r}") from error
        table[key] = value
    return table


def report(error):
    return error.missing_attribute


def main():
    print(load(["a = 1", "b=2"]))
    try:
        load(["c = 3", "d = four"])
    except ConfigError as error:
        report(error)


print("before")
main()
print("never printed")
# SPDX-License-Identifier: MIT
