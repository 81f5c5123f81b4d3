# SPDX-License-Identifier: MIT
"""Random programs about the heap, in the words of prelude.py. Every line stands alone, so that any can go."""
import random

ACTIONS = 5
OBJECTS, REFERENCES, FINALIZERS, MAPS = 8, 6, 4, 3
PLAIN = ["node", "node", "fin", "fin", "fin", "slots", "list", "dict"]
OTHER = ["tuple", "generator", "generator", "fresh generator", "error", "closure", "method", "deque", "ordered",
         "set", "iterator", "view", "enumerate", "map"]
WEAK = ["weak keys", "weak values", "weak set"]
PROFILES = {  # chance of an object of another kind, of lines about weak references, maps, registered
    #           finalizers, settings; of an automatic collection
    "plain": (0.05, 0.10, 0.00, 0.00, 0.05, 0.00),
    "kinds": (0.60, 0.10, 0.00, 0.05, 0.05, 0.00),
    "weak": (0.10, 0.35, 0.05, 0.05, 0.05, 0.00),
    "maps": (0.10, 0.10, 0.40, 0.05, 0.05, 0.00),
    "finalizers": (0.10, 0.10, 0.05, 0.35, 0.05, 0.00),
    "settings": (0.20, 0.15, 0.10, 0.10, 0.30, 0.00),
    "automatic": (0.00, 0.15, 0.00, 0.00, 0.15, 0.30),
}


class Program:
    """Lines of the program itself, and of its actions."""

    def __init__(self, title, main, actions, counting):
        self.title = title
        self.main = main
        self.actions = actions
        self.counting = counting

    def text(self):
        """Functions, which are called where they are defined."""
        lines = []
        for number, action in enumerate(self.actions):
            lines += [f"def action_{number}(me):", *(f"    {line}" for line in action or ["pass"])]
        lines += ["def program():", *(f"    {line}" for line in self.main or ["pass"])]
        names = [f"action_{number}" for number in range(len(self.actions))]
        lines += [f"start({', '.join([repr(self.title), repr(self.counting), *names])})", "program()", "end()",
                  f"del {', '.join([*names, 'program'])}", ""]
        return "\n".join(lines)


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.profile = self.random.choice(list(PROFILES))
        self.others, self.weak, self.maps, self.finalizers, self.settings, self.automatic = PROFILES[self.profile]
        self.inside = False  # an action
        self.uses_maps = False

    def program(self, title):
        pick = self.random
        self.inside = True
        # When an automatic collection comes differs, so actions, which could tell, do nothing then.
        most = 1 if self.automatic else 5
        actions = [self.lines(pick.randrange(most)) for _ in range(ACTIONS)]
        self.inside = False
        main = [f"S[{i}] = {self.make()}" for i in range(OBJECTS)] + self.lines(pick.randrange(8, 60))
        return Program(f"{title} {self.profile}", main, actions, not self.uses_maps)

    def lines(self, count):
        return [self.line() for _ in range(count)]

    def object(self):
        if self.inside and self.random.random() < 0.15:
            return "me"
        return self.variable()

    def variable(self):
        return f"S[{self.random.randrange(OBJECTS)}]"

    def reference(self):
        return f"R[{self.random.randrange(REFERENCES)}]"

    def map(self):
        self.uses_maps = True
        return f"M[{self.random.randrange(MAPS)}]"

    def action(self):
        pick = self.random
        return pick.randrange(ACTIONS) if pick.random() < 0.6 else None

    def line(self):
        drawn = self.random.random()
        for chance, make in ((self.weak, self.about_weak), (self.maps, self.about_map),
                             (self.finalizers, self.about_finalizer), (self.settings, self.about_settings),
                             (self.automatic, self.about_automatic)):
            if drawn < chance:
                return make()
            drawn -= chance
        return self.about_objects()

    def make(self):
        pick = self.random
        if pick.random() < self.maps / 4:
            self.uses_maps = True
            return f"make({pick.choice(WEAK)!r})"
        kind = pick.choice(OTHER if pick.random() < self.others else PLAIN)
        if kind in ("node", "fin", "slots"):
            return f"make({kind!r}, None, None, {self.action()})"
        return f"make({kind!r}, {self.variable()}, {self.variable()}, {self.action()})"

    def about_objects(self):
        pick = self.random
        key = pick.randrange(3)
        return pick.choice([
            lambda: f"{self.variable()} = {self.make()}",
            lambda: f"{self.variable()} = {self.make()}",
            lambda: f"{self.variable()} = {self.make()}",
            lambda: f"link({self.object()}, {key}, {self.object()})",
            lambda: f"link({self.object()}, {key}, {self.object()})",
            lambda: f"link({self.object()}, {key}, {self.object()})",
            lambda: f"link({self.object()}, {key}, {self.make()})",
            lambda: f"unlink({self.object()}, {key})",
            lambda: f"link({self.object()}, {key}, {self.object()})",
            lambda: f"link({self.object()}, {key}, {self.object()})",
            lambda: f"{self.variable()} = None",
            lambda: f"ring({', '.join(self.object() for _ in range(pick.randrange(1, 5)))})",
            lambda: f"ring({', '.join(self.object() for _ in range(pick.randrange(1, 5)))})",
            lambda: f"drop({', '.join(str(i) for i in pick.sample(range(OBJECTS), 4))})",
            lambda: f"drop({', '.join(str(i) for i in pick.sample(range(OBJECTS), 4))})",
            lambda: f"{self.variable()} = {self.object()}",
            lambda: f"collect({pick.choice([0, 1, 2, 2, 2])})",
            lambda: f"collect({pick.choice([0, 1, 2, 2, 2])})",
            lambda: f"look({self.variable()})",
            lambda: f"references({self.variable()})",
            lambda: f"step({self.variable()})",
            lambda: f"close({self.variable()})" if pick.random() < 0.5 else f"empty({self.variable()})",
            lambda: f"trouble({pick.randrange(9)})" if self.inside and pick.random() < 0.3
            else f"{self.variable()} = None",
        ])()

    def about_weak(self):
        pick = self.random
        return pick.choice([
            lambda: f"{self.reference()} = ref({self.variable()}, {self.action()})",
            lambda: f"{self.reference()} = ref({self.variable()}, {self.action()})",
            lambda: f"{self.reference()} = ref({self.variable()}, {self.action()})",
            lambda: f"link({self.object()}, {pick.randrange(3)}, {self.reference()})",
            lambda: f"link({self.object()}, {pick.randrange(3)}, ref({self.variable()}, {self.action()}))",
            lambda: f"{self.variable()} = call({self.reference()})",
            lambda: f"call({self.reference()})",
            lambda: f"{self.reference()} = None",
        ])()

    def about_map(self):
        pick = self.random
        where = self.map() if pick.random() < 0.8 else self.variable()
        change = pick.choice(["set"] * 6 + ["pop", "contains", "default", "list", "length", "clear"])
        key = self.variable()
        return pick.choice([
            lambda: f"{self.map()} = {self.variable()} = make({pick.choice(WEAK)!r})",
            lambda: f"{self.map()} = make({pick.choice(WEAK)!r})",
            lambda: f"change({where}, {change!r}, {key}, {self.variable()})",
            lambda: f"change({where}, {change!r}, {key}, {self.variable()})",
            lambda: f"change({where}, {change!r}, {key}, {self.variable()})",
            lambda: f"change({where}, {change!r}, {key}, {self.variable()})",
            lambda: f"for x in each({where}): {self.variable()} = None; collect({pick.randrange(3)})",
            lambda: f"for x in each({where}): x = {self.variable()} = None",
            lambda: f"{self.map()} = None",
        ])()

    def about_finalizer(self):
        pick = self.random
        which = f"Z[{pick.randrange(FINALIZERS)}]"
        return pick.choice([
            lambda: f"{which} = finalize({self.variable()}, {self.action()})",
            lambda: f"{which} = finalize({self.variable()}, {self.action()}, {self.variable()})",
            lambda: f"finalize({self.variable()}, {self.action()}, make('fin', None, None, {self.action()}))",
            lambda: f"finalize({self.variable()}, {self.action()})",
            lambda: f"use({which}, {pick.choice(['call', 'detach', 'peek', 'alive'])!r})",
            lambda: f"{which} = None",
        ])()

    def about_settings(self):
        pick = self.random
        if self.automatic:
            return pick.choice(["gc.freeze()", "gc.unfreeze()"])
        return pick.choice([
            "gc.freeze()", "gc.freeze()", "gc.unfreeze()", "gc.unfreeze()",
            "gc.set_debug(gc.DEBUG_SAVEALL)", "gc.set_debug(0)", "garbage()", "garbage()",
            "gc.callbacks[:] = [watch]", "gc.callbacks.clear()",
            f"watch.number = {self.action()}",
        ])

    def about_automatic(self):
        pick = self.random
        return pick.choice([
            lambda: f"gc.set_threshold({pick.randrange(1, 60)}, {pick.randrange(1, 6)}, {pick.randrange(1, 6)})",
            lambda: f"churn({pick.randrange(1, 150)}, {pick.random() < 0.5})",
            lambda: "gc.callbacks[:] = [watch]",
        ])()
